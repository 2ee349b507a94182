// Two processes on one database are one house (M7.6): who signs in at one is known at the other, a form sent to both counts once, and
// when one dies the other goes on. Where one process is all there is (SQLite) there is nothing to try.
import assert from 'node:assert/strict';
import { formOf, newOnce, Writer } from './durability.test.mjs';
import { ENGINE, House } from './house.mjs';

const ROUNDS = 40;
let here;
let there;
let writer; // signed in here
let path;

// The same person, by the other door.
const through = (house, cookie = writer.cookie) => new Writer(house, cookie);
const count = (page, note) => page.split(note).length - 1;

async function signInBy(house, login, password) {
  const body = new URLSearchParams({ login, password });
  return fetch(`${house.address}/sign-in`, { method: 'POST', body, redirect: 'manual' });
}

const together = {
  'm7_6 signed in at one, known at the other': async (house) => {
    here = await House.beside(house);
    there = await House.twin(here);
    [writer, path] = await Writer.signIn(here, 'ilze');
    assert.match(await through(there).read(path), /csrf/);
  },

  'm7_6 a form sent to both at once counts once': async () => {
    const form = formOf(await writer.read(`${path}/services`));
    for (let round = 0; round < ROUNDS; round++) {
      const body = new URLSearchParams({ ...form, note: `two-${String(round).padStart(3, '0')}`, once: newOnce() });
      const answers = await Promise.all([writer, through(there), writer, through(there)]
        .map((one) => one.ask(`${path}/services`, { method: 'POST', body })));
      assert.deepEqual(answers.map(({ status }) => status), [303, 303, 303, 303]);
      assert.equal(new Set(answers.map(({ headers }) => headers.get('location'))).size, 1);
    }
    let pages = '';
    for (let next = `${path}/services`; next;) {
      const page = await through(there).read(next);
      pages += page;
      next = /href="([^"]+)" rel="next"/.exec(page)?.[1].replaceAll('&amp;', '&');
    }
    for (let round = 0; round < ROUNDS; round++) assert.equal(count(pages, `two-${String(round).padStart(3, '0')}`), 1);
  },

  'm7_6 a change made at one is seen at the other by the next page': async () => {
    const form = formOf(await writer.read(`${path}/services`));
    for (let round = 0; round < 5; round++) {
      const note = `seen-${round}`;
      const [one, other] = round % 2 ? [through(there), writer] : [writer, through(there)];
      const answer = await one.ask(`${path}/services`, { method: 'POST', body: new URLSearchParams({ ...form, note, once: newOnce() }) });
      assert.equal(answer.status, 303);
      assert.equal(count(await other.read(`${path}/services`), note), 1);
    }
  },

  'm7_6 m3_3 taken off a case at one, it is closed at the other by the next page': async () => {
    const gunta = await here.page();
    await here.signIn(gunta, 'gunta');
    await gunta.goto('/cases');
    const own = await gunta.locator('main tbody th a').first().getAttribute('href');
    const cookie = (await gunta.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    for (const house of [here, there]) assert.equal((await through(house, cookie).ask(own)).status, 200);
    const manager = await here.page();
    await here.signIn(manager, 'ilze');
    await manager.goto(`${own}/team`);
    await manager.locator('main a[href$="/remove"]').first().click();
    await manager.locator('main form[action$="/remove"] button').click();
    await manager.waitForURL(/done=team\.removed/);
    for (const house of [there, here]) assert.equal((await through(house, cookie).ask(own)).status, 404);
    await manager.context().close();
    await gunta.context().close();
  },

  'm7_6 locked at one, locked at the other': async () => {
    const { login, password } = here.account('anna');
    for (let i = 0; i < 8; i++) await signInBy(i % 2 ? here : there, login, 'a wrong password entirely');
    for (const house of [here, there]) {
      const answer = await signInBy(house, login, password);
      assert.equal(answer.status, 422, 'it lets somebody in who is locked out');
      assert.equal(answer.headers.get('set-cookie'), null);
    }
  },

  'm7_6 signed out at one, signed out at the other': async () => {
    const page = await writer.read('/');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)[1];
    const answer = await through(there).ask('/sign-out', { method: 'POST', body: new URLSearchParams({ csrf }) });
    assert.equal(answer.status, 303);
    for (const house of [there, here]) assert.equal((await through(house).ask(path)).status, 401);
  },

  'm7_6 one is killed, the other goes on': async () => {
    [writer, path] = await Writer.signIn(here, 'ilze');
    here.server.kill('SIGKILL');
    await here.ended;
    const other = through(there);
    const form = formOf(await other.read(`${path}/services`));
    const answer = await other.ask(`${path}/services`, { method: 'POST', body: new URLSearchParams({ ...form, note: 'left-alone', once: newOnce() }) });
    assert.equal(answer.status, 303);
    assert.equal(count(await other.read(`${path}/services`), 'left-alone'), 1);
    await there.close();
    await here.close();
  },
};

export const tests = ENGINE === 'PostgreSQL' ? together : {};
