// Somebody leaves, and the cases get new keys while others work: the program is killed in the middle and goes on after it has started again;
// two processes at once do no harm. Every case opens for who remains, and nothing that was acknowledged is missing or doubled (M7.1, M7.6).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { formOf, newOnce, Writer } from './durability.test.mjs';
import { ENGINE, House } from './house.mjs';

const CASES = 400;
const field = (page, name) => new RegExp(`name="${name}"[^>]* value="([^"]*)"`).exec(page)?.[1];

// How many cases are still to get new keys, as the administrator's page says it.
async function due(administrator) {
  return [...(await administrator.read('/people/keys')).matchAll(/(\d+) liet\S* vēl/g)].reduce((sum, [, number]) => sum + Number(number), 0);
}

// Everything of this person goes to that one, and their access ends.
async function leaves(house, administrator, who) {
  const people = await administrator.read('/people');
  for (const [path] of people.matchAll(/\/people\/[0-9a-z]{13}(?=")/g)) {
    const page = await administrator.read(path);
    if (!page.includes(who) || !page.includes(`${path}/leave`)) continue;
    const form = await administrator.read(`${path}/leave`);
    const body = new URLSearchParams({ csrf: field(form, 'csrf'), once: newOnce(), sure: 'yes' });
    for (const [, name, options] of form.matchAll(/<select[^>]* name="(to\.[0-9a-z]+)"[^>]*>([\s\S]*?)<\/select>/g)) body.set(name, /value="([0-9a-z]{13})"/.exec(options)[1]);
    const answer = await administrator.ask(`${path}/leave`, { method: 'POST', body });
    assert.equal(answer.status, 303, await answer.text());
    return;
  }
  assert.fail(`nobody is called ${who}`);
}

async function casesOf(writer) {
  const paths = [];
  for (let next = '/cases'; next;) {
    const page = await writer.read(next);
    paths.push(...new Set([...page.matchAll(/\/cases\/[0-9a-z]{13}(?=")/g)].map(([path]) => path)));
    next = /href="([^"]+)" rel="next"/.exec(page)?.[1].replaceAll('&amp;', '&');
  }
  return [...new Set(paths)];
}

// Members of the team work, and all of them look in, until all cases have new keys; what is written goes to `saved`.
async function workUntilDone(writers, all, administrator, paths, saved) {
  const forms = await Promise.all(writers.map((writer) => writer.read(`${paths[0]}/services`).then(formOf)));
  for (let round = 0; round < 400; round++) {
    await Promise.all(writers.map(async (writer, i) => {
      const path = paths[(round * 7 + i * 3) % paths.length];
      const note = `keys-${i}-${String(saved.size).padStart(4, '0')}-${round}`;
      const answer = await writer.ask(`${path}/services`, { method: 'POST', body: new URLSearchParams({ ...forms[i], note, once: newOnce() }) });
      assert.ok([303, 409, 503].includes(answer.status), `${path} is answered with ${answer.status}`);
      if (answer.status === 303) saved.set(note, path);
    }));
    await Promise.all(all.map((writer) => writer.read('/')));
    if (round >= 10 && await due(administrator) === 0) return;
  }
  assert.fail(`${await due(administrator)} cases still wait for new keys`);
}

export const tests = {
  'm7_1 m7_6 cases get new keys although the program is killed in the middle, and by two processes at once': async (house) => {
    const here = await House.beside(house, '', CASES);
    let there;
    try {
      const [ilze, anna, marta, administrator] = await Promise.all(['ilze', 'anna', 'marta', 'admins'].map((who) => Writer.known(here, who)));
      const paths = await casesOf(ilze);
      const shared = await casesOf(anna); // without those that are shut for her
      assert.ok(shared.length > 50 && paths.length >= shared.length, `${paths.length} cases, ${shared.length} of them open to both`);
      await leaves(here, administrator, 'Līga');
      const all = await due(administrator);
      assert.ok(all >= CASES * 0.9, `${all} cases are due`);

      // The first page of a member begins it; the emergency team's own keys come first.
      let left = all;
      for (let tries = 0; tries < 2000 && left >= all; tries++) {
        await Promise.all([ilze, marta].map((writer) => writer.read('/')));
        left = await due(administrator);
      }
      assert.ok(left > 0 && left < all, `${left} of ${all} cases waited when it was killed`);
      here.server.kill('SIGKILL');
      await here.ended;
      await here.serve();
      if (ENGINE === 'PostgreSQL') there = await House.twin(here);

      const saved = new Map();
      const at = (writer, process) => new Writer(process ?? here, writer.cookie);
      const writers = [at(ilze), at(anna, there), at(ilze, there)];
      await workUntilDone(writers, [...writers, at(marta), at(marta, there)], at(administrator), shared, saved);

      for (const path of paths) await at(ilze).read(path); // with the name of the child in its head
      const pages = new Map();
      for (const path of new Set(saved.values())) pages.set(path, await at(anna).read(`${path}/services`));
      assert.ok(saved.size >= 20, `${saved.size} entries were saved meanwhile`);
      for (const [note, path] of saved) assert.equal(pages.get(path).split(note).length - 1, 1, `${note} in ${path}`);
      const said = execFileSync(here.program, ['verify', '--data', here.data], { env: here.env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      assert.match(said, /^Whole: /m);
    } finally {
      await there?.close();
      await here.close();
    }
  },
};
