// The last of all tests: what the run before it typed, and who the demonstration is about, stands nowhere but in pages and under seals.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pieces } from './traces.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
// Typed, but no person's: the names of things that everybody in the house may know.
const CLEAR = new Set();

// The invented people of the demonstration: how their family names begin.
function invented() {
  const source = readFileSync(join(ROOT, 'src/steer/demo/names.c'), 'utf8');
  return [...source.matchAll(/\.stems = \{([^}]*)\}/g)].flatMap(([, list]) => [...list.matchAll(/"([^"]{5,})"/g)].map(([, stem]) => stem));
}

export const tests = {
  'm7_1 every thread of the serving process is shut in': async (house) => {
    const threads = readdirSync(`/proc/${house.server.pid}/task`);
    assert.ok(threads.length > 4, `only ${threads.length} threads`);
    for (const thread of threads) {
      const status = readFileSync(`/proc/${house.server.pid}/task/${thread}/status`, 'utf8');
      assert.match(status, /^Seccomp:\s+2$/m);
      assert.match(status, /^NoNewPrivs:\s+1$/m);
    }
  },

  'm7_1 the look itself finds what is there': async (house) => {
    const page = await house.page();
    await page.goto('/sign-in?to=/Pazīstams');
    assert.ok((await house.traces.shown(['Pazīstams'])).length > 0);
    house.traces.places = house.traces.places.filter(([, text]) => !decodeURIComponent(text.replaceAll('%', '%25')).includes('%C4%ABstams')
      && !text.includes('Pazīstams'));
    assert.ok(house.stored().some(([, bytes]) => bytes.includes('account.sign_in')), 'the audit is not found in the data');
    await page.context().close();
  },

  'm7_1 no typed value and no invented person in addresses, titles, headers, file names': async (house) => {
    const typed = [...house.traces.typed].filter((value) => !CLEAR.has(value));
    assert.ok(typed.length > 30, `only ${typed.length} values were typed`);
    const shown = await house.traces.shown([...typed, ...invented()]);
    const titles = house.traces.places.filter(([kind]) => kind === 'title').length;
    assert.ok(titles > 60, `only ${titles} pages were read`);
    assert.ok(house.traces.unread * 100 < titles, `${house.traces.unread} pages went unread beside ${titles}`);
    assert.deepEqual(shown, []);
  },

  'm7_1 nor in what the program says, nor anywhere in the data folder': async (house) => {
    // A case's number stands in the clear by design: it is nobody's name.
    const typed = [...house.traces.typed].filter((value) => !CLEAR.has(value) && !/^[A-Z]-\d{4}-\d{4}-[A-Z]$/.test(value));
    const said = house.log;
    assert.ok(said.includes('http://'), 'the program said nothing');
    const stored = house.stored();
    const found = [];
    for (const value of [...typed.flatMap(pieces), ...invented()]) {
      if (said.includes(value)) found.push(['log', value]);
      // PostgreSQL's dump writes bytes as digits.
      const digits = Buffer.from(value).toString('hex');
      for (const [path, bytes] of stored) if (bytes.includes(value) || bytes.includes(digits)) found.push([path, value]);
    }
    assert.deepEqual(found, []);
  },
};
