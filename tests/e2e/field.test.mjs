// Forms filled in outside, with a real client: it takes the forms from the running server, fills them in and sends them back.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientMissing, filledByClient } from './client.mjs';
import { look } from './house.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const INSTRUMENTS = join(here, '../../programmes/base/instruments');
const SEEDS = [7, 2026];
const field = {}; // the telephone and its forms

const headers = () => ({ Authorization: `Basic ${Buffer.from(`${field.login}:${field.secret}`).toString('base64')}`, 'X-OpenRosa-Version': '1.0' });
const ask = (house, path, options = {}) => fetch(new URL(path.replace('https:', 'http:'), house.address), { ...options, headers: { ...headers(), ...options.headers } });

function submission(xml, files = []) {
  const body = new FormData();
  body.append('xml_submission_file', new Blob([xml], { type: 'text/xml' }), 'submission.xml');
  for (const [name, type, content] of files) body.append(name, new Blob([content], { type }), name);
  return body;
}
const submit = async (house, xml, files) => (await ask(house, '/openrosa/submission', { method: 'POST', body: submission(xml, files) })).status;

// An instrument's own source, made one that is filled in outside.
function forOutside(name) {
  const source = readFileSync(join(INSTRUMENTS, `${name}.md`), 'utf8');
  return source.replace(/(\| settings \|)(.*)\n(\| \| form_title .*)\|\n(\| \|[^|]*\| )(\w+)( \|.*)\|\s*$/,
    '$1$2 |\n$3| ausma::destination |\n$4$5_outside$6| outreach |\n');
}

// The file of each form that is to be had, with each seed.
async function taken(house) {
  const pairs = [];
  for (const { id, url } of field.forms) {
    const file = join(house.directory, `${id}.xml`);
    writeFileSync(file, await (await ask(house, url)).text());
    pairs.push(...SEEDS.map((seed) => [file, seed]));
  }
  return pairs;
}

// What our own engine makes of the same answers in the same order.
function filledByUs(house, file, { answers }) {
  const given = join(house.directory, 'answers.json');
  writeFileSync(given, JSON.stringify(answers));
  return JSON.parse(execFileSync(house.program, ['form', 'fill', file, '--answers', given], { maxBuffer: 1 << 26 }));
}

