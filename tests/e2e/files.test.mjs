// Files and photographs as answers (M2.3, M2.7, M7.1): with and without scripts, from choosing to reading, and what is left of what a
// picture says about its making.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { House, get, look } from './house.mjs';

const FORM = `
| survey |
| | type | name | label::Latvian (lv) | label::English (en) | hint::Latvian (lv) | appearance | required |
| | text | story | Kas notika? | What happened? | | | |
| | image | photo | Fotogrāfija ar savainojumu | Photograph of the injury | Tikai ar bērna piekrišanu | | yes |
| | image | sign | Jaunieša paraksts | Signature of the young person | | signature | |
| | file | paper | Ārsta izziņa | The doctor's paper | | | |
| | audio | voice | Balss ieraksts | Recording | | | |
| settings |
| | form_title | form_id | version | default_language |
| | Veidlapa ar datnēm | with_files | 1 | Latvian (lv) |
`;
const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), '../fixtures/upload');
const GPS = readFileSync(join(FIXTURES, 'gps.jpg'));
const SAID = ['Noslepums', 'Izdomata Kamera', 'Photoshop'];
const upload = (name, buffer, mimeType = 'application/octet-stream') => ({ name, mimeType, buffer: Buffer.from(buffer) });
const group = (path) => `[data-item="q./data/${path}"]`;

async function bring(page) {
  await page.goto('/instruments');
  await page.setInputFiles('#workbook', upload('files.md', FORM));
  await page.click('main form[enctype] button');
  await page.waitForURL(/\/instruments\/[0-9a-z]{13}/);
  await page.click('main form[action$="/publish"] button');
  await page.waitForURL(/\/instruments(\?|$)/);
}

