// The delivery log as it is used at the end of a working day (M4.2).
import assert from 'node:assert/strict';
import { look } from './house.mjs';

// The form of the first person in "my day".
async function openDay(house, page) {
  await house.signIn(page, 'ilze');
  await page.goto('/day');
  await page.click('.app-chip >> nth=0');
  await page.waitForURL(/\/day\/[0-9a-z]{13}/);
}

const written = (page) => page.locator('#service-written ~ table tbody tr').count();

export const tests = {
  'm4_2 an entry by keyboard takes few keys, the same again one': async (house) => {
    const page = await house.page();
    await openDay(house, page);
    const before = await written(page);
    await page.focus('#service');
    await page.keyboard.type('Psihologa'); // a drop-down goes to what is typed
    await page.fill('#minutes', '');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/day\?on=/);
    assert.ok(await page.locator('.app-notice').isVisible());
    assert.equal(await written(page), before + 1);
    await page.click('.app-chip >> nth=0');
    await page.focus('#minutes');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/day\?on=/);
    assert.equal(await written(page), before + 2);
    await look(page, 'day');
    await page.context().close();
  },

  'm4_2 from the page of a case the same again takes two touches, and the keyboard begins at the form': async (house) => {
    const page = await house.page({ viewport: { width: 390, height: 844 } });
    await house.signIn(page, 'ilze');
    await page.goto('/cases');
    await page.goto(await page.getAttribute('main tbody a', 'href'));
    const write = async () => { await Promise.all([page.waitForURL(/\/services#service-new$/), page.click('main a[href$="#service-new"]')]); };
    await write();
    await Promise.all([page.waitForURL(/done=service\.saved/), page.click('.app-actions button')]);
    await page.goto(new URL(page.url()).pathname.replace('/services', ''));
    await write();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.closest('.app-chips, .app-form') !== null), true);
    await page.context().close();
  },

  'm4_2 the way back behind a saved entry offers no entry to save twice': async (house) => {
    const page = await house.page();
    await openDay(house, page);
    const before = await written(page);
    await page.selectOption('#service', { index: 1 });
    await page.locator('#note').evaluate((box) => { for (let at = box; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true; });
    await page.fill('#note', 'Vienreiz');
    await page.click('.app-actions button');
    await page.waitForURL(/\/day\?on=/);
    await page.goBack();
    assert.equal(await page.inputValue('#note'), '', 'what was saved stands in the form again');
    await page.goForward();
    assert.equal(await written(page), before + 1);
    await page.context().close();
  },

  'm4_2 a wrong entry says what is wrong and loses nothing': async (house) => {
    const page = await house.page({ javaScriptEnabled: false });
    await openDay(house, page);
    await page.fill('#minutes', 'stunda');
    await page.fill('#on-year', '2099');
    await page.click('.app-actions button');
    assert.equal(await page.inputValue('#minutes'), 'stunda');
    assert.ok(await page.locator('#minutes-error').isVisible());
    assert.ok(await page.locator('#on-error').isVisible());
    await page.context().close();
  },

  'm4_2 the log of a case, a correction and a line struck out': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'ilze');
    await page.goto('/day');
    const [, id] = (await page.getAttribute('.app-chip >> nth=0', 'href')).match(/\/day\/([0-9a-z]+)/);
    await page.goto(`/cases/${id}/services`);
    await look(page, 'services');
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.click('table a[href*="/services/"] >> nth=0');
    await page.fill('#minutes', '75');
    await look(page, 'service-correct');
    await page.click('.app-actions button');
    await page.waitForURL(/\/services\?done=/);
    assert.match(await page.textContent('table >> nth=0'), /1 h 15 min/);
    await page.click('table a[href*="/services/"] >> nth=0');
    await page.click('a[href$="/strike"]');
    await page.fill('#reason', 'Ierakstīts divreiz');
    await page.click('main form button');
    await page.waitForURL(/\/services\?done=/);
    assert.match(await page.textContent('table >> nth=0'), /Svītrots/);
    await page.context().close();
  },
};