export const tests = {
  'm1_6 a first visit finds reports from outside, one with a photograph': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'ilze');
    await page.click('a[href="/field"] >> nth=0');
    assert.equal(await page.locator('main tbody tr').count(), 2);
    await look(page, 'field-inbox');
    await page.click('main tbody a >> text=Nosūtījums no izbraukuma');
    assert.match(await page.textContent('main'), /Kopīgs reids[\s\S]*Datne 1/);
    await page.context().close();
  },

  'm1_6 a telephone is added: a code to scan, and the same to type': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'programme');
    await page.goto('/field/devices');
    await look(page, 'field-devices-none');
    await page.click('a[href="/field/devices/new"]');
    await page.click('main form .app-actions button');
    assert.ok(await page.locator('#label-error').isVisible());
    await page.fill('#label', 'Zilais tālrunis');
    await page.click('main form .app-actions button');
    await look(page, 'field-device-made');
    [field.server, field.login, field.secret] = await page.locator('dd.app-code').allTextContents();
    // The browser tests stand in for the proxy with TLS in front of the program.
    assert.equal(field.server, `${house.address}/openrosa`.replace('http:', 'https:'));
    await page.goto('/field/devices');
    assert.ok((await page.textContent('main')).includes('Zilais tālrunis'));
    await page.context().close();
  },

  'm1_6 401 first; then the list, the forms, and where to send': async (house) => {
    const first = await fetch(`${house.address}/openrosa/formList`);
    assert.equal(first.status, 401);
    assert.match(first.headers.get('WWW-Authenticate'), /^Basic realm=/);
    const head = await ask(house, '/openrosa/submission', { method: 'HEAD' });
    assert.equal(head.status, 204);
    assert.equal(head.headers.get('Location'), `${field.server}/submission`);
    assert.ok(Number(head.headers.get('X-OpenRosa-Accept-Content-Length')) > 1e6);
  },

  'm2_7 instruments of ours go outside once their settings say so': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'programme');
    for (const name of ['safety', 'needs']) {
      await page.goto('/instruments');
      const source = forOutside(name);
      assert.match(source, /ausma::destination/);
      await page.setInputFiles('input[type=file]', { name: `${name}.md`, mimeType: 'text/markdown', buffer: Buffer.from(source) });
      await Promise.all([page.waitForURL(/\/instruments\/\w+/), page.click('main form[enctype] button')]);
      await Promise.all([page.waitForNavigation(), page.click('form[action$="/publish"] button')]);
    }
    const list = await (await ask(house, '/openrosa/formList')).text();
    field.forms = [...list.matchAll(/<formID>(.*?)<\/formID>[\s\S]*?<downloadUrl>(.*?)<\/downloadUrl>/g)].map(([, id, url]) => ({ id, url }));
    assert.deepEqual(field.forms.map(({ id }) => id).sort(), ['field_contact', 'field_referral', 'needs_outside', 'safety_outside']);
    await page.context().close();
  },

  'm2_7 a real client fills them in: our engine says the same, and what is stored is what was sent': async (house) => {
    if (clientMissing()) return clientMissing();
    const page = await house.page();
    await house.signIn(page, 'case manager');
    const pairs = await taken(house);
    for (const [i, client] of (await filledByClient(pairs)).entries()) {
      const [file] = pairs[i];
      const ours = filledByUs(house, file, client);
      assert.ok(client.answers.length > 3, `${file}: the client answered ${client.answers.length}`);
      for (const [path, question] of Object.entries(client.questions)) {
        const { value, relevant, valid, required } = ours[path] ?? {};
        assert.deepEqual({ value, relevant, valid, required: relevant && required }, question, `${file} ${path}`);
      }
      assert.equal(await submit(house, client.xml), 201);
      assert.equal(await submit(house, client.xml), 202);
      await page.goto('/field');
      await page.click('main tbody a >> nth=0');
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[href$="/sent"]')]);
      assert.equal(readFileSync(await download.path(), 'utf8'), client.xml);
    }
    await look(page, 'field-submission');
    await page.goto('/field');
    await look(page, 'field-inbox');
    await page.context().close();
  },

  'm1_6 a report with a photograph, in two parts, becomes a referral with one click': async (house) => {
    const xml = `<?xml version="1.0"?><data id="field_referral" version="1"><what><story>Divi pusaudži autoostā, par viņiem maksā kāds vīrietis</story>
      <urgency>day</urgency></what><who><about>Rihards Izdomātais</about><age>16</age></who><here><photo>17.jpg</photo></here>
      <answer><source>police</source><way>phone</way><contact>+371 29000999</contact></answer><meta><instanceID>uuid:e2e-1</instanceID></meta></data>`;
    assert.equal(await submit(house, xml), 201);
    assert.equal(await submit(house, xml, [['17.jpg', 'image/jpeg', Buffer.from([0xff, 0xd8, 1, 2, 3, 0xff, 0xd9])]]), 201);
    const page = await house.page({ viewport: { width: 390, height: 844 } });
    await house.signIn(page, 'case manager');
    await page.goto('/field');
    await page.click('main tbody a >> nth=0');
    assert.ok((await page.textContent('main')).includes('Divi pusaudži'));
    await look(page, 'field-referral', [390]);
    await Promise.all([page.waitForURL(/\/referrals\/\w+/), page.click('form[action$="/refer"] button')]);
    assert.ok((await page.textContent('main')).includes('Rihards Izdomātais'));
    await page.context().close();
  },

  'm7_1 a lost telephone is shut out at once': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'programme');
    await page.goto('/field/devices');
    await page.click('a[href$="/revoke"]');
    await look(page, 'field-revoke');
    await Promise.all([page.waitForURL(/\/field\/devices/), page.click('main form .app-actions button')]);
    assert.ok(await page.locator('.app-notice').isVisible());
    assert.equal((await ask(house, '/openrosa/formList')).status, 401);
    await page.context().close();
  },
};
