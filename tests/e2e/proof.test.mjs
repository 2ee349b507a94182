// Who looked, the case as it stood, and the bundle for a court (M7.2), as people come to them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { OUTPUT, look } from './house.mjs';

const CHECKER = new URL('../../tools/verify_bundle.py', import.meta.url).pathname;

async function openCase(house, options) {
  const page = await house.page(options);
  await house.signIn(page, 'ilze');
  await page.goto('/cases');
  await page.click('main a[href^="/cases/"]:not([href*="?"]) >> nth=0');
  await page.waitForURL(/\/cases\/[0-9a-z]{13}$/);
  return page;
}

export const tests = {
  'm7_2 who looked, by person and kind': async (house) => {
    const page = await openCase(house);
    await page.click('nav a[href$="/looked"]');
    await page.waitForURL(/\/looked$/);
    assert.ok(await page.locator('main tbody tr').count() > 0);
    assert.match(await page.locator('main').innerText(), /Skatījās lietu/);
    await look(page, 'looked');
    await page.selectOption('#kind', 'changed');
    await page.click('.app-filters button');
    await page.waitForURL(/kind=changed/);
    assert.doesNotMatch(await page.locator('.app-card').first().innerText(), /Skatījās lietu/);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('.app-filters').isVisible(), false);
    await page.context().close();
  },

  'm7_2 the case as it stood, without a script': async (house) => {
    const page = await openCase(house, { javaScriptEnabled: false });
    await page.goto(`${page.url()}/past`);
    assert.match(await page.locator('main').innerText(), /Segvārds/);
    await page.fill('[name="on-day"]', '1');
    await page.fill('[name="on-month"]', '1');
    await page.fill('[name="on-year"]', '2020');
    await page.click('main form button');
    await page.waitForURL(/on-year=2020/);
    assert.match(await page.locator('main').innerText(), /nekas nebija pierakstīts/);
    await page.context().close();
    const again = await openCase(house);
    await again.goto(`${again.url()}/past`);
    await look(again, 'past');
    await again.context().close();
  },

  'm7_2 a bundle that the checker finds whole': async (house) => {
    const page = await openCase(house);
    await page.goto(`${page.url()}/bundle`);
    await page.click('main form button');
    await page.waitForSelector('.govuk-error-summary');
    await look(page, 'bundle');
    await page.check('[name="sure"]');
    await page.click('main form button');
    await page.waitForURL(/bundle\?number=/);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[download]')]);
    assert.equal(download.suggestedFilename(), 'record.zip');
    const path = join(OUTPUT, 'record.zip');
    await download.saveAs(path);
    assert.match(execFileSync('python3', [CHECKER, path], { encoding: 'utf8' }), /^Whole: /);
    await page.context().close();
  },

  'm7_2 a checkpoint to give away': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'admins');
    await page.goto('/checkpoints');
    await page.click('main form button');
    await page.waitForSelector('main pre');
    assert.match(await page.locator('main pre').innerText(), /^ausma checkpoint 1\n/);
    await look(page, 'checkpoints');
    await page.context().close();
  },
};
