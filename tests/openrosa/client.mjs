// A real client of forms: node tests/openrosa/client.mjs FORM.xml SEED [FORM.xml SEED...]
// Loads each XForm into @getodk/xforms-engine, fills it in with answers made from the seed, and prints as a line of JSON the answers in
// their order, the submission as the client makes it, and what the client says of each question.
import { JSDOM } from 'jsdom';
import { readFileSync } from 'node:fs';

const dom = new JSDOM('', { url: 'http://localhost/' });
for (const name of Object.getOwnPropertyNames(dom.window)) if (!(name in globalThis)) globalThis[name] = dom.window[name];
for (const name of ['Event', 'EventTarget', 'File', 'Blob', 'FormData']) globalThis[name] = dom.window[name];
globalThis.window = dom.window;
// Its parser of expressions loads itself as in a browser.
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: undefined } });
const { loadForm } = await import('@getodk/xforms-engine');

let state; // of chance
const chance = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};

function* all(node) {
  yield node;
  for (const child of node.currentState.children ?? []) yield* all(child);
}

const WORDS = ['Stacija', 'a b', 'Čaks', '123', 'līdz rītam', 'x'];
const two = (number) => String(number).padStart(2, '0');
const ANSWERS = {
  string: () => WORDS[chance(WORDS.length)],
  int: () => String(chance(130)),
  decimal: () => `${chance(100)}.5`,
  date: () => `${2020 + chance(6)}-${two(1 + chance(12))}-${two(1 + chance(28))}`,
  boolean: () => String(chance(2) === 0),
};

// The text of an answer of this question, or nothing when it is left out.
function answer(node) {
  if (node.nodeType === 'select') {
    const options = node.currentState.valueOptions.map((option) => option.value);
    if (options.length === 0) return null;
    const picked = node.selectType === 'select'
      ? options.filter(() => chance(3) === 0) : [options[chance(options.length)]];
    if (picked.length === 0) return null;
    node.selectValues(picked);
    return picked.join(' ');
  }
  const make = ANSWERS[node.valueType];
  if (node.nodeType !== 'input' || !make) return null;
  const text = make();
  node.setValue(text);
  return text;
}

// Fills the form in; the answers in their order.
function fillIn(root) {
  const answers = [];
  const given = new Set();
  // What an answer opens is asked in the next round; a person adds to a repeat between two rounds.
  for (let round = 0; round < 4; round++) {
    for (const node of [...all(root)]) {
      if (node.nodeType !== 'repeat-range:uncontrolled' || round > 1 || !node.currentState.relevant || chance(3) === 0) continue;
      node.addInstances();
      answers.push({ path: `${node.currentState.reference}[${node.currentState.children.length}]`, value: true });
    }
    for (const node of [...all(root)]) {
      const { reference, relevant, readonly } = node.currentState;
      if (given.has(reference) || !relevant || readonly || chance(4) === 0) continue;
      const text = answer(node);
      if (text === null) continue;
      given.add(reference);
      answers.push({ path: reference, value: text });
    }
  }
  return answers;
}

// The submission as the client makes it.
async function submit(root) {
  const { data, status } = await root.prepareInstancePayload({ payloadType: 'monolithic' });
  const reader = new dom.window.FileReader();
  const xml = await new Promise((resolve, reject) => {
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsText(data[0].get('xml_submission_file'));
  });
  return { xml, status };
}

function textAt(sent, reference) {
  let at = sent.documentElement;
  for (const step of reference.split('/').slice(2)) {
    const [, name, , place] = step.match(/^(?:[^:]*:)?([^[]*)(\[(\d+)\])?$/);
    at = [...(at?.children ?? [])].filter((child) => child.localName === name)[place ? place - 1 : 0];
  }
  return at?.textContent ?? '';
}

const LEAVES = new Set(['input', 'select', 'model-value', 'note', 'trigger', 'range', 'rank', 'upload']);
// What the client says of each question.
function told(root, xml) {
  const sent = new dom.window.DOMParser().parseFromString(xml, 'text/xml');
  const questions = {};
  for (const node of all(root)) {
    if (!LEAVES.has(node.nodeType) || node.currentState.reference.includes('/meta/')) continue;
    const { reference, relevant, required } = node.currentState;
    questions[reference] = { value: textAt(sent, reference), relevant, required: relevant && required,
      valid: !relevant || node.validationState?.violation == null };
  }
  return questions;
}

const wanted = process.argv.slice(2);
for (let i = 0; i < wanted.length; i += 2) {
  const form = await loadForm(readFileSync(wanted[i], 'utf8'));
  if (form.status !== 'success') throw form.error;
  const { root } = form.createInstance();
  state = Number(wanted[i + 1]) >>> 0 || 1;
  const answers = fillIn(root);
  const { xml, status } = await submit(root);
  console.log(JSON.stringify({ answers, xml, status, questions: told(root, xml) }));
}
process.exit(0);
