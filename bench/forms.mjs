// The same changes in @getodk/xforms-engine: node bench/forms.mjs FORM.xml PATH COUNT
// Prints microseconds of loading, and of one change with reading what depends on it (median, 99th percentile).
import { JSDOM } from 'jsdom';
import { readFileSync } from 'node:fs';

const dom = new JSDOM('', { url: 'http://localhost/' });
for (const name of Object.getOwnPropertyNames(dom.window))
  if (!(name in globalThis)) globalThis[name] = dom.window[name];
for (const name of ['Event', 'EventTarget', 'File', 'Blob', 'FormData']) globalThis[name] = dom.window[name];
globalThis.window = dom.window;
// Its parser of expressions loads itself as in a browser.
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: undefined } });
const { loadForm } = await import('@getodk/xforms-engine');

const [file, path, count] = process.argv.slice(2);
const clock = () => Number(process.hrtime.bigint()) / 1000;
const begin = clock();
const form = await loadForm(readFileSync(file, 'utf8'));
if (form.status !== 'success') throw form.error;
const { root } = form.createInstance();
console.log('open', (clock() - begin).toFixed(3));

function* all(node) {
  yield node;
  for (const child of node.currentState.children ?? []) yield* all(child);
}
const nodes = [...all(root)];
const target = nodes.find((node) => node.currentState.reference === path);
const total = nodes.find((node) => node.currentState.reference === '/data/total');
const leaves = nodes.filter((node) => node.nodeType === 'model-value' || node.nodeType === 'input');
const times = [];
for (let i = 0; i < Number(count); i++) {
  const start = clock();
  target.setValue(i % 2 === 0 ? '7' : '8');
  // Values are worked out when they are read.
  for (const leaf of leaves) leaf.currentState.value;
  times.push(clock() - start);
}
times.sort((a, b) => a - b);
console.log('change', times[times.length >> 1].toFixed(3), times[Math.floor(times.length * 0.99)].toFixed(3));
console.log('total', String(total?.currentState.value ?? '-'));
process.exit(0);
