// The house that the browser tests walk through: one demo installation, served, and a browser.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { Traces } from './traces.mjs';

// Each engine has its own folder: both may be tested at once.
export const OUTPUT = join(dirname(fileURLToPath(import.meta.url)), 'output', process.env.AUSMA_TEST_DATABASE ? 'postgresql' : 'sqlite');
process.env.AUSMA_SHARE ??= join(dirname(fileURLToPath(import.meta.url)), '../..');
export const WIDTHS = [390, 1280];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ARGUMENTS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const CASES = 60;

// On a PostgreSQL server (AUSMA_TEST_DATABASE) each house has a database of its own.
const SERVER = process.env.AUSMA_TEST_DATABASE;
export const ENGINE = SERVER ? 'PostgreSQL' : 'SQLite';
const command = (text) => execFileSync('psql', [SERVER, '-qXc', text]);

function newDatabase() {
  const name = `house_${randomBytes(6).toString('hex')}`;
  command(`CREATE DATABASE ${name}`);
  return { name, url: SERVER.replace(/^(\w+:\/\/[^/]*\/)[^?]*/, `$1${name}`) };
}

async function finished(child) {
  const [code, signal] = await once(child, 'exit');
  return code ?? signal;
}

// The lines of accounts.txt: login, password, then whatever describes them, with blanks between.
export function readAccounts(text) {
  return text.split('\n').map((line) => line.trim().split(/\s+/)).filter((part) => part.length >= 2)
    .map(([login, password, ...who]) => ({ login, password, who: who.join(' ') }));
}

export class House {
  traces = new Traces();

