// What script adds to pages that all work without it. Every part is switched on by an attribute in the page.
import { Button, Checkboxes, ErrorSummary, Radios, ServiceNavigation, SkipLink, createAll } from './govuk.js';

for (const Component of [Button, Checkboxes, ErrorSummary, Radios, ServiceNavigation, SkipLink]) createAll(Component);

const all = (selector) => document.querySelectorAll(selector);
const later = (work, ms) => {
  let timer;
  return (...args) => { clearTimeout(timer); timer = setTimeout(work, ms, ...args); };
};
const formData = (form) => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === 'string'));
const post = (url, body) => fetch(url, { method: 'POST', body, credentials: 'same-origin', redirect: 'manual' });

// ---- search while typing: <form method="post" data-live="results">, answered with the whole page. What is looked for may be
// a name: it is never part of an address ----
for (const form of all('form[data-live]')) {
  let latest = 0;
  const search = async () => {
    const mine = ++latest;
    const answer = await post(form.action, formData(form)).catch(() => null);
    if (mine !== latest || !answer) return;
    if (!answer.ok) { form.submit(); return; }
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html'); // parsed, never run
    const fresh = page.getElementById(form.dataset.live);
    if (!fresh || mine !== latest) return;
    document.getElementById(form.dataset.live).replaceChildren(...document.adoptNode(fresh).childNodes);
  };
  form.addEventListener('input', later(search, 250));
  form.addEventListener('submit', (event) => { event.preventDefault(); search(); });
}

// ---- what only matters after some choice: <div data-when="field=code|code">. What is wrong inside is always shown ----
for (const box of all('form [data-when]')) {
  const [name, codes] = box.dataset.when.split('=');
  const form = box.closest('form');
  const show = () => {
    const chosen = new FormData(form).get(name) ?? '';
    box.hidden = !codes.split('|').includes(chosen) && !box.querySelector('.govuk-error-message');
  };
  form.addEventListener('change', show);
  show();
}

// ---- a page made for paper ----
for (const button of all('button[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}

// ---- what runs over time is rolled to now ----
for (const box of all('.app-scroll[data-newest]')) {
  const now = box.querySelector('.app-phases__now')?.getBoundingClientRect();
  box.scrollLeft = now ? now.left - box.getBoundingClientRect().left - box.clientWidth * 0.6 : box.scrollWidth;
}

// ---- tabs that do not fit are rolled to where one is ----
for (const here of all('.moj-sub-navigation__link[aria-current]')) {
  const [bar, tab] = [here.closest('.moj-sub-navigation'), here.getBoundingClientRect()];
  bar.scrollLeft += tab.left - bar.getBoundingClientRect().left - (bar.clientWidth - tab.width) / 2;
}

// ---- a form whose state the server decides: <form data-live-form="/path"> ----
// What it says makes boxes come and go. Nothing moves between a press and its click, and what a person has in hand stays where it is.
let pressed = false;
const put = [];
let release;
const free = (ms) => {
  clearTimeout(release);
  release = setTimeout(() => { pressed = false; for (const work of put.splice(0)) work(); }, ms);
};
addEventListener('pointerdown', () => { clearTimeout(release); pressed = true; }, true);
addEventListener('click', () => free(0), true);
for (const kind of ['pointerup', 'pointercancel']) addEventListener(kind, () => free(300), true); // a finger's click comes a little later, if at all

const seen = (element) => { const { top, bottom, height } = element.getBoundingClientRect(); return height > 0 && bottom > 0 && top < innerHeight; };
function steadily(form, work) {
  const focus = document.activeElement;
  const hand = form.contains(focus) && seen(focus) ? focus : [...form.querySelectorAll('[data-item]')].find(seen);
  const before = hand?.getBoundingClientRect().top;
  work();
  if (hand && hand.getClientRects().length > 0) scrollBy({ top: hand.getBoundingClientRect().top - before, behavior: 'instant' });
}

// `left`: a field was left or chosen; else somebody is writing, and what they write is not judged before it is done.
function showItem(form, item, left) {
  const box = [...form.querySelectorAll('[data-item]')].find((element) => element.dataset.item === item.name);
  if (!box) return;
  if ('relevant' in item) box.hidden = !item.relevant;
  if ('value' in item) {
    const shown = box.querySelector('output, input[type=text], input:not([type]), textarea');
    if (shown && shown !== document.activeElement) {
      if (shown instanceof HTMLOutputElement) shown.textContent = item.value;
      else shown.value = item.value;
    }
  }
  if (!('error' in item)) return;
  let message = box.querySelector('.govuk-error-message');
  if (item.error && !left && box.contains(document.activeElement) && (!message || message.hidden)) return;
  if (!message) {
    message = document.createElement('p');
    message.className = 'govuk-error-message';
    message.setAttribute('aria-live', 'polite');
    (box.querySelector('input, select, textarea, .govuk-radios, .govuk-checkboxes') ?? box.lastChild).before(message);
  }
  message.textContent = item.error ?? '';
  message.hidden = !item.error;
  box.classList.toggle('govuk-form-group--error', Boolean(item.error));
}
for (const form of all('form[data-live-form]')) {
  let latest = 0;
  const ask = async (left) => {
    const mine = ++latest;
    const answer = await post(form.dataset.liveForm, formData(form)).catch(() => null);
    if (mine !== latest || !answer?.ok) return;
    const { items } = await answer.json();
    const show = () => { if (mine === latest) steadily(form, () => { for (const item of items) showItem(form, item, left); }); };
    if (pressed) put.push(show); else show();
  };
  form.addEventListener('change', () => ask(true));
  form.addEventListener('input', later(() => ask(false), 800));
}

// ---- how much is written: <p data-count="id of the text"> ----
for (const place of all('[data-count]')) {
  const text = document.getElementById(place.dataset.count);
  const limit = place.textContent;
  const show = () => { place.textContent = text.value ? `${limit}: ${[...text.value].length}` : limit; };
  text.addEventListener('input', show);
  show();
}

// ---- drafts, and no page left with something unsaved: data-autosave, data-guard ----
const unsaved = new Set();
async function saveDraft(form) {
  const status = form.querySelector('[data-saved]');
  const answer = await post(form.dataset.autosave, formData(form)).catch(() => null);
  if (answer?.ok) unsaved.delete(form);
  if (status) status.textContent = answer?.ok ? status.dataset.ok : status.dataset.failed;
}
for (const form of all('form[data-autosave]')) form.addEventListener('input', later(() => saveDraft(form), 1500));
if (document.body.classList.contains('app-staff')) {
  // Not on public pages: nothing may stand between a child and the way out.
  for (const form of all('form[data-guard]')) {
    if (form.dataset.guard === 'full') unsaved.add(form); // it came back with what was typed
    form.addEventListener('input', () => unsaved.add(form));
  }
  addEventListener('beforeunload', (event) => { if (unsaved.size > 0) event.preventDefault(); });
}

// ---- a form is sent once ----
addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== 'post') return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = 'yes';
  unsaved.delete(form);
});
addEventListener('pageshow', (event) => {
  for (const form of all('form[data-sent]')) delete form.dataset.sent;
  if (event.persisted) location.reload(); // a page kept by the browser may show what is no longer open to this person
});

