// A person asks to see, and then to be erased: as people come to it on a phone. What two people do is done by two (M7.1, M7.2).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { House, OUTPUT, look } from './house.mjs';

let house; // one of its own: what is erased here is missed by nobody
let page;
let cases; // [path, pseudonym]

const button = (name) => page.getByRole('button', { name });

export const tests = {
  'm7_2 what is written about a person, without what concerns others, as a paper': async (first) => {
    house = await House.beside(first, '', 8);
    page = await house.page();
    await house.signIn(page, 'ilze');
    await page.goto('/cases');
    cases = await page.locator('main tbody th a').evaluateAll((links) => links.map((link) => [link.getAttribute('href'), link.textContent]));
    await page.goto(`${cases[0][0]}/disclosure`);
    await look(page, 'disclosure', [390]); // long: everything that is known, with a tick each
    const given = await page.locator('label:has-text("Vārds")').filter({ hasText: /^Vārds/ }).first().innerText();
    const name = given.split('\n').at(-1).trim();
    assert.ok(name.length > 1, 'the case has no name to leave out');
    await page.check('[name="out.person_person"]');
    await page.selectOption('#to', 'self');
    await page.locator('main form button').last().click();
    await page.waitForURL(/\/preview$/);
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('main form button').last().click()]);
    const file = join(OUTPUT, 'disclosure.pdf');
    await download.saveAs(file);
    const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
    assert.match(text, /Kas par Jums pierakstīts/);
    assert.match(text, /ieraksts izlaists/);
    assert.doesNotMatch(text, new RegExp(`Vārds +${name}\\b`));
  },

  'm7_1 a hold stops it, one asks, another is told and confirms, and the case is gone': async () => {
    let path;
    let pseudonym;
    for ([path, pseudonym] of cases) { // one that nothing keeps open, as an alert would
      await page.goto(`${path}/close`);
      if (await page.locator('main input[type=radio]').count() > 0) break;
    }
    await page.locator('main input[type=radio]').first().check();
    await page.locator('main form button').last().click();
    await page.waitForURL(/done=/);
    await page.goto(`${path}/erasure`);
    await page.fill('#hold_reason', 'Notiek tiesvedība');
    await button('Aizliegt dzēst').click();
    await page.waitForURL(/done=/);
    assert.equal(await button('Prasīt dzēšanu').count(), 0);
    await page.fill('#lift_reason', 'Tiesvedība beigusies');
    await button('Atcelt aizliegumu').click();
    await page.waitForURL(/done=retention\.lifted/);
    await look(page, 'erasure');
    await page.locator('input[name=cause]').first().check();
    await page.fill('#reason', 'Pati lūdza');
    await button('Prasīt dzēšanu').click();
    await page.waitForURL(/done=retention\.asked/);
    await page.context().close();

    const second = await house.page();
    await house.signIn(second, 'daina');
    await second.getByRole('link', { name: /dzēšana gaida/ }).click();
    await look(second, 'retention');
    await second.getByRole('link', { name: /Apskatīt un apstiprināt/ }).click();
    await look(second, 'retention-confirm');
    assert.doesNotMatch(await second.locator('main').innerText(), new RegExp(pseudonym));
    await second.getByRole('button', { name: 'Apstiprināt un dzēst' }).click();
    await second.waitForURL(/done=retention\.erased/);
    await second.context().close();
    const manager = await house.page();
    await house.signIn(manager, 'ilze');
    for (const under of ['', '/services', '/looked', '/disclosure']) assert.equal((await manager.goto(path + under)).status(), 404);
    await manager.context().close();
    await house.close();
  },
};