  static async open(program) {
    const house = new House();
    house.program = program;
    house.settle();
    mkdirSync(OUTPUT, { recursive: true });
    await house.makeDemo();
    await house.serve();
    house.browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS });
    return house;
  }

  // A second installation with data of its own, for tests that break things; it lends the browser of the first.
  static async beside(first, settings = '', cases = CASES) {
    const house = new House();
    house.program = first.program;
    house.settle();
    await house.makeDemo(cases);
    if (settings) appendFileSync(join(house.data, 'ausma.yaml'), settings);
    await house.serve();
    house.lent = first.browser;
    return house;
  }

  // An installation in the one database of a server of its own.
  static async on(first, url, cases = 5) {
    const house = new House();
    house.program = first.program;
    house.directory = mkdtempSync(join(tmpdir(), 'ausma-e2e-'));
    house.data = join(house.directory, 'data');
    house.env = { ...process.env, DATABASE: url };
    await house.makeDemo(cases);
    await house.serve();
    house.lent = first.browser;
    return house;
  }

  // Another process that serves the same data, or what was made of it elsewhere; it lends the browser too.
  static async twin(first, { data, env } = first) {
    const house = new House();
    Object.assign(house, { program: first.program, data, env, accounts: first.accounts, lent: first.browser ?? first.lent });
    await house.serve();
    return house;
  }

  // Where the installation will be: a folder, and on a server a database.
  settle() {
    this.directory = mkdtempSync(join(tmpdir(), 'ausma-e2e-'));
    this.data = join(this.directory, 'data');
    if (SERVER) this.database = newDatabase();
    this.env = SERVER ? { ...process.env, DATABASE: this.database.url } : process.env;
  }

  // All that lies in the installation, as pairs of a name and bytes.
  stored() {
    const files = readdirSync(this.data, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name)).filter((path) => !/(accounts|shares)\.txt$/.test(path)) // the demonstration's own notes
      .map((path) => [path.replace(this.data, ''), readFileSync(path)]);
    return SERVER ? [...files, ['dump', execFileSync('pg_dump', [this.database.url], { maxBuffer: 1 << 30 })]] : files;
  }

  async makeDemo(cases = CASES) {
    const child = spawn(this.program, ['demo', '--data', this.data, '--cases', String(cases)], { stdio: ['ignore', 'pipe', 'inherit'], env: this.env });
    let said = '';
    child.stdout.on('data', (piece) => { said += piece; });
    assert.equal(await finished(child), 0, 'ausma demo failed');
    const kept = join(this.data, 'accounts.txt');
    this.accounts = readAccounts(existsSync(kept) ? readFileSync(kept, 'utf8') : said);
  }

  async serve() {
    this.port = await freePort();
    this.address = `http://127.0.0.1:${this.port}`;
    this.log = '';
    this.server = spawn(this.program, ['serve', '--data', this.data, '--port', String(this.port), '--allow-root'],
      { stdio: ['ignore', 'pipe', 'pipe'], env: this.env });
    for (const stream of [this.server.stdout, this.server.stderr]) stream.on('data', (piece) => { this.log += piece; });
    this.ended = finished(this.server);
    const until = Date.now() + 30000;
    while (Date.now() < until && this.server.exitCode === null) {
      if (await fetch(`${this.address}/sign-in`).then((answer) => answer.ok, () => false)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`ausma serve did not answer:\n${this.log}`);
  }

  // Stops the program as Ctrl-C does. What it says and its status go back to the caller.
  async stop() {
    if (this.server.exitCode === null) this.server.kill('SIGINT');
    return this.ended;
  }

  async close() {
    await this.browser?.close();
    if (this.server) await this.stop();
    if (!this.lent) writeFileSync(join(OUTPUT, 'server.log'), this.log ?? '');
    if (!this.directory) return; // a twin has nothing of its own
    rmSync(this.directory, { recursive: true, force: true });
    if (this.database) command(`DROP DATABASE ${this.database.name} WITH (FORCE)`);
  }

  // A page in a browser profile of its own. Errors of scripts and of the content security policy are noted in page.faults.
  async page(options = {}) {
    const context = await (this.browser ?? this.lent).newContext({ baseURL: this.address, viewport: { width: 1280, height: 900 },
      locale: 'lv-LV', ...options });
    this.traces.watch(context);
    const page = await context.newPage();
    // What leads to another page ends when all of that has come: what is asked of it next is asked of the whole page.
    const frame = page.mainFrame(); // whichever way a test presses, it comes by here
    for (const press of ['click', 'press']) {
      const alone = frame[press].bind(frame);
      frame[press] = async (...how) => { await alone(...how); await page.waitForLoadState(); };
    }
    page.faults = [];
    page.on('pageerror', (error) => page.faults.push(error.message));
    page.on('console', (message) => {
      // The browser itself remarks on each 4xx page, which tests ask for on purpose.
      if (message.type() === 'error' && !/^Failed to load resource/.test(message.text())) page.faults.push(message.text());
    });
    return page;
  }

  account(who) {
    // The login itself first: a word may be part of what is said of somebody else ("juris", "juriste").
    const found = this.accounts.find(({ login }) => login === who) ?? this.accounts.find(({ who: text }) => text.includes(who));
    assert.ok(found, `no account ${who} among ${this.accounts.map(({ login }) => login).join(', ')}`);
    return found;
  }

  // Signs in on this page; `who` is a login or a word of what accounts.txt says about it.
  async signIn(page, who) {
    const { login, password } = this.account(who);
    await page.goto('/sign-in');
    await page.fill('#login', login);
    await page.fill('#password', password);
    await page.click('main form button');
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  }
}

// What lies at an address, for whoever is signed in on the page. Playwright itself keeps a cookie for TLS from an address without.
export async function get(page, path) {
  const cookies = await page.context().cookies();
  return fetch(new URL(path, page.url()), { headers: { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') } });
}

// Fails on anything that axe finds wrong with the page as it stands.
export async function axe(page) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run({ resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  });
  assert.deepEqual(found, []);
}

// With AUSMA_PICTURES=1 a picture of the page, for people to look at.
export async function picture(page, name) {
  if (process.env.AUSMA_PICTURES) await page.screenshot({ path: join(OUTPUT, `${name}.png`), fullPage: true });
}

// Which looks are taken closely here: AUSMA_LOOKS=0/2 for one half, 1/2 for the other. On both engines the pages are the same HTML, and axe is
// by far the slowest, so each look is taken closely on one of them.
const [SHARE, SHARES] = (process.env.AUSMA_LOOKS ?? '0/1').split('/').map(Number);
const closely = (name) => [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % SHARES === SHARE;

// The page on a phone in the light and on a desk in the dark: nothing sticks out, no script error; closely: accessible too.
export async function look(page, name, widths = WIDTHS) {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    if (closely(name)) {
      await page.emulateMedia({ colorScheme: width < 600 ? 'light' : 'dark' });
      await axe(page);
      await page.emulateMedia({ colorScheme: 'light' });
    }
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(over <= 0, `${name} at ${width} px sticks out by ${over} px`);
    await picture(page, `${name}-${width}`);
  }
  assert.deepEqual(page.faults, []);
}
