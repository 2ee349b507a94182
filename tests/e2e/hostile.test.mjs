// Every field of every form that a role can reach, sent what nobody should send (M7.1): each time the answer is a page that says what is
// wrong beside the field, or a confirmation. Nothing breaks, nothing runs, what was typed is kept, and no word of it leaves the page's text.
// The forms are read out of the pages themselves, so that a new one is tried without a line here.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Writer, newOnce } from './durability.test.mjs';
import { formsOf, kind, linksOf } from './forms.mjs';
import { House } from './house.mjs';

const MARK = 'Xhostile'; // stands in each value, and nowhere else
const MARKUP = `${MARK}"'><script>window.hostile=1</script><img src=x onerror="window.hostile=1"><b data-hostile>{{ t:x }} %s %n`;
const RAW = ['<script>window.hostile', 'onerror="window.hostile', '<b data-hostile', `${MARK}"`]; // as they would stand if they were not escaped
const WORDS = {
  markup: MARKUP,
  huge: `${MARK}${'a'.repeat(56 * 1024)}`, // more than any field takes, less than any request may have
  'more than a request may have': `${MARK}${'ē'.repeat(32 * 1024)}`,
  'control characters': `${MARK}\u0001\u001b[31m\u0000\u0007\u007f ok`,
  'right-to-left marks': `\u202e${MARK}\u2066\u200f\u2067`,
  'half a letter': `${MARK}\ud800`,
};
const ALIKE = 8;
const FACTS = { 'a wrong kind': `${MARK} nav`, negative: '-9223372036854775809', markup: MARKUP, huge: WORDS.huge };
const STALE = { stale: '0', 'from the future': '999999999', 'a wrong kind': MARK };
const FOREIGN = { "somebody else's id": '0000000000001', 'no id': `${MARK}'--` };

// What ends something for the tests behind it comes last; what ends the session itself is not pressed.
const LATE = [/\/close$/, /\/hand-over$/, /\/erasure/, /\/leave$/, /\/remove$/, /\/strike$/, /\/discard$/, /\/withdraw$/, /\/revoke$/, /\/team\/shut$/, /\/hold$/];
const NEVER = /^\/(sign-out|sign-out-everywhere|language|account\/password)$|^\/account\/sessions|\/emergency$/;

const isFact = ({ type, inputmode }) => inputmode === 'numeric' || ['select', 'radio', 'checkbox'].includes(type);

function attacks(field) {
  if (field.name === 'csrf' || field.name === 'once' || field.name === 'to' || field.name.startsWith('kept.')) return {};
  if (field.type === 'file' || field.type === 'password') return {};
  if (field.name === 'version') return STALE;
  if (field.type === 'hidden') return FOREIGN;
  const looksLikeId = (field.options ?? [field.value]).some((value) => /^[0-9a-z]{13}$/.test(value));
  if (looksLikeId) return { ...FOREIGN, empty: '', ...FACTS };
  return { empty: '', ...(isFact(field) ? FACTS : WORDS) };
}

// A form filled in as somebody would who has nothing to hide.
function filled(form) {
  const today = new Date();
  const parts = { '-day': today.getDate(), '-month': today.getMonth() + 1, '-year': today.getFullYear() };
  const seen = new Set();
  const values = [];
  for (const field of form.fields) {
    if (field.type === 'file' || (field.type === 'checkbox' && !field.checked)) continue;
    if (field.type === 'radio') {
      if (seen.has(field.name)) continue;
      seen.add(field.name);
      values.push([field.name, form.fields.find((one) => one.name === field.name && one.checked)?.value ?? field.value]);
      continue;
    }
    const part = /-(day|month|year)$/.exec(field.name)?.[0];
    const usual = field.name === 'once' ? newOnce() : field.type === 'select' ? field.options.find((one) => one !== '')
      : part ? String(parts[part]) : field.inputmode === 'numeric' ? '15' : field.type === 'hidden' ? '' : 'Paraugs';
    values.push([field.name, field.value || usual || '']);
  }
  const [button] = form.buttons;
  if (button) values.push([button.name, button.value]);
  return values;
}

