// The server of the data goes away while people work, and comes back (M7.6): a page says what to do, what was typed is not lost, and what was
// acknowledged is there once. On a PostgreSQL of its own, which is stopped and started. Where the data lie in a file there is nothing to try.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formOf, newOnce, notesIn, Writer } from './durability.test.mjs';
import { ENGINE, House, look } from './house.mjs';

const TOOL = join(dirname(fileURLToPath(import.meta.url)), '../../tools/postgres.sh');
const folder = join(tmpdir(), `ausma-outage-${randomBytes(6).toString('hex')}`);
const server = (...words) => execFileSync(TOOL, words, { encoding: 'utf8' }).trim();
const stop = () => server('halt', folder);
const go = () => server('again', folder);
const WRITERS = 6;
const TYPED = 'Rakstīts,\nkamēr serveris stāv';

let house;
let page;
let path;

async function fillIn() {
  await page.goto(`${path}/services`);
  await page.locator('main form details summary').first().click();
  await page.fill('#minutes', '35');
  await page.fill('#note', TYPED);
}

// Presses the button until the data are there again.
async function pressUntil(done) {
  while (!done(new URL(page.url()).searchParams)) await page.getByRole('button', { name: 'Mēģināt vēlreiz' }).click();
}

const outage = {
  'm7_6 whoever reads is told what to do, and not to sign in': async (first) => {
    house = await House.on(first, server('start', folder, 'fsync=off'));
    page = await house.page();
    await house.signIn(page, 'ilze');
    await page.goto('/cases');
    path = await page.locator('tbody th a').first().getAttribute('href');
    await fillIn();
    const reader = await page.context().newPage();
    reader.faults = [];
    stop();
    const answer = await reader.goto(path);
    assert.equal(answer.status(), 503);
    await look(reader, 'outage-read');
    assert.match(await reader.locator('main').innerText(), /Dati šobrīd nav pieejami/);
    assert.equal(await reader.locator('main a[href="/sign-in"]').count(), 0, 'it says that they are signed out');
    assert.doesNotMatch(await reader.locator('main').innerText(), /saglabāts/, 'nothing was to be saved');
    await reader.close();
  },

  'm4_2 m7_6 what was typed stays on the page and is saved once when the server is back': async () => {
    await page.locator('main form:has(#note) button').last().click();
    await page.waitForLoadState();
    const again = page.getByRole('button', { name: 'Mēģināt vēlreiz' });
    assert.ok(await again.isVisible(), await page.locator('main').innerText());
    await look(page, 'outage-save');
    await again.click(); // still away: nothing is lost on the way
    await page.waitForLoadState();
    assert.ok(await again.isVisible());
    go();
    await pressUntil((query) => query.has('done'));
    const writer = await Writer.known(house, 'ilze');
    const log = await writer.read(`${path}/services`);
    assert.equal(log.split('kamēr serveris stāv').length - 1, 1);
  },

  'm4_2 m7_6 stopped and killed while people save: each entry that was acknowledged is there once': async () => {
    const [writer, where] = await Writer.signIn(house, 'ilze');
    const form = formOf(await writer.read(`${where}/services`));
    const saved = new Set();
    let number = 0;
    let over = false;
    const save = async () => {
      const note = `durable-${String(number++).padStart(4, '0')}`;
      const body = new URLSearchParams({ ...form, note, once: newOnce() });
      for (let status = 0; status !== 303;) {
        ({ status } = await writer.ask(`${where}/services`, { method: 'POST', body }));
        assert.ok([303, 422, 503].includes(status), `${note} is answered with ${status}`);
      }
      saved.add(note);
    };
    const write = async () => { while (!over) await save(); };
    const all = Promise.allSettled(Array.from({ length: WRITERS }, write));
    const more = async (count) => { for (const from = saved.size; saved.size < from + count;) await new Promise((resolve) => setTimeout(resolve, 2)); };
    for (const how of ['halt', 'kill']) {
      await more(30);
      server(how, folder);
      go();
      await more(30);
    }
    over = true;
    for (const one of await all) assert.equal(one.status, 'fulfilled', one.reason?.stack);
    const notes = await notesIn(writer, where);
    assert.equal(notes.size, saved.size);
    for (const note of saved) assert.equal(notes.get(note), 1, `${note} stands there ${notes.get(note) ?? 0} times`);
    await house.close();
    server('stop', folder);
  },
};

export const tests = ENGINE === 'PostgreSQL' ? outage : {};
