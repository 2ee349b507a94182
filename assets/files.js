// Files in a form: chosen and sent at once, while the form stays open; and a field to sign or draw in. Without script a button leads to
// a page for one file, which this sends to.
const sent = async (question, file) => {
  const form = question.closest('form');
  const { csrf, version, page } = form.elements;
  const body = new FormData();
  for (const field of [csrf, version, page]) body.append(field.name, field.value);
  body.append('q', question.querySelector('[name=give]').value);
  body.append('had', question.dataset.had);
  body.append('file', file, 'file');
  const answer = await fetch(question.dataset.give, { method: 'POST', body, credentials: 'same-origin' });
  return { status: answer.status, page: new DOMParser().parseFromString(await answer.text(), 'text/html') }; // parsed, never run
};

// What an answer says is wrong: of the file, else of the whole (somebody else gave one meanwhile, the disk is full).
const refusal = ({ status, page }, { large, failed }) => {
  if (status === 413) return large;
  return page.querySelector('[data-item=file] .govuk-error-message, .govuk-error-summary__body p')?.textContent ?? failed;
};

// Beside what the form itself says of the question, which comes and goes while one writes.
const say = (question, text, wrong) => {
  const refused = question.querySelector('[data-give-error]');
  question.closest('[data-item]').classList.toggle('govuk-form-group--error', wrong);
  refused.hidden = !wrong;
  refused.textContent = wrong ? text : '';
  question.querySelector('[data-give-status]').textContent = wrong ? '' : text;
};

const here = (page, box) => [...page.querySelectorAll('[data-item]')].find((one) => one.dataset.item === box.dataset.item);

async function give(question, file) {
  const box = question.closest('[data-item]');
  if (file.size > Number(question.dataset.most)) { say(question, question.dataset.large, true); return; }
  say(question, question.dataset.sending, false);
  const answer = await sent(question, file).catch(() => null);
  if (answer?.status === 401) { // the session is over: through sign-in, with all that was typed, and back
    question.closest('form').requestSubmit(question.querySelector('[name=give]'));
    return;
  }
  const fresh = answer && here(answer.page, box);
  if (!fresh) { say(question, answer ? refusal(answer, question.dataset) : question.dataset.failed, true); return; }
  const focus = document.activeElement && box.contains(document.activeElement);
  box.replaceWith(document.adoptNode(fresh));
  const next = fresh.querySelector('[data-give]');
  ready(next);
  if (focus || document.activeElement === document.body) next.focus();
  say(next, answer.page.querySelector('.app-notice')?.textContent.trim() ?? '', false);
  next.closest('form').dispatchEvent(new Event('change')); // what hangs on this answer
}

// ---- a field to sign or draw in ----
function drawing(question, place) {
  const [canvas, keep, clear] = ['canvas', '[data-draw-keep]', '[data-draw-clear]'].map((part) => place.querySelector(part));
  const pen = canvas.getContext('2d');
  let drawn = false;
  const blank = () => {
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    drawn = false;
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    Object.assign(pen, { lineWidth: 3, lineCap: 'round', lineJoin: 'round', strokeStyle: '#0b0c0c' });
    pen.beginPath();
    pen.moveTo(...at(event));
    event.preventDefault();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(...at(event));
    pen.stroke();
    drawn = true;
  });
  clear.addEventListener('click', blank);
  keep.addEventListener('click', () => {
    if (drawn) canvas.toBlob((picture) => give(question, picture), 'image/png');
    else say(question, place.dataset.undrawn, true);
  });
  blank();
  place.hidden = false;
}

function ready(question) {
  const button = question.querySelector('[name=give]');
  const place = question.querySelector('[data-draw]');
  if (!button) return;
  const input = document.createElement('input');
  Object.assign(input, { type: 'file', accept: question.dataset.accept, hidden: true });
  input.addEventListener('change', () => { if (input.files.length > 0) give(question, input.files[0]); });
  button.after(input);
  button.addEventListener('click', (event) => { event.preventDefault(); input.value = ''; input.click(); });
  if (place) drawing(question, place);
}

for (const question of document.querySelectorAll('[data-give]')) ready(question);
