// What may happen once happens once, though it is sent several times at the same moment, through two processes where the data lies on a server
// (M7.1, M7.6): a code that serves once, a link that lets in once, a referral that becomes one case, a glass; and who has left saves nothing.
import assert from 'node:assert/strict';
import { phoneCode } from './accounts.test.mjs';
import { formOf, newOnce, Writer } from './durability.test.mjs';
import { formsOf } from './forms.mjs';
import { ENGINE, House } from './house.mjs';

const AT_ONCE = 6;
let here;
let there; // another process on a server, the same one elsewhere

const doors = () => Array.from({ length: AT_ONCE }, (_, i) => (i % 2 ? there : here));

// What a form of the page would send: its own values, with these instead.
function fill(page, action, values = {}) {
  const form = formsOf(page, action).find((one) => one.action === action && one.method === 'post' && Object.keys(values).every((name) => one.fields.some((field) => field.name === name)));
  assert.ok(form, `no form for ${action} with ${Object.keys(values)}`);
  const kept = form.fields.filter(({ type, checked, disabled }) => disabled === undefined && (!['radio', 'checkbox'].includes(type) || checked));
  const body = new URLSearchParams({ ...Object.fromEntries(kept.map(({ name, value }) => [name, value])), ...values });
  if (body.has('once')) body.set('once', newOnce());
  return body;
}

// Somebody with a cookie of their own, who fills in forms as a browser does.
class Visitor extends Writer {
  constructor(house) { super(house, ''); }

  through(house) { return Object.assign(new Visitor(house), { cookie: this.cookie }); }

  async ask(path, options) {
    const answer = await super.ask(path, options);
    this.cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? this.cookie; // there is one cookie
    return answer;
  }

  async filled(path, action, values) {
    return fill(await this.read(path), action, values);
  }

  async send(path, action, values) {
    return this.ask(action, { method: 'POST', body: await this.filled(path, action, values) });
  }

  static async password(house, who) {
    const visitor = new Visitor(house);
    const { login, password } = here.account(who);
    const answer = await visitor.ask('/sign-in', { method: 'POST', body: new URLSearchParams({ login, password }) });
    visitor.asked = await answer.text(); // the second step, where there is one
    return visitor;
  }
}

const isIn = async (visitor) => (await visitor.ask('/cases')).status === 200;
const amount = async (visitors) => (await Promise.all(visitors.map(isIn))).filter(Boolean).length;

// All of them have given the password; each sends the code at the same moment.
async function codeAtOnce(who, code) {
  const visitors = [];
  for (const door of doors()) visitors.push(await Visitor.password(door, who));
  const bodies = visitors.map((one) => fill(one.asked, '/sign-in/second', { code }));
  const answers = await Promise.all(visitors.map((one, i) => one.ask('/sign-in/second', { method: 'POST', body: bodies[i] })));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))].sort(), [303, 422]);
  return amount(visitors);
}

// Sets up an app, and has codes printed.
async function withApp(who) {
  const visitor = await Visitor.password(here, who);
  const page = await visitor.read('/account/second/totp');
  const [, secret] = /class="app-code">([^<]+)</.exec(page);
  const begun = Date.now();
  const body = fill(page, '/account/second/totp', { code: phoneCode(secret, begun), name: 'telefons' });
  assert.equal((await visitor.ask('/account/second/totp', { method: 'POST', body })).status, 303);
  const made = await visitor.send('/account/second/codes', '/account/second/codes');
  const printed = [...(await visitor.read(made.headers.get('location'))).matchAll(/class="app-code">([^<]+)</g)].map(([, code]) => code.trim());
  assert.equal(printed.length, 10);
  return { secret, begun, printed };
}

