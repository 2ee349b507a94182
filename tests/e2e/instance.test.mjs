// The same answers, given by a real client of forms and by a person in our pages: both make the same instance (M2.7).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientMissing, filledByClient } from './client.mjs';
import { get } from './house.mjs';

let JSDOM; // wants a later node than the rest
const here = dirname(fileURLToPath(import.meta.url));
const INSTRUMENTS = join(here, '../../programmes/base/instruments');

// Groups in groups, repeats in a repeat, every kind of choice, dates, relevance, what is worked out, a name of its own, another attribute.
const MIXED = `
| survey |
| | type | name | label::Latvian (lv) | label::English (en) | relevant | calculation | default | appearance | constraint |
| | start | start | | | | | | | |
| | end | end | | | | | | | |
| | today | today | | | | | | | |
| | note | hello | Sveiki | Hello | | | | | |
| | begin_group | outer | Ārējā | Outer | | | | | |
| | text | name | Vārds | Name | | | | | |
| | begin_group | inner | Iekšējā | Inner | \${name} != '' | | | | |
| | date | day | Diena | Day | | | | | . < today() |
| | integer | age | Vecums | Age | | | 7 | | . < 100 |
| | decimal | far | Tālums | Distance | | | | | |
| | end_group | | | | | | | | |
| | note | told | Sveiks, \${name} | Hello, \${name} | \${age} > 50 | | | | |
| | end_group | | | | | | | | |
| | select_one thing | one | Viens | One | | | | | |
| | select_one thing | long | Saraksts | A list | | | | minimal | |
| | select_multiple thing | many | Vairāki | Several | | | | | |
| | text | why | Kāpēc | Why | selected(\${many}, 'walk') or \${one} = 'friend' | | | multiline | |
| | begin_repeat | person | Cilvēks | Person | | | | | |
| | text | who | Kas | Who | | | | | |
| | integer | years | Gadi | Years | | | | | |
| | calculate | double | | | | \${years} * 2 | | | |
| | begin_repeat | phone | Tālrunis | Telephone | | | | | |
| | text | number | Numurs | Number | | | | | |
| | end_repeat | | | | | | | | |
| | end_repeat | | | | | | | | |
| | calculate | people | | | | count(\${person}) | | | |
| choices |
| | list_name | name | label::Latvian (lv) | label::English (en) |
| | thing | music | Mūzika | Music |
| | thing | friend | Draugs | Friend |
| | thing | walk | Pastaiga | A walk |
| settings |
| | form_title | form_id | version | default_language | instance_name | attribute::origin |
| | Viss kopā | mixed | 1 | Latvian (lv) | concat('par ', \${name}) | pilot & co |
`;

// The element as lines: names, attributes in order, texts; without what differs by the clock and the instance's own number.
function canonical(element, depth = 0) {
  const moving = ['start', 'end', 'instanceID'].includes(element.localName);
  const attributes = [...element.attributes].filter(({ name }) => !/^xmlns/.test(name)).map(({ name, value }) => ` ${name}="${value}"`).sort().join('');
  const inside = [...element.children].map((child) => canonical(child, depth + 1)).join('');
  const text = moving ? '(moving)' : element.children.length ? '' : element.textContent;
  return `${' '.repeat(depth)}${element.localName}${attributes}: ${JSON.stringify(text)}\n${inside}`;
}
const parsed = (xml) => canonical(new JSDOM(xml, { contentType: 'text/xml' }).window.document.documentElement);

async function give(page, { path, value }) {
  const named = (box = '') => `[name=${JSON.stringify(`q.${path}${box}`)}]:not([type=hidden])`;
  if (value === true) {
    await page.click(`button[name=add][value=${JSON.stringify(path.replace(/\[\d+\]$/, ''))}]`);
    await page.locator(`[name^=${JSON.stringify(`q.${path}/`)}]`).first().waitFor({ state: 'attached' });
    return;
  }
  const first = page.locator(`${named()}, ${named('|d')}`).first();
  const [tag, type, name] = await first.evaluate((element) => [element.localName, element.type, element.name]);
  if (name.endsWith('|d')) {
    const [year, month, day] = value.split('-');
    for (const [box, part] of [['|d', day], ['|m', month], ['|y', year]]) await page.fill(named(box), String(Number(part)));
  } else if (tag === 'select') await first.selectOption(value);
  else if (type === 'radio' || type === 'checkbox') {
    for (const code of value.split(' ')) await page.check(`${named()}[value=${JSON.stringify(code)}]`);
  } else {
    await first.fill(value);
    await first.press('Tab'); // as a person goes on: what it opens is asked
  }
}

async function begin(page, title) {
  await page.goto('/cases');
  await page.click('main a[href^="/cases/"]:not([href*="?"]) >> nth=0');
  const home = new URL(page.url()).pathname.match(/^\/cases\/[0-9a-z]{13}/)[0];
  await page.goto(`${home}/assessments`);
  await page.click(`main button >> text=${title}`);
  await page.waitForURL(/\/assessments\/[0-9a-z]{13}/);
  return new URL(page.url()).pathname;
}

function converted(house, { name, source }) {
  const workbook = join(house.directory, `${name}.md`), xform = join(house.directory, `${name}.xml`);
  writeFileSync(workbook, source);
  writeFileSync(xform, execFileSync(house.program, ['form', 'convert', workbook]));
  return xform;
}

async function same(page, { name, title, seed }, client) {
  assert.ok(client.answers.length > 5, `${name}: the client answered ${client.answers.length}`);
  const path = await begin(page, title);
  for (const answer of client.answers) await give(page, answer);
  await page.click('.app-actions [name=act][value=check]');
  const answer = await get(page, `${path}/instance`);
  assert.equal(answer.status, 200);
  assert.equal(parsed(await answer.text()), parsed(client.xml), `${name}, seed ${seed}`);
}

export const tests = {
  'm2_7 the same answers in our pages and in a client make the same instance': async (house) => {
    if (clientMissing()) return clientMissing();
    ({ JSDOM } = await import('jsdom'));
    const author = await house.page();
    await house.signIn(author, 'daina');
    await author.goto('/instruments');
    await author.setInputFiles('#workbook', { name: 'mixed.md', mimeType: 'text/markdown', buffer: Buffer.from(MIXED) });
    await author.click('main form[enctype] button');
    await author.waitForURL(/\/instruments\/\w+/);
    await author.click('main form[action$="/publish"] button');
    await author.waitForURL(/\/instruments(\?|$)/);
    await author.context().close();
    const page = await house.page();
    await house.signIn(page, 'ilze');
    const forms = [3, 11, 2026].map((seed) => ({ name: 'mixed', title: 'Viss kopā', source: MIXED, seed }));
    for (const [name, title] of [['needs', 'Vajadzību izvērtējums'], ['safety', 'Drošības izvērtējums']])
      forms.push({ name, title, source: readFileSync(join(INSTRUMENTS, `${name}.md`), 'utf8'), seed: 7 });
    const clients = await filledByClient(forms.map((form) => [converted(house, form), form.seed]));
    for (const [i, form] of forms.entries()) await same(page, form, clients[i]);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  },
};
