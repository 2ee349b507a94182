// Every page that a role can reach by links: accessible, fitting a phone and a desk, without a script error; no name in its address or title.
import assert from 'node:assert/strict';
import { axe, look } from './house.mjs';
import { kind } from './forms.mjs';


async function links(page) {
  const paths = await page.$$eval('a[href^="/"]:not([download]), a[href^="?"]', (all) => all.map((a) => new URL(a.href).pathname + new URL(a.href).search));
  return paths.filter((path) => !path.startsWith('/assets/'));
}

async function walk(house, login) {
  const page = await house.page();
  await house.signIn(page, login);
  const seen = new Map([['/', '/']]);
  const queue = ['/'];
  while (queue.length > 0) {
    const path = queue.shift();
    const answer = await page.goto(path);
    assert.ok(answer.status() < 400, `${path} answers ${answer.status()}`);
    assert.equal(await page.locator('h1').count(), 1, `${path} has not one h1`);
    await look(page, `page-${login}${kind(path).replaceAll('/', '-')}`);
    for (const next of await links(page)) {
      if (seen.has(kind(next))) continue;
      seen.set(kind(next), next);
      queue.push(next);
    }
  }
  await page.context().close();
  return [...seen.keys()];
}

export const tests = {
  'all pages of the case manager': async (house) => {
    const kinds = await walk(house, 'ilze');
    assert.ok(kinds.includes('/cases/ID'), kinds.join(' '));
  },
  'm7_1 all pages of a lawyer who sees only her part: no link leads to what is not hers': async (house) => { await walk(house, 'gunta'); },
  'all pages of intake': async (house) => { await walk(house, 'juris'); },
  'all pages of the programme manager': async (house) => { await walk(house, 'daina'); },
  'all pages of the auditor': async (house) => { await walk(house, 'auditore'); },
  'words without a blank, as long as a field takes them, fit a small phone and a desk': async (house) => {
    const page = await house.page();
    const fits = async (path) => {
      await page.goto(path);
      for (const width of [320, 390, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(over <= 0, `${path} at ${width} px sticks out by ${over} px`);
      }
    };
    const save = async () => { await Promise.all([page.waitForEvent('load'), page.click('main form .app-actions button >> nth=0')]); };
    const word = 'vārgšķirņnevaldāmība'.repeat(9);
    await house.signIn(page, 'ilze');
    await page.goto('/referrals/new');
    for (const [id, text] of [['story', word], ['about', 'Достопримечательности'.repeat(9)], ['referrer', word]]) await page.fill(`#${id}`, text);
    await page.check('[name=way][value=none]');
    await save();
    await fits('/referrals');
    await fits(await page.getAttribute('main a >> text=Достопримечательности', 'href'));
    await page.click('a[href$="/accept"]');
    await page.fill('#pseudonym', 'Zilganzaļbrūnmelnpelēksarkanviolets');
    await page.fill('#given', 'Достопримечательности'.repeat(4));
    await page.fill('#words', word);
    await page.check('[name=how] >> nth=0');
    await save();
    const [home] = new URL(page.url()).pathname.match(/\/cases\/[0-9a-z]{13}/);
    await page.goto(`${home}/meeting`);
    await page.fill('#language', word.slice(0, 100));
    await page.check('[name=interpreter] >> nth=1');
    await page.fill('#interpreter_name', word);
    await page.check('[name=understood] >> nth=0');
    await save();
    await page.goto(`${home}/consent`);
    for (const list of ['purpose', 'recipient']) await page.selectOption(`#${list}`, { index: 1 });
    await page.check('[name=kind] >> nth=0');
    await page.fill('#given_by', word);
    await save();
    await page.goto(`${home}/services`);
    await page.selectOption('#service', { index: 1 });
    await page.click('main details:has(#provider) summary');
    await page.fill('#provider', word.slice(0, 120));
    await save();
    for (const path of ['', '/person', '/timeline', '/meetings', '/services', '/past']) await fits(`${home}${path}`);
    await page.goto(`${home}/meetings`);
    await fits(await page.getAttribute('main a[href*="/meetings/"]', 'href'));
    for (const path of ['/', '/cases', '/day']) await fits(path);
    await page.context().close();
  },
  'a row under the pointer can be read, in the light and in the dark': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'ilze');
    await page.goto('/management');
    await page.hover('.govuk-task-list__item--with-link');
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await axe(page);
    }
    await page.context().close();
  },
  'm7_1 the administrator reaches no case': async (house) => {
    const kinds = await walk(house, 'admins');
    assert.ok(!kinds.some((path) => path.startsWith('/cases')), kinds.join(' '));
  },
};
