// node tests/e2e/run.mjs [PROGRAM [FILE...]]: runs every *.test.mjs of this folder (or the named: way durability), in the order of
// their names, on one fresh demo installation. A test file exports `tests`: { 'name': async (house) => { ... } }; one that returns a text is
// skipped for that reason. Tests may build on those before them.
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { House } from './house.mjs';

process.env.TZ = 'Europe/Riga'; // the programme's: what is "today" here is today there
const here = dirname(fileURLToPath(import.meta.url));
const program = resolve(process.argv[2] ?? join(here, '../../build-release/ausma'));
const wanted = process.argv.slice(3);
const chosen = (name) => wanted.length === 0 || wanted.includes(name);
const LONGEST = 400000;
let passed = 0;
let failed = 0;
let skipped = 0;

async function attempt(name, test) {
  const begin = Date.now();
  let timer;
  try {
    const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('took too long')), LONGEST); });
    const why = await Promise.race([test(), late]);
    if (typeof why === 'string') skipped++; else passed++;
    console.log(typeof why === 'string' ? `skipped ${name}: ${why}` : `ok ${name} (${Date.now() - begin} ms)`);
  } catch (error) {
    failed++;
    console.log(`not ok ${name}\n${error.stack}`);
  } finally {
    clearTimeout(timer);
  }
}

let house;
await attempt('m7_6 a demo installation is made and served', async () => { house = await House.open(program); });
if (house) {
  for (const file of readdirSync(here).filter((name) => name.endsWith('.test.mjs') && chosen(name.replace('.test.mjs', ''))).sort()) {
    const { tests } = await import(pathToFileURL(join(here, file)));
    for (const [name, test] of Object.entries(tests)) await attempt(`${file.replace('.test.mjs', '')}: ${name}`, () => test(house));
  }
  await attempt('the program stops cleanly', async () => {
    const status = await house.stop();
    if (status !== 0) throw new Error(`it ended with ${status}:\n${house.log.slice(-4000)}`);
  });
  await house.close();
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 ? 0 : 1);
