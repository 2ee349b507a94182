// Accounts: the second step when signing in, with an app, a passkey and printed codes. In an installation of its own.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { House, look } from './house.mjs';

let own; // the installation of these tests

// What an app on a phone does (RFC 6238).
export function phoneCode(letters, at = Date.now()) {
  const bits = [...letters.replaceAll(' ', '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
  const hash = createHmac('sha1', secret).update(step).digest();
  const from = hash[19] & 15;
  return String((hash.readUInt32BE(from) & 0x7fffffff) % 1000000).padStart(6, '0');
}

const home = (url) => url.pathname === '/';

async function password(page, account) {
  await page.goto('/sign-in');
  await page.fill('#login', account.login);
  await page.fill('#password', account.password);
  await page.click('main form button');
}

// A browser with a device that confirms by itself, at the name "localhost": passkeys are made for names.
async function withDevice(house) {
  const page = await house.page({ baseURL: house.address.replace('127.0.0.1', 'localhost') });
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  page.device = { session, authenticatorId };
  return page;
}

let secret;
let printed;

export const tests = {
  'm7_1 an app with codes is set up and asked for, without script': async (house) => {
    own = await House.beside(house);
    const account = own.account('ilze');
    const page = await own.page({ javaScriptEnabled: false });
    await own.signIn(page, account.login);
    await page.goto('/account/second');
    await page.click('a[href="/account/second/totp"]');
    secret = await page.textContent('.app-code');
    await page.fill('#code', phoneCode(secret));
    await page.fill('#name', 'mans telefons');
    await page.click('main form button');
    await page.waitForURL(/\/account\/second\/codes/);
    await page.click('main form button');
    printed = await page.locator('.app-code').allTextContents();
    assert.equal(printed.length, 10);
    await page.context().close();

    const again = await own.page({ javaScriptEnabled: false });
    await password(again, account);
    await again.fill('#code', printed[0].toLowerCase());
    await again.click('main form button');
    await again.waitForURL(home);
    await again.context().close();
  },

  'the pages about the second step are accessible on a phone and a desk': async () => {
    const account = own.account('ilze');
    const page = await own.page();
    await password(page, account);
    await look(page, 'second-step');
    await page.fill('#code', '000000');
    await page.click('main form button');
    await page.locator('#code-error').waitFor();
    await look(page, 'second-step-wrong');
    await page.fill('#code', printed[1]);
    await page.click('main form button');
    await page.waitForURL(home);
    for (const [path, name] of [['/account', 'account'], ['/account/second', 'second-list'], ['/account/second/totp', 'second-totp'],
      ['/account/second/passkey', 'second-passkey'], ['/account/second/codes', 'second-codes']]) {
      await page.goto(path);
      await look(page, name);
    }
    await page.click('main form button');
    await look(page, 'second-codes-print');
    printed = await page.locator('.app-code').allTextContents();
    await page.goto('/account/second');
    await page.click('a[href$="/remove"]');
    await look(page, 'second-remove');
    await page.context().close();
  },

  'm7_1 a passkey is made and opens the second step': async () => {
    const account = own.account('juris');
    const page = await withDevice(own);
    await password(page, account);
    await page.waitForURL(home);
    await page.goto('/account/second/passkey');
    await page.fill('#name', 'darba dators');
    await page.click('form[data-passkey] button');
    await page.waitForURL(/\/account\/second\/codes/);
    const { credentials } = await page.device.session.send('WebAuthn.getCredentials', { authenticatorId: page.device.authenticatorId });
    assert.equal(credentials.length, 1);
    await page.goto('/account/second');
    await look(page, 'second-list-passkey');
    await page.click('form[action="/sign-out"] button');
    await password(page, account);
    await page.locator('form[data-passkey]').waitFor({ state: 'visible' });
    await look(page, 'second-step-passkey');
    await page.click('form[data-passkey] button');
    await page.waitForURL(home);
    assert.deepEqual(page.faults, []);

    // A device that does not verify the person gets nowhere, and the page says so.
    await page.click('form[action="/sign-out"] button');
    await password(page, account);
    await page.device.session.send('WebAuthn.setUserVerified', { authenticatorId: page.device.authenticatorId, isUserVerified: false });
    await page.click('form[data-passkey] button');
    await page.locator('[data-trouble]').waitFor({ state: 'visible' });
    await page.device.session.send('WebAuthn.setUserVerified', { authenticatorId: page.device.authenticatorId, isUserVerified: true });

    // What a device answered before does not serve again: the challenge is another one.
    const sent = page.waitForRequest((request) => request.url().endsWith('/sign-in/second') && request.method() === 'POST');
    await page.click('form[data-passkey] button');
    const body = (await sent).postData();
    await page.waitForURL(home);
    await page.click('form[action="/sign-out"] button');
    await password(page, account);
    const fresh = await page.inputValue('form[data-passkey] input[name="csrf"]');
    const old = new URLSearchParams(body);
    const status = await page.evaluate(async ([csrf, fields]) => {
      const form = new URLSearchParams(fields);
      form.set('csrf', csrf);
      form.delete('once');
      return (await fetch('/sign-in/second', { method: 'POST', body: form, redirect: 'manual' })).status;
    }, [fresh, old.toString()]);
    assert.equal(status, 422);
    await page.context().close();
  },

  'm7_1 somebody is invited, comes in by the link, and leaves again': async () => {
    const manager = await own.page();
    await own.signIn(manager, 'marta');
    await manager.goto('/people');
    await look(manager, 'people');
    await manager.click('a[href="/people/invite"]');
    await manager.fill('#name', 'Zane Avotiņa');
    await manager.fill('#login', 'Zane Avotiņa');
    await manager.click('main form button');
    await manager.locator('.govuk-error-summary').waitFor();
    await look(manager, 'invite-errors');
    await manager.fill('#login', 'zane');
    await manager.selectOption('#role', 'team_member');
    await manager.click('main form button');
    await manager.waitForURL(/\/people\/invitations\//);
    await look(manager, 'invitation');
    const link = await manager.textContent('.app-code');
    assert.match(link, /\/join#[0-9A-Z-]{39}$/);

    const newcomer = await own.page();
    await newcomer.goto(link);
    assert.equal(new URL(newcomer.url()).hash, '', 'the code does not stay in the address');
    assert.doesNotMatch(await newcomer.title(), /Ausma|Zane/);
    await look(newcomer, 'join-code');
    await newcomer.click('main form button');
    await newcomer.locator('#new').waitFor();
    await look(newcomer, 'join-password');
    await newcomer.fill('#new', 'gara un droša parole');
    await newcomer.fill('#again', 'gara un droša parole');
    await newcomer.click('main form button');
    await newcomer.waitForURL(home);
    await newcomer.goto('/account/sessions');
    await look(newcomer, 'sessions');
    await newcomer.goto('/cases');
    assert.ok(await newcomer.locator('a[href^="/cases/0"]').count() > 0, 'the cases of the team open at once');
    await manager.context().close();

    const admin = await own.page();
    await own.signIn(admin, 'admins');
    await admin.goto('/people');
    await look(admin, 'people-admin');
    await admin.click('text=Marta Ozola');
    await look(admin, 'person-admin');
    await admin.click('a[href$="/leave"]');
    await look(admin, 'leave');
    await admin.goto('/people');
    await admin.click('text=Zane Avotiņa');
    await admin.click('a[href$="/leave"]');
    await admin.check('#sure');
    await admin.click('main form button');
    await admin.waitForURL(/\/people(\?.*)?$/);
    await admin.goto('/people/keys');
    assert.ok(await admin.locator('main .govuk-tag').count() > 0, 'the change of keys is not shown');
    await look(admin, 'change-of-keys');
    await newcomer.goto('/cases');
    assert.ok(await newcomer.locator('#password').isVisible(), 'whoever left is signed out at once');
    await newcomer.context().close();

    await admin.goto('/people/second-step');
    await look(admin, 'second-rule');
    await admin.check('#required');
    await admin.click('main form button');
    await admin.waitForURL(/\/people(\?.*)?$/);
    await admin.context().close();
    const daina = await own.page();
    await password(daina, own.account('daina'));
    await daina.waitForURL('**/account/second');
    await look(daina, 'second-must');
    await daina.context().close();
  },

  'the installation of these tests is closed': async () => {
    await own.close();
  },
};