function bodyOf(form, pairs) {
  if (!form.upload) return new URLSearchParams(pairs);
  const body = new FormData();
  for (const [name, value] of pairs) body.append(name, value);
  for (const { name, type } of form.fields) if (type === 'file') body.append(name, new Blob([randomBytes(64)]), 'paraugs.xlsx');
  return body;
}

class Attacker {
  constructor(writer) {
    this.writer = writer;
    this.found = []; // what went wrong
    this.count = 0;
    this.seen = new Map([['/', '/']]);
    this.forms = new Map();
  }

  // All pages by their links, as pages.test.mjs walks them, and the pages behind buttons that ask nothing ("begin an assessment").
  async walk(from = ['/']) {
    const queue = [...from];
    while (queue.length > 0) {
      const path = queue.shift();
      const html = await this.writer.read(path);
      for (const next of linksOf(html, path)) {
        if (this.seen.has(kind(next))) continue;
        this.seen.set(kind(next), next);
        queue.push(next);
      }
      for (const form of formsOf(html, path)) this.gather(path, form);
    }
  }

  gather(page, form) {
    if (form.action.startsWith('?')) form.action = page.replace(/\?.*/, '') + form.action;
    const key = `${form.method} ${kind(form.action)} ${form.fields.map(({ name }) => name).filter((name, i, all) => all.indexOf(name) === i).join(' ')}`;
    if (!NEVER.test(form.action) && form.action !== '/unlock' && !this.forms.has(key)) this.forms.set(key, { page, form });
  }

  async send(form, pairs) {
    this.count++;
    if (form.method !== 'post') return this.writer.ask(`${form.action.replace(/\?.*/, '')}?${new URLSearchParams(pairs)}`);
    return this.writer.ask(form.action, { method: 'POST', body: bodyOf(form, pairs) });
  }

  fault(what, text) {
    this.found.push(`${what}: ${text}`);
  }

  // Nothing of the value runs, or stands where it stays behind.
  inert(what, html) {
    for (const raw of RAW) if (html.includes(raw)) this.fault(what, `it stands in the page as markup: ${raw}`);
    const title = /<title>([^<]*)/.exec(html)?.[1] ?? '';
    if (title.includes(MARK)) this.fault(what, `it stands in the title: ${title}`);
    for (const [, name, value] of html.matchAll(/\s(href|action|formaction|src)="([^"]*)"/g))
      if (value.includes(MARK)) this.fault(what, `it stands in an address: ${name}=${value.slice(0, 100)}`);
  }

  kept(what, html, form, field, value, pairs) {
    const shown = formsOf(html, form.action).find(({ action }) => action === form.action);
    if (!shown) return this.fault(what, 'the form is gone');
    for (const [name, typed] of pairs) {
      const original = form.fields.find((one) => one.name === name);
      if (!original || original.autocomplete === 'one-time-code' || !['text', 'textarea', 'email', 'tel', 'search'].includes(original.type)) continue;
      const now = shown.fields.find((one) => one.name === name)?.value;
      // What turns the direction of a whole line is taken out; what is no letter at all may look otherwise.
      const clean = (text) => text.replace(/[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069\ufffd]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '').trim();
      const same = now !== undefined && clean(now) === clean(typed);
      if (!same) this.fault(what, `what was typed in ${name} is lost: ${String(now).slice(0, 60)} for ${typed.slice(0, 60)}`);
    }
    return undefined;
  }