// The real clamd with one signature of our own: the test file of the antivirus industry, put together here so that no scanner takes this
// source for it.
const VIRUS = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');
class Scanner {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'ausma-scan-'));
    this.socket = join(this.folder, 'socket');
    writeFileSync(join(this.folder, 'test.hsb'), `${createHash('sha256').update(VIRUS).digest('hex')}:${VIRUS.length}:Ausma.Test:73\n`);
    writeFileSync(join(this.folder, 'clamd.conf'), `DatabaseDirectory ${this.folder}\nLocalSocket ${this.socket}\nForeground yes\n`
      + `TemporaryDirectory ${this.folder}\nMaxThreads 2\n${userInfo().uid === 0 ? 'User root\n' : ''}`);
  }

  async start() {
    rmSync(this.socket, { force: true });
    this.process = spawn('clamd', ['-c', join(this.folder, 'clamd.conf')], { stdio: 'ignore', env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
    for (let tries = 0; tries < 300 && !existsSync(this.socket); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(existsSync(this.socket), 'clamd did not start');
  }

  stop() {
    this.process.kill('SIGKILL');
  }

  remove() {
    this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const drawn = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

async function begin(page) {
  await page.goto('/cases');
  await page.click('main a[href^="/cases/"]:not([href*="?"]) >> nth=1');
  const home = new URL(page.url()).pathname.match(/^\/cases\/[0-9a-z]{13}/)[0];
  await page.goto(`${home}/assessments`);
  await page.click('main button >> text=Veidlapa ar datnēm');
  await page.waitForURL(/\/assessments\/[0-9a-z]{13}$/);
  return new URL(page.url()).pathname;
}

// What is handed out under the address of a picture, and that it is drawn, the right way up.
async function handedOut(page, image) {
  assert.deepEqual(await image.evaluate((one) => one.decode().then(() => [one.naturalWidth, one.naturalHeight])), [16, 24]);
  const answer = await get(page, await image.getAttribute('src'));
  assert.equal(answer.headers.get('content-type'), 'image/jpeg');
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.match(answer.headers.get('content-security-policy'), /sandbox/);
  const body = Buffer.from(await answer.arrayBuffer());
  for (const word of SAID) assert.ok(GPS.includes(word) && !body.includes(word), `${word} is handed out`);
}

const taken = {}; // the address of a picture, and what it gave

// The picture as another installation hands it out, made of this one's data elsewhere: in a file, whatever engine it came from.
async function handedOutBy(house, data) {
  const env = { ...house.env };
  delete env.DATABASE;
  const other = await House.twin(house, { data, env });
  try {
    const page = await other.page();
    await other.signIn(page, 'ilze');
    assert.deepEqual(await (await get(page, taken.path)).arrayBuffer(), taken.bytes);
    await page.context().close();
  } finally {
    await other.close();
  }
}

export const tests = {
  'm2_7 a form that asks for files is brought': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'daina');
    await page.goto('/instruments');
    await page.setInputFiles('#workbook', upload('files.md', FORM));
    await page.click('main form[enctype] button');
    await page.waitForURL(/\/instruments\/[0-9a-z]{13}/);
    await look(page, 'files-try');
    await page.click('main form[action$="/publish"] button');
    await page.waitForURL(/\/instruments(\?|$)/);
    await page.context().close();
  },
  'm2_3 a picture is given from the form and loses where it was taken': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'ilze');
    const draft = await begin(page);
    await page.fill('[name="q./data/story"]', 'Stāsts, ko nedrīkst pazaudēt');
    const choosing = page.waitForEvent('filechooser');
    await page.click(`${group('photo')} [name=give]`);
    await (await choosing).setFiles(upload('Annas foto.jpg', '%PDF-1.4\n', 'image/jpeg'));
    await page.waitForSelector(`${group('photo')} [data-give-error]:visible`);
    const state = page.waitForResponse((answer) => answer.url().endsWith(`${draft}/live`));
    await page.dispatchEvent('[name="q./data/story"]', 'change');
    await (await state).finished(); // what the form says of itself comes, and leaves it
    await drawn(page);
    assert.match(await page.textContent(`${group('photo')} [data-give-error]:visible`), /nav JPEG, PNG vai WebP attēls/);
    await look(page, 'files-wrong');
    const judged = page.waitForResponse((answer) => answer.url().endsWith(`${draft}/live`));
    await page.setInputFiles(`${group('photo')} input[type=file]`, join(FIXTURES, 'gps.jpg'));
    await page.waitForSelector(`${group('photo')} img`);
    await (await judged).finished(); // what hangs on the picture comes and goes, and moves what stands below
    await drawn(page);
    await handedOut(page, page.locator(`${group('photo')} img`));
    assert.equal(await page.inputValue('[name="q./data/story"]'), 'Stāsts, ko nedrīkst pazaudēt');
    // Drawn by hand; an empty field is not kept, and says so.
    await page.click(`${group('sign')} [data-draw-keep]`);
    assert.match(await page.textContent(`${group('sign')} [data-give-error]:visible`), /Vispirms tajā/);
    await page.locator(`${group('sign')} canvas`).scrollIntoViewIfNeeded();
    const box = await page.locator(`${group('sign')} canvas`).boundingBox();
    await page.mouse.move(box.x + 40, box.y + 60);
    await page.mouse.down();
    for (let i = 1; i < 20; i++) await page.mouse.move(box.x + 40 + i * 12, box.y + 60 + 30 * Math.sin(i));
    await page.mouse.up();
    await page.click(`${group('sign')} [data-draw-keep]`);
    await page.waitForSelector(`${group('sign')} img`);
    await page.setInputFiles(`${group('paper')} input[type=file]`, upload('izzina.pdf', '%PDF-1.4\nizdomāts'));
    await page.waitForSelector(`${group('paper')} .app-file`);
    await look(page, 'files-fill');
    // The page that stayed open saves on; another device goes on with all of it.
    const kept = page.waitForResponse((answer) => /\/draft$/.test(answer.url()) && answer.request().postData()?.includes('turpin')); // not the one after the file
    await page.fill('[name="q./data/story"]', 'Stāsts, ko nedrīkst pazaudēt, turpinās');
    assert.equal((await kept).status(), 204);
    await page.waitForFunction(() => document.querySelector('[data-saved]').textContent !== '');
    assert.match(await page.textContent('[data-saved]'), /aglabāts/);
    const other = await house.page({ viewport: { width: 390, height: 800 } });
    await house.signIn(other, 'ilze');
    await other.goto(draft);
    assert.equal(await other.inputValue('[name="q./data/story"]'), 'Stāsts, ko nedrīkst pazaudēt, turpinās');
    await handedOut(other, other.locator(`${group('photo')} img`));
    await other.click(`${group('paper')} [name=drop]`);
    await other.waitForSelector('.app-notice');
    assert.match(await other.textContent('.app-notice'), /izņemta/);
    assert.equal(await other.locator(`${group('paper')} .app-file`).count(), 0);
    await other.click('[name=act][value=finish]');
    await other.waitForSelector('dl.govuk-summary-list');
    await handedOut(other, other.locator('main img >> nth=0'));
    assert.match(await other.textContent('main'), /datne, JPEG, 1 KB/);
    taken.path = await other.getAttribute('main img >> nth=0', 'src');
    taken.bytes = await (await get(other, taken.path)).arrayBuffer();
    await look(other, 'files-read');
    await other.goto(`${draft.replace(/\/assessments.*/, '')}/past`);
    assert.match(await other.textContent('main'), /datne, JPEG, 1 KB/);
    for (const [name, bytes] of house.stored())
      for (const word of [...SAID, 'izdomāts']) assert.ok(!bytes.includes(word), `${word} stands in ${name}`);
    assert.deepEqual([...page.faults, ...other.faults], []);
    await page.context().close();
    await other.context().close();
  },
  'm2_3 without scripts a file has a page of its own and nothing typed is lost': async (house) => {
    const page = await house.page({ javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
    await house.signIn(page, 'ilze');
    const draft = await begin(page);
    await page.fill('[name="q./data/story"]', 'Rakstīts bez skriptiem');
    await page.click(`${group('photo')} [name=give]`);
    await page.waitForURL(/\/file\?q=/);
    assert.match(await page.textContent('main'), /Vietu, laiku un kameru/);
    await page.setInputFiles('#file', upload('foto.jpg', '<html>', 'image/jpeg'));
    await page.click('main form[enctype] button');
    await page.waitForSelector('#file-error');
    assert.match(await page.textContent('#file-error'), /nav JPEG, PNG vai WebP attēls/);
    await page.setInputFiles('#file', join(FIXTURES, 'gps.jpg'));
    await page.click('main form[enctype] button');
    await page.waitForURL((url) => url.pathname === draft);
    assert.equal(await page.inputValue('[name="q./data/story"]'), 'Rakstīts bez skriptiem');
    const source = await page.getAttribute(`${group('photo')} img`, 'src');
    const body = Buffer.from(await (await get(page, source)).arrayBuffer());
    for (const word of SAID) assert.ok(!body.includes(word), `${word} is handed out`);
    assert.ok(!await page.isVisible(`${group('sign')} canvas`));
    await page.fill(`${group('sign')} [name="q./data/sign"]`, 'Rihards Izdomātais');
    await page.click('[name=act][value=finish]');
    await page.waitForSelector('dl.govuk-summary-list');
    assert.match(await page.textContent('main'), /Rihards Izdomātais/);
    await page.context().close();
  },
  'm7_6 files come back out of a backup and a copy; a backup that was cut or changed is refused': async (house) => {
    const folder = mkdtempSync(join(tmpdir(), 'ausma-e2e-back-'));
    const file = { ...house.env };
    delete file.DATABASE;
    const ausma = (words, env, input = '') => spawnSync(house.program, words, { env, input, encoding: 'utf8' });
    try {
      const shares = readFileSync(join(house.data, 'shares.txt'), 'utf8').split('\n').slice(0, 3).join('\n') + '\n';
      const made = ausma(['backup', '--data', house.data, '--to', join(folder, 'backups')], house.env);
      assert.equal(made.status, 0, made.stderr);
      const [name] = readdirSync(join(folder, 'backups')).filter((one) => one.endsWith('.backup'));
      const whole = join(folder, 'backups', name);
      const back = ausma(['restore', whole, '--data', join(folder, 'back')], file, shares);
      assert.equal(back.status, 0, back.stderr);
      await handedOutBy(house, join(folder, 'back'));

      const bytes = readFileSync(whole);
      const changed = Buffer.from(bytes);
      changed[Math.floor(bytes.length / 2)] ^= 1;
      for (const [what, wrong] of [['cut', bytes.subarray(0, bytes.length - 5000)], ['changed', changed]]) {
        writeFileSync(join(folder, what), wrong);
        assert.notEqual(ausma(['restore', join(folder, what), '--data', join(folder, `${what}-back`)], file, shares).status, 0, what);
        const again = ausma(['restore', whole, '--data', join(folder, `${what}-back`)], file, shares);
        assert.equal(again.status, 0, `${what}, and then the right one: ${again.stderr}`);
      }

      const copied = ausma(['copy', house.env.DATABASE ?? join(house.data, 'ausma.db'), join(folder, 'copy', 'ausma.db')], file);
      assert.equal(copied.status, 0, copied.stderr);
      for (const one of readdirSync(house.data).filter((one) => one.endsWith('.yaml'))) writeFileSync(join(folder, 'copy', one), readFileSync(join(house.data, one)));
      await handedOutBy(house, join(folder, 'copy'));
      assert.match(ausma(['verify', '--data', join(folder, 'copy')], file).stdout, /^Whole: .* [1-9]\d* files/m);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  'm7_1 a session that ended while a file was chosen loses nothing that was typed': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'ilze');
    await begin(page);
    await page.fill('[name="q./data/story"]', 'Rakstīts, pirms sesija beidzās');
    await page.context().clearCookies();
    await page.setInputFiles(`${group('photo')} input[type=file]`, join(FIXTURES, 'gps.jpg'));
    await page.waitForSelector('main #password');
    const { login, password } = house.account('ilze');
    await page.fill('main #login', login);
    await page.fill('main #password', password);
    await page.click('main form button');
    await page.waitForSelector(group('photo'));
    assert.equal(await page.inputValue('[name="q./data/story"]'), 'Rakstīts, pirms sesija beidzās');
    assert.deepEqual(page.faults, []);
    await page.context().close();
  },
  'm2_3 the page for one file fits and is accessible': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'ilze');
    const draft = await begin(page);
    await page.goto(`${draft}/file?q=/data/paper`);
    await look(page, 'files-page');
    await page.context().close();
  },
  'm7_1 a scanner is asked from within the sandbox, and without its answer nothing is kept': async (first) => {
    const scanner = new Scanner();
    await scanner.start();
    const house = await House.beside(first, `scan_address: ${scanner.socket}\nfile_max: 300000\n`);
    try {
      const page = await house.page();
      await house.signIn(page, 'daina');
      await bring(page);
      await page.context().clearCookies();
      await house.signIn(page, 'ilze');
      await begin(page);
      const choose = (file) => page.setInputFiles(`${group('paper')} input[type=file]`, file);
      const wrong = async (words) => {
        await page.waitForFunction(([box, text]) => new RegExp(text).test(document.querySelector(box).textContent), [`${group('paper')} [data-give-error]`, words]);
        assert.equal(await page.locator(`${group('paper')} .app-file`).count(), 0);
      };
      await choose(upload('a.txt', VIRUS));
      await wrong('atrasts kaut kas kaitīgs');
      await choose(upload('a.pdf', Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(300000)])));
      await wrong('lielākā var būt 293 KB');
      scanner.stop();
      await choose(upload('a.txt', 'Viss kārtībā.\n'));
      await wrong('pašlaik nevar pārbaudīt');
      await scanner.start();
      await choose(upload('a.txt', 'Viss kārtībā.\n'));
      await page.waitForSelector(`${group('paper')} .app-file`);
      assert.deepEqual(page.faults, []);
    } finally {
      await house.close();
      scanner.remove();
    }
  },
};
