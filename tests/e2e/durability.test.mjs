// What was answered with "saved" is kept, whatever happens to the program: killed in the middle of many writers, started again,
// each entry that was acknowledged is there exactly once, and those who were signed in still are (M4.2, M7.6).
import assert from 'node:assert/strict';
import { House } from './house.mjs';

const SAVES = 1000;
const WRITERS = 8;
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
// What a form carries so that sending it twice counts once: 63 bits, as ids are written.
export const newOnce = () => Array.from(crypto.getRandomValues(new Uint8Array(13)), (byte, i) => DIGITS[byte % (i === 0 ? 8 : 32)]).join('');

// Somebody with a cookie but no browser: a thousand saves are made by plain requests.
export class Writer {
  constructor(house, cookie) {
    this.house = house;
    this.cookie = cookie;
  }

  // Whoever can sign in; and a case manager together with a case.
  static async known(house, who) {
    const page = await house.page({ javaScriptEnabled: false });
    await house.signIn(page, who);
    const cookies = await page.context().cookies();
    await page.context().close();
    return new Writer(house, cookies.map(({ name, value }) => `${name}=${value}`).join('; '));
  }

  static async signIn(house, who) {
    const writer = await Writer.known(house, who);
    const [path] = /\/cases\/[0-9a-z]{13}/.exec(/<tbody[\s\S]*?<th[^>]*><a[^>]* href="[^"]*"/.exec(await writer.read('/cases'))[0]);
    return [writer, path];
  }

  ask(path, options = {}) {
    return fetch(this.house.address + path, { redirect: 'manual', ...options, headers: { cookie: this.cookie } });
  }

  async read(path) {
    const answer = await this.ask(path);
    assert.equal(answer.status, 200, `${path} answers ${answer.status}`);
    return answer.text();
  }
}

const selected = (page, name) => new RegExp(`name="${name}" type="radio" value="([a-z_]+)" checked`).exec(page)?.[1];

// The values that the form offers, as the browser would send them; each entry then has its own note and its own `once`.
export function formOf(page) {
  const value = (name) => new RegExp(`name="${name}"[^>]* value="([^"]*)"`).exec(page)?.[1] ?? '';
  return {
    csrf: /name="csrf" value="([^"]+)"/.exec(page)[1], service: /<option value="([a-z_]+)"/.exec(page)[1], minutes: '5',
    'on-day': value('on-day'), 'on-month': value('on-month'), 'on-year': value('on-year'),
    mode: selected(page, 'mode') ?? 'in_person', phase: selected(page, 'phase') ?? 'recovery',
  };
}

// Every note that the log of the case shows, through all its pages.
export async function notesIn(writer, path) {
  const notes = new Map();
  for (let next = `${path}/services`; next;) {
    const page = await writer.read(next);
    for (const [note] of page.matchAll(/durable-\d{4}/g)) notes.set(note, (notes.get(note) ?? 0) + 1);
    next = /href="([^"]+)" rel="next"/.exec(page)?.[1].replaceAll('&amp;', '&');
  }
  return notes;
}

export const tests = {
  'm4_2 m7_6 killed while a thousand entries are being saved, it keeps each that it acknowledged, once': async (house) => {
    const second = await House.beside(house);
    try {
      const [writer, path] = await Writer.signIn(second, 'ilze');
      const form = formOf(await writer.read(`${path}/services`));
      const saved = new Set();
      const unsure = new Map(); // sent, but never answered: may be there or not
      let number = 0;
      const save = async (note, once) => {
        const body = new URLSearchParams({ ...form, note, once });
        unsure.set(note, once);
        const answer = await writer.ask(`${path}/services`, { method: 'POST', body });
        if (answer.status === 503) { unsure.delete(note); return; }
        assert.equal(answer.status, 303, `${note} is answered with ${answer.status}`);
        unsure.delete(note);
        saved.add(note);
      };
      const write = async () => {
        while (number < SAVES) {
          const note = `durable-${String(number++).padStart(4, '0')}`;
          await save(note, newOnce());
        }
      };
      let working = true;
      const all = Promise.allSettled(Array.from({ length: WRITERS }, write)).finally(() => { working = false; });
      while (saved.size < SAVES / 2 && working) await new Promise((resolve) => setTimeout(resolve, 2));
      second.server.kill('SIGKILL');
      await second.ended;
      await all;
      assert.ok(saved.size >= SAVES / 2 && saved.size < SAVES, `${saved.size} were saved before the end`);

      await second.serve();
      const notes = await notesIn(writer, path); // the same cookie: the session outlives the program
      for (const note of saved) assert.equal(notes.get(note), 1, `${note} stands there ${notes.get(note) ?? 0} times`);
      for (const [note, times] of notes) assert.ok(times === 1 && (saved.has(note) || unsure.has(note)), `${note}: ${times}`);
      // Whoever got no answer sends the same form again: still once.
      for (const [note, once] of unsure) await save(note, once);
      const again = await notesIn(writer, path);
      for (const note of saved) assert.equal(again.get(note), 1, `${note} stands there ${again.get(note) ?? 0} times after being sent again`);
    } finally {
      await second.close();
    }
  },
};