  judge422(what, html, form, field, value, pairs) {
    const hidden = (name) => form.fields.some((one) => one.name === name && one.type === 'hidden'); // nobody typed it
    const all = [...html.matchAll(/<li><a href="#([^"]+)">/g)].map(([, name]) => name);
    const told = all.filter((name) => !hidden(name));
    if (all.length === 0) this.fault(what, 'no message');
    const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const name of told) if (!ids.has(name)) this.fault(what, `the message leads to #${name}, which is not on the page`);
    for (const name of told) if (!ids.has(`${name}-error`) && form.fields.some((one) => one.name === name)) this.fault(what, `no message beside ${name}`);
    this.kept(what, html, form, field, value, pairs);
  }

  async judge(what, answer, form, field, value, pairs) {
    const html = await answer.text();
    this.inert(what, html);
    if (answer.status === 422) return this.judge422(what, html, form, field, value, pairs);
    if (answer.status === 303) {
      const to = answer.headers.get('location');
      if (decodeURIComponent(to).includes(MARK)) this.fault(what, `it stands in the address ${to}`);
      if (to.startsWith('/sign-in')) return this.fault(what, 'the session is gone');
      const next = await this.writer.ask(to);
      const page = await next.text();
      this.inert(what, page);
      if (next.status !== 200) this.fault(what, `${to} answers ${next.status}`);
      else if (!page.includes('app-notice') && !this.silent(form)) this.fault(what, `saved without a word, ${kind(to)}`);
      return undefined;
    }
    if (answer.status === 413 && html.length > 60) return undefined; // said in words; the browser's way back keeps what was typed
    if (answer.status === 409 && html.includes('govuk-error-summary')) return this.kept(what, html, form, field, value, pairs);
    if (answer.status === 200 && (form.method !== 'post' || /find|print|live|draft|preview|paper|devices\/new|^\/instruments\/\w+$/.test(form.action))) return undefined;
    if ([404, 414].includes(answer.status) && form.method !== 'post') return undefined; // an address that nobody was given
    if ((answer.status === 404 || answer.status === 400) && field.type === 'hidden') return undefined;
    return this.fault(what, `answers ${answer.status}`);
  }

  // Forms whose answer is the next page itself.
  silent(form) {
    return /\/assessments$|\/(find|plan)$/.test(form.action);
  }

  async attackForm({ page, form }) {
    const base = filled(form);
    const key = `${form.method} ${form.action}`;
    const there = async () => {
      const answer = await this.writer.ask(page);
      return answer.status === 200 && formsOf(await answer.text(), page).some((one) => `${one.method} ${one.action}` === key);
    };
    let alike = 0;
    for (const field of form.fields.filter(({ name }, i, all) => all.findIndex((one) => one.name === name) === i)) {
      // An alert that was answered, a step that is over: the form is no longer offered.
      if (form.method === 'post' && !(await there())) return page;
      for (const [how, value] of Object.entries(attacks(field))) {
        if (how !== 'markup' && alike > ALIKE) continue; // of a long form, the first fields get everything
        const pairs = base.filter(([name]) => name !== field.name).map(([name, was]) => [name, name === 'once' ? newOnce() : was]);
        pairs.push([field.name, value]);
        const what = `${kind(form.action)} ${field.name}, ${how}`;
        const answer = await this.send(form, pairs).catch((error) => ({ status: String(error.cause ?? error), text: async () => '', headers: new Headers() }));
        await this.judge(what, answer, form, field, value, pairs);
        if (answer.status === 303 && form.method === 'post' && !(await there())) return page;
      }
      alike++;
    }
    return page;
  }

  async attack() {
    const late = ({ form }) => LATE.findIndex((path) => path.test(form.action));
    for (const one of [...this.forms.values()].sort((a, b) => late(a) - late(b))) await this.attackForm(one);
  }
}

let house;
const tried = new Set();

async function attackAs(login, least) {
  const writer = await Writer.known(house, login);
  const attacker = new Attacker(writer);
  await attacker.walk();
  for (const key of attacker.forms.keys()) if (tried.has(key)) attacker.forms.delete(key); else tried.add(key);
  const begin = Date.now();
  await attacker.attack();
  if (process.env.AUSMA_SAY) console.log(login, attacker.seen.size, 'pages', attacker.forms.size, 'forms', attacker.count, 'sent', Date.now() - begin, 'ms');
  assert.deepEqual(attacker.found, []);
  assert.ok(attacker.count > least, `only ${attacker.count} values were sent`);
}

export const tests = {
  'm7_1 hostile values in every field: a case manager': async (first) => {
    house = await House.beside(first);
    await attackAs('ilze', 500);
  },
  'm7_1 hostile values in every field: the programme manager': async () => attackAs('daina', 1),
  'm7_1 hostile values in every field: the administrator': async () => attackAs('admins', 1),
  'm7_1 nothing that was tried stops the program': async () => {
    const status = await house.stop();
    assert.equal(status, 0, house.log.slice(-4000)); // the sanitizers have something to say otherwise
    await house.close();
  },
};