export const tests = {
  'm7_1 a code of an app or of paper lets one in': async (house) => {
    here = await House.beside(house);
    there = ENGINE === 'PostgreSQL' ? await House.twin(here) : here;
    const { printed } = await withApp('anna');
    assert.equal(await codeAtOnce('anna', printed[3]), 1);
    const { secret, begun } = await withApp('gunta'); // whose codes nobody has guessed at yet
    assert.equal(await codeAtOnce('gunta', phoneCode(secret, begun + 30000)), 1); // clocks may differ by a step
  },

  'm7_1 a link lets one in': async () => {
    const ilze = await Visitor.password(here, 'ilze');
    const invited = await ilze.send('/people/invite', '/people/invite', { name: 'Zane Avotiņa', login: 'zane', role: 'team_member' });
    assert.equal(invited.status, 303, await invited.text());
    const page = await ilze.read(invited.headers.get('location'));
    const code = /\/join#([0-9A-Z-]{39})</.exec(page)[1];
    const newcomers = doors().map((door) => new Visitor(door));
    const opened = await Promise.all(newcomers.map((one) => one.send('/join', '/join', { code })));
    const forms = await Promise.all(opened.map((answer) => answer.text()));
    const password = { new: 'gara un droša parole', again: 'gara un droša parole' };
    const answers = await Promise.all(newcomers.map((one, i) => one.ask('/join', { method: 'POST', body: fill(forms[i], '/join', password) })));
    assert.equal(await amount(newcomers), 1, answers.map(({ status }) => status).join(' '));
    assert.equal((await ilze.read('/people')).split('Zane Avotiņa').length - 1, 1);
  },

  'm1_6 a referral becomes one case': async () => {
    const juris = await Visitor.password(here, 'juris');
    const [path] = /\/referrals\/[0-9a-z]{13}/.exec(await juris.read('/referrals'));
    const page = await juris.read(`${path}/accept`);
    const [, manager] = /id="manager"[\s\S]*?<option value="([0-9a-z]{13})"/.exec(page);
    const form = fill(page, `${path}/accept`, { manager, words: 'Paldies. Mēs jau rīkojamies.', how: 'phone' });
    if (form.has('why')) form.set('why', 'Cits dzimšanas gads un cita valoda.');
    const body = () => new URLSearchParams({ ...Object.fromEntries(form), once: newOnce() });
    const answers = await Promise.all(doors().map((door) => juris.through(door).ask(`${path}/accept`, { method: 'POST', body: body() })));
    assert.equal(answers.filter(({ status }) => status === 303).length, 1, answers.map(({ status }) => status).join(' '));
    for (const { status } of answers) assert.ok([303, 404, 409, 422].includes(status), `${status}`);
  },

  'm7_1 a glass is broken once': async () => {
    const ilze = await Visitor.password(here, 'ilze');
    const [reference] = /[A-Z]-\d{4}-\d{4}-[A-Z]/.exec(await ilze.read('/cases'));
    const marta = await Visitor.password(here, 'marta');
    const form = await marta.filled('/emergency', '/emergency', { reference, reason: 'Zvana policija' });
    const body = () => new URLSearchParams({ ...Object.fromEntries(form), once: newOnce() });
    const answers = await Promise.all(doors().map((door) => marta.through(door).ask('/emergency', { method: 'POST', body: body() })));
    const places = new Set(answers.filter(({ status }) => status === 303).map(({ headers }) => headers.get('location')));
    assert.equal(places.size, 1, answers.map(({ status }) => status).join(' '));
    const told = new Set((await ilze.read('/')).match(/\/cases\/[0-9a-z]{13}\/glass\/[0-9a-z]{13}/g));
    assert.equal(told.size, 1);
  },

  'm7_1 who has left saves nothing': async () => {
    const liga = await Visitor.password(here, 'liga');
    const admin = await Visitor.password(here, 'admins');
    const [path] = /\/cases\/[0-9a-z]{13}(?=")/.exec(await liga.read('/cases?which=team'));
    const form = formOf(await liga.read(`${path}/services`));
    const people = [...(await admin.read('/people')).matchAll(/\/people\/[0-9a-z]{13}(?=")/g)].map(([one]) => one);
    let person;
    for (const one of people) if (/<h1[^>]*>[^<]*Līga/.test(await admin.read(one))) person = one;
    const leaving = await admin.filled(`${person}/leave`, `${person}/leave`, { sure: 'yes' });
    let left = false;
    let late = 0;
    let saved = 0;
    const write = async (door) => {
      for (let i = 0; i < 60; i++) {
        const after = left;
        const { status } = await liga.through(door).ask(`${path}/services`, { method: 'POST', body: new URLSearchParams({ ...form, note: `late-${i}`, once: newOnce() }) });
        saved += status === 303;
        late += after && status === 303;
        if (after) return;
      }
    };
    let working = true;
    const writing = Promise.all([here, there, here, there].map(write)).finally(() => { working = false; });
    while (saved === 0 && working) await new Promise((resolve) => setTimeout(resolve, 2));
    const answer = await admin.ask(`${person}/leave`, { method: 'POST', body: leaving });
    left = true;
    assert.equal(answer.status, 303, await answer.text());
    await writing;
    assert.ok(saved > 0);
    assert.equal(late, 0, 'an entry was saved after the leaving was acknowledged');
    for (const door of [here, there]) assert.equal((await liga.through(door).ask(path)).status, 401);
    if (there !== here) await there.close();
    await here.close();
  },
};
