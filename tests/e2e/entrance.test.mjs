// Coming in, going out, and the way out: what stands in front of everything else.
import assert from 'node:assert/strict';
import { axe, House, look } from './house.mjs';

export const tests = {
  'the sign-in page is accessible': async (house) => {
    const page = await house.page();
    await page.goto('/sign-in');
    assert.equal(await page.getAttribute('html', 'lang'), 'lv');
    assert.match(await page.title(), /Ausma$/);
    await look(page, 'sign-in');
    await page.context().close();
  },

  'a wrong password says so, keeps the login and opens nothing': async (house) => {
    const page = await house.page();
    const { login } = house.accounts[0];
    await page.goto('/sign-in');
    await page.fill('#login', login);
    await page.fill('#password', 'certainly not it');
    await page.click('main form button');
    assert.equal(await page.locator('.govuk-error-summary a').getAttribute('href'), '#password');
    assert.equal(await page.inputValue('#login'), login);
    assert.equal(await page.inputValue('#password'), '');
    await look(page, 'sign-in-error');
    await page.context().close();
  },

  'signing in and out': async (house) => {
    const page = await house.page();
    await house.signIn(page, house.accounts[0].login);
    assert.ok(await page.locator('nav .govuk-service-navigation__item').count() > 0);
    await look(page, 'first-page');
    await page.click('form[action="/sign-out"] button');
    await page.goto('/');
    assert.ok(await page.locator('#password').isVisible());
    await page.context().close();
  },

  'all of it works without script': async (house) => {
    const page = await house.page({ javaScriptEnabled: false });
    await house.signIn(page, house.accounts[0].login);
    await page.click('form[action="/language"] button');
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    await page.click('form[action="/language"] button');
    assert.equal(await page.getAttribute('html', 'lang'), 'lv');
    await page.context().close();
  },

  'a page that is not there says what to do': async (house) => {
    const page = await house.page();
    await house.signIn(page, house.accounts[0].login);
    const answer = await page.goto('/no-such-page');
    assert.equal(answer.status(), 404);
    assert.ok(await page.locator('main a').count() > 0);
    await axe(page);
    await page.context().close();
  },

  'm7_4 the way out of a public page: a click, or Shift three times': async (house) => {
    const ways = [(page) => page.click('[data-exit]'), async (page) => {
      for (let i = 0; i < 3; i++) await page.keyboard.press('Shift');
    }];
    for (const leave of ways) {
      const page = await house.page();
      await page.route((url) => url.origin !== house.address, (route) => route.fulfill({ body: 'elsewhere' }));
      await page.goto('/sign-in');
      await page.goto('/no-such-page');
      assert.doesNotMatch(await page.title(), /Ausma/);
      const target = await page.getAttribute('[data-exit]', 'href');
      await Promise.all([page.waitForURL(target), leave(page)]);
      await page.goBack();
      assert.match(page.url(), /\/sign-in$/, 'the page left must not stand in the history');
      await page.context().close();
    }
  },

  'm7_1 an idle page covers itself, opens again with the password, and loses no typing': async (house) => {
    const page = await house.page();
    await page.clock.install();
    const { login, password } = house.account('ilze');
    await house.signIn(page, login);
    await page.goto('/referrals/new');
    await page.fill('#story', 'Zvans pārtrūka; pierakstu, kamēr atceros.');
    await page.check('[name=urgency][value=day]');
    const minutes = Number(await page.getAttribute('body', 'data-idle'));
    assert.ok(minutes > 0);
    await page.clock.fastForward(minutes * 60000 + 30000);
    await page.locator('#lock[open]').waitFor();
    await axe(page);
    await page.keyboard.press('Escape');
    await page.fill('#lock-password', 'certainly not it');
    await page.click('#lock button');
    await page.locator('#lock-error').waitFor({ state: 'visible' });
    await page.fill('#lock-password', password);
    await page.click('#lock button');
    await page.locator('#lock').waitFor({ state: 'hidden' });
    assert.equal(await page.inputValue('#story'), 'Zvans pārtrūka; pierakstu, kamēr atceros.');
    assert.ok(await page.isChecked('[name=urgency][value=day]'));
    await page.check('[name=way][value=none]');
    await page.click('main form .app-actions button >> nth=0');
    await page.locator('.app-notice').waitFor(); // what was typed before can still be saved
    assert.deepEqual(page.faults, []);
    await page.context().close();
  },

  'm7_1 an address for notices, where a mail server is set': async (first) => {
    const house = await House.beside(first, 'mail_url: smtp://127.0.0.1:9\nmail_from: notices@example.net\n');
    const page = await house.page();
    await house.signIn(page, house.accounts[0].login);
    await page.goto('/account');
    await page.click('a[href="/account/notices"]');
    await page.fill('#mail', 'no address');
    await page.click('main form button');
    assert.equal(await page.inputValue('#mail'), 'no address');
    assert.equal(await page.locator('.govuk-error-summary a').getAttribute('href'), '#mail');
    await look(page, 'notices-error');
    await page.fill('#mail', 'private@mailbox.example');
    await page.click('main form button');
    assert.match(page.url(), /\/account\?done=entrance.mail_saved$/);
    await page.goto('/account/notices');
    assert.equal(await page.inputValue('#mail'), 'private@mailbox.example');
    await page.context().close();
    assert.equal(await house.stop(), 0);
    await house.close();
  },
};
