// Every page that a role can reach by links: accessible, fitting a phone and a desk, without a script error; no name in its address or title.
import assert from 'node:assert/strict';
import { axe, look } from './house.mjs';
import { kind } from './forms.mjs';


async function links(page) {
  const paths = await page.$$eval('a[href^="/"]:not([download]), a[href^="?"]', (all) => all.map((a) => new URL(a.href).pathname + new URL(a.href).search));
  return paths.filter((path) => !path.startsWith('/assets/'));
}

async function walk(house, login) {
  const page = await house.page();
  await house.signIn(page, login);
  const seen = new Map([['/', '/']]);
  const queue = ['/'];
  while (queue.length > 0) {
    const path = queue.shift();
    const answer = await page.goto(path);
    assert.ok(answer.status() < 400, `${path} answers ${answer.status()}`);
    assert.equal(await page.locator('h1').count(), 1, `${path} has not one h1`);
    await look(page, `page-${login}${kind(path).replaceAll('/', '-')}`);
    for (const next of await links(page)) {
      if (seen.has(kind(next))) continue;
      seen.set(kind(next), next);
      queue.push(next);
    }
  }
  await page.context().close();
  return [...seen.keys()];
}

export const tests = {
  'all pages of the case manager': async (house) => {
    const kinds = await walk(house, 'ilze');
    assert.ok(kinds.includes('/cases/ID'), kinds.join(' '));
  },
  'm7_1 all pages of a lawyer who sees only her part: no link leads to what is not hers': async (house) => { await walk(house, 'gunta'); },
  'all pages of intake': async (house) => { await walk(house, 'juris'); },
  'all pages of the programme manager': async (house) => { await walk(house, 'daina'); },
  'all pages of the auditor': async (house) => { await walk(house, 'auditore'); },
  'a row under the pointer can be read, in the light and in the dark': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'ilze');
    await page.goto('/management');
    await page.hover('.govuk-task-list__item--with-link');
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await axe(page);
    }
    await page.context().close();
  },
  'm7_1 the administrator reaches no case': async (house) => {
    const kinds = await walk(house, 'admins');
    assert.ok(!kinds.some((path) => path.startsWith('/cases')), kinds.join(' '));
  },
};
