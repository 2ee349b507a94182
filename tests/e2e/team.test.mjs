// Who sees what of a case, as people do it (issue 3, Access).
import assert from 'node:assert/strict';
import { look } from './house.mjs';

let home; // the case that these tests are about
let reference;

// A case of Ilze's on which the lawyer has no part yet.
async function chooseCase(page) {
  await page.goto('/cases?which=mine');
  const links = await page.locator('table a[href^="/cases/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  for (const link of links) {
    await page.goto(`${link}/team`);
    if (!(await page.locator('main').innerText()).includes('Gunta Irbe')) return link;
  }
  throw new Error('the lawyer is on every case');
}

export const tests = {
  'a lawyer gets the legal part by keyboard, without script': async (house) => {
    const page = await house.page({ javaScriptEnabled: false });
    await house.signIn(page, 'ilze');
    home = await chooseCase(page);
    reference = (await page.locator('.moj-identity-bar__title').innerText()).match(/A-\d{4}-\d+-\w/)[0];
    await page.click('a[href$="/team/add"]');
    await page.click('main form button.govuk-button');
    assert.ok(await page.locator('#account-error').isVisible());
    await page.selectOption('#account', { label: 'Gunta Irbe' });
    await page.check('input[name=role][value=lawyer]');
    await page.check('[name=child_agrees]'); // used when no consent stands
    await page.selectOption('#child_purpose', 'legal_help');
    await page.click('main form button.govuk-button');
    await page.waitForURL((url) => url.pathname === `${home}/team`);
    assert.match(await page.locator('main table').innerText(), /Gunta Irbe[\s\S]*Jurists[\s\S]*Juridiskais atbalsts/);
    await page.context().close();
  },

  'the page of the case team and its forms, on a phone and on a desk': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'ilze');
    for (const [path, name] of [['/team', 'team'], ['/team/add', 'team-add'], ['/team/shut', 'team-shut'], ['/address/charge', 'address-charge']]) {
      await page.goto(home + path);
      await look(page, name);
    }
    await page.goto('/emergency');
    await look(page, 'emergency');
    await page.context().close();
  },

  'the lawyer sees her part, is told plainly of the rest, and when her training ends': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'gunta');
    assert.match(await page.locator('main').innerText(), /apmācību derīgums beidzas/);
    await look(page, 'lawyer-day');
    await page.goto(home);
    assert.match(await page.locator('main').innerText(), /Šīs daļas Jums netiek rādītas/);
    assert.equal(await page.locator('.moj-sub-navigation a[href$="/plan"]').count(), 0);
    await look(page, 'lawyer-case');
    assert.equal((await page.goto(`${home}/plan`)).status(), 403);
    assert.match(await page.locator('main').innerText(), /Šī lietas daļa Jums nav atvērta/);
    await look(page, 'part-closed');
    await page.context().close();
  },

  'where the child stays is apart': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'ilze');
    assert.equal((await page.goto(`${home}/address`)).status(), 403);
    await page.goto(`${home}/address/charge`);
    await page.click('main form button.govuk-button');
    await page.goto(`${home}/address`);
    await page.fill('#address', 'Neesoša iela 5, Izdomātava');
    await page.click('main form button.govuk-button');
    await page.waitForURL((url) => url.pathname === `${home}/address`);
    assert.match(await page.locator('main').innerText(), /Neesoša iela 5/);
    await look(page, 'address');
    await page.emulateMedia({ media: 'print' });
    assert.ok(!(await page.locator('text=Neesoša iela 5').first().isVisible()), 'the place is not printed');
    const colleague = await house.page();
    await house.signIn(colleague, 'anna');
    assert.equal((await colleague.goto(`${home}/address`)).status(), 403);
    await colleague.context().close();
    await page.context().close();
  },

  'an emergency opens the case for two hours; the team hears of it and answers': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'marta');
    assert.equal((await page.goto(home)).status(), 404);
    await page.goto('/emergency');
    await page.fill('#reference', reference);
    await page.fill('#reason', 'Bērns zvana un baidās, komanda neatbild.');
    await page.click('main form button.govuk-button');
    await page.waitForURL((url) => url.pathname === home);
    assert.match(await page.locator('main').innerText(), /ārkārtas gadījumā/);
    assert.equal((await page.goto(`${home}/address`)).status(), 403);
    const team = await house.page();
    await house.signIn(team, 'ilze');
    await look(team, 'day-with-glass');
    await team.click(`a[href^="${home}/glass/"]`);
    await look(team, 'glass');
    await team.check('input[name=verdict][value=needed]');
    await team.fill('#answer', 'Pareizi: bērnam vajadzēja palīdzēt tūlīt.');
    await team.click('main form button.govuk-button:not(.govuk-button--secondary)');
    assert.match(await team.locator('main').innerText(), /Bija vajadzīga/);
    await team.goto('/');
    assert.equal(await team.locator(`a[href^="${home}/glass/"]`).count(), 0);
    await team.context().close();
    await page.context().close();
  },

  'a case that is shut for a colleague is nowhere': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'ilze');
    await page.goto(`${home}/team/shut`);
    await page.selectOption('#account', { label: 'Marta Ozola' });
    await page.fill('#reason', 'Māsīca no mātes puses.');
    await page.click('main form button.govuk-button');
    await page.waitForURL((url) => url.pathname === `${home}/team`);
    const other = await house.page();
    await house.signIn(other, 'marta');
    assert.equal((await other.goto(home)).status(), 404);
    await other.goto('/emergency');
    await other.fill('#reference', reference);
    await other.fill('#reason', 'Vēlreiz.');
    await other.click('main form button.govuk-button');
    assert.match(await other.locator('#reference-error').innerText(), /nevar atvērt/);
    await other.context().close();
    await page.click('a[href*="/team/shut/"]');
    await look(page, 'team-lift');
    await page.fill('#reason', 'Pārskatījāmies.');
    await page.click('main form button.govuk-button');
    await page.waitForURL((url) => url.pathname === `${home}/team`);
    await page.context().close();
  },

  'm5_3 trainings are written down and crossed out': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'daina');
    await page.goto('/trainings');
    await look(page, 'trainings');
    await page.click('a:has-text("Gunta Irbe")');
    await page.selectOption('#training', 'guardianship');
    await page.fill('#done_on', '1');
    await page.fill('#done_on-month', '3');
    await page.fill('#done_on-year', '2026');
    await page.click('form:not(.app-inline-form) button.govuk-button');
    await page.waitForURL(/\/trainings\/\w+\?done=/);
    assert.match(await page.locator('main table').innerText(), /Aizbildņu apmācība/);
    await look(page, 'training');
    await page.click('.app-inline-form button >> nth=0');
    assert.match(await page.locator('main table').innerText(), /Svītrota/);
    await page.context().close();
  },
};
