// The recovery key, backups and erasing in a browser, without scripts where people may have none.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { look } from './house.mjs';

const shares = (house) => readFileSync(join(house.data, 'shares.txt'), 'utf8').trim().split('\n');

// Types a share without an account; gives the page back.
async function enter(house, code, share, options = {}) {
  const page = await house.page(options);
  await page.goto('/recovery/enter');
  await page.fill('#code', code);
  await page.click('main form button');
  await page.fill('#share', share);
  await page.click('main form button');
  return page;
}

// A password that somebody else gave leads to the page where another is chosen, wherever one wants to go.
async function chooseOwn(page, given, picture) {
  await page.waitForURL(/\/account$/);
  await page.goto('/');
  assert.match(page.url(), /\/account$/);
  if (picture) await look(page, picture);
  await page.fill('#old', given);
  await page.fill('#new', 'another long password of my own');
  await page.fill('#again', 'another long password of my own');
  await page.click('form[action="/account/password"] button');
  await page.waitForURL(/\/account\?done=/);
}

export const tests = {
  'three people restore the access of a fourth, each on a device of their own': async (house) => {
    const admin = await house.page();
    await house.signIn(admin, 'admins');
    await admin.goto('/recovery');
    await look(admin, 'recovery-begin');
    await admin.selectOption('#person', { label: 'Aija Kļava' });
    await admin.click('form[action="/recovery/access"] button');
    await admin.waitForURL(/\/recovery\/[0-9a-z]{13}/);
    const code = await admin.locator('main code').first().innerText();
    assert.equal(code.split('-').length, 6);
    await look(admin, 'recovery-code');

    const [one, , three, , five] = shares(house);
    const slip = await enter(house, code, one.replace(/^\S+/, 'BABAB'), { javaScriptEnabled: false });
    assert.ok(await slip.locator('#share-error').isVisible());
    assert.match(await slip.locator('#share-error').innerText(), /1\. rindā/);
    assert.ok((await slip.inputValue('#share')).startsWith('BABAB'), 'what was typed is lost');
    await slip.context().close();
    const first = await enter(house, code, one);
    await first.waitForURL(/\/recovery\/entered\/1\/1\/3/);
    await look(first, 'recovery-entered');
    await first.goto('/recovery/enter');
    await look(first, 'recovery-enter');
    await first.fill('#code', code);
    await first.click('main form button');
    await look(first, 'recovery-enter-what');
    await first.context().close();
    await (await enter(house, code, three.toLowerCase(), { javaScriptEnabled: false })).context().close();
    const last = await enter(house, code, five);
    await last.waitForURL(/\/recovery\/entered\/5\/3\/3/);
    await last.context().close();

    await admin.reload();
    const password = await admin.locator('main code').first().innerText();
    await look(admin, 'recovery-password');
    const back = await house.page();
    await back.goto('/sign-in');
    await back.fill('#login', 'auditore');
    await back.fill('#password', password);
    await back.click('main form button');
    await chooseOwn(back, password, 'recovery-own-password');
    await back.goto('/');
    assert.ok(await back.getByText('Piekļuve ar atslēgas daļām').isVisible(), 'they are not told');
    await look(back, 'recovery-told');
    await back.context().close();
    await admin.locator('form[action$="/handed"] button').click();
    assert.equal(await admin.locator('main code').count(), 0);
    await admin.context().close();
  },

  'a colleague helps without shares': async (house) => {
    const page = await house.page({ javaScriptEnabled: false });
    await house.signIn(page, 'ilze');
    await page.goto('/account');
    await page.click('a[href="/colleagues/help"]');
    await page.selectOption('#person', { label: 'Anna Priede' });
    await page.click('main form button');
    assert.ok(await page.locator('#sure-error').isVisible(), 'the tick was not asked for');
    await page.check('#sure');
    await page.click('main form button');
    await page.waitForURL(/\/recovery\/[0-9a-z]{13}/);
    const password = await page.locator('main code').first().innerText();
    const anna = await house.page();
    await anna.goto('/sign-in');
    await anna.fill('#login', 'anna');
    await anna.fill('#password', password);
    await anna.click('main form button');
    await chooseOwn(anna, password);
    await anna.goto('/cases');
    assert.ok(await anna.locator('main a[href^="/cases/"]').count() > 0, 'the cases of the team do not open');
    await anna.context().close();
    await page.context().close();
  },

  'm7_1 what a specialist must be given again after an administrator helped stands on a page, with the way there': async (house) => {
    const admin = await house.page();
    await house.signIn(admin, 'admins');
    await admin.goto('/colleagues/help');
    const name = await admin.locator('#person option', { hasText: 'Gunta' }).innerText();
    await admin.selectOption('#person', { label: name });
    await admin.check('#sure');
    await admin.click('main form button');
    await admin.waitForURL(/\/recovery\/[0-9a-z]{13}/);
    await admin.context().close();
    const page = await house.page();
    await house.signIn(page, 'ilze');
    await page.goto('/people');
    await look(page, 'people-again');
    await page.getByRole('link', { name }).click();
    assert.match(page.url(), /\/again$/);
    await look(page, 'given-again');
    const given = page.locator('main a.govuk-task-list__link');
    const before = await given.count();
    assert.ok(before > 0, 'nothing is to be given again');
    await given.first().click();
    assert.match(page.url(), /\/cases\/[0-9a-z]{13}\/team\/[0-9a-z]{13}$/);
    await page.click('main form button');
    await page.waitForURL(/\/team(\?|$)/);
    await page.goto('/people');
    assert.equal(await page.getByRole('link', { name }).count(), before === 1 ? 0 : 1);
    await page.context().close();
  },

  'without backups the home page of who looks after the installation says so': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'daina');
    assert.ok(await page.getByRole('heading', { name: 'Rezerves kopijas nav' }).isVisible());
    await page.goto('/backups');
    await look(page, 'backups');
    await page.context().close();
  },
};