// ---- the cover after idle time: <body data-idle="10">, <dialog id="lock"> ----
const lock = document.getElementById('lock');
const idle = Number(document.body.dataset.idle ?? 0) * 60000;
if (lock && idle > 0) {
  const [form, error, over] = [lock.querySelector('form'), lock.querySelector('#lock-error'), lock.querySelector('#lock-over')];
  let last = Date.now();
  const cover = () => {
    for (const draft of all('form[data-autosave]')) if (unsaved.has(draft)) saveDraft(draft);
    lock.showModal();
  };
  for (const kind of ['keydown', 'pointerdown', 'wheel', 'touchstart'])
    addEventListener(kind, () => { if (!lock.open) last = Date.now(); }, { passive: true, capture: true });
  // Compares clocks: a timer does not run while the computer sleeps.
  const look = () => { if (!lock.open && Date.now() - last >= idle) cover(); };
  setInterval(look, Math.min(idle / 4, 15000));
  document.addEventListener('visibilitychange', look);
  lock.addEventListener('cancel', (event) => event.preventDefault());
  lock.addEventListener('keydown', (event) => { if (event.key === 'Escape') event.preventDefault(); });
  // The session is over: sending what was typed leads through sign-in and back to it.
  over.addEventListener('click', (event) => {
    const [typed] = unsaved;
    if (!typed) return;
    event.preventDefault();
    unsaved.clear();
    typed.submit();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const answer = await post(form.action, formData(form)).catch(() => null);
    form.elements.password.value = '';
    if (answer?.status === 204) {
      error.hidden = true;
      last = Date.now();
      lock.close();
      return;
    }
    const ended = answer && answer.status !== 422;
    error.textContent = !answer ? error.dataset.offline : ended ? error.dataset.over : error.dataset.wrong;
    error.hidden = false;
    over.hidden = !ended;
    form.elements.password.focus();
  });
}

// ---- out of here: <a data-exit>, or Shift three times ----
for (const exit of all('a[data-exit]')) {
  const leave = () => { document.body.hidden = true; location.replace(exit.href); };
  exit.addEventListener('click', (event) => { event.preventDefault(); leave(); });
  let times = [];
  addEventListener('keydown', (event) => {
    times = event.key === 'Shift' && !event.repeat ? [...times, Date.now()].slice(-3) : [];
    if (times.length === 3 && times[2] - times[0] < 5000) leave();
  });
}

// ---- the code of an invitation stands behind a # in its link, where no server sees it; it does not stay in the address ----
for (const field of all('input[data-from-hash]')) {
  if (location.hash.length < 2) continue;
  field.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, '', location.pathname);
}
