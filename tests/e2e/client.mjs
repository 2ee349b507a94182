// The real client of forms (tests/openrosa), run once for many forms: starting it takes longer than filling one in.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CLIENT = fileURLToPath(new URL('../openrosa/client.mjs', import.meta.url));
const run = promisify(execFile);

// Why it cannot run here; undefined: it can.
export const clientMissing = () => (Number(process.versions.node.split('.')[0]) < 20 ? 'the client needs node 20.19 or later' : undefined);

// What it answers, and makes of its answers, for each pair of an XForm's file and a seed.
export async function filledByClient(pairs) {
  const { stdout } = await run('node', [CLIENT, ...pairs.flat().map(String)], { maxBuffer: 1 << 28 });
  return stdout.trim().split('\n').map((line) => JSON.parse(line));
}
