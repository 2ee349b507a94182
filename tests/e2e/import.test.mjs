// What other systems kept, taken in by the command line: tried first, then for good, and again without harm.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { House } from './house.mjs';

const FILLED = join(process.env.AUSMA_SHARE, 'tests/fixtures/htcds/filled.xlsx');
const REFUSED = join(process.env.AUSMA_SHARE, 'tests/fixtures/htcds/refused.xlsx');
const HISTORY = join(process.env.AUSMA_SHARE, '../shared/standards/ctdc/CTDC_VPsynthetic_condensed.csv');

function imported(house, words, expected = 0) {
  const { password } = house.account('ilze');
  const { status, stdout } = spawnSync(house.program, ['import', ...words, '--data', house.data], { input: `${password}\n`, encoding: 'utf8', env: house.env });
  assert.equal(status, expected, stdout);
  return stdout;
}
const htcds = (house, file, expected, ...more) => imported(house, ['htcds', file, '--as', 'ilze', ...more], expected);

async function found(house, name) {
  const page = await house.page();
  await house.signIn(page, 'ilze');
  await page.goto('/find');
  await page.fill('#q', name);
  await page.click('main form button');
  await page.locator('#results .app-empty, #results a').first().waitFor();
  const count = await page.locator('#results a').count();
  await page.context().close();
  return count;
}

export const tests = {
  'a filled HTCDS workbook becomes cases: a dry run, once, and never twice': async (first) => {
    const house = await House.beside(first);
    try {
      assert.match(htcds(house, FILLED, 0), /^3 rows can come in, 0 were there already, 0 are refused\.[^]*Nothing is changed/);
      assert.equal(await found(house, 'Itohan'), 0, 'a dry run changed something');
      assert.match(htcds(house, FILLED, 0, '--apply'), /^3 rows came in, 0 were there already, 0 are refused\./);
      assert.equal(await found(house, 'Itohan'), 1);
      assert.match(htcds(house, FILLED, 0, '--apply'), /^0 rows came in, 3 were there already/);
      assert.equal(await found(house, 'Itohan'), 1);
      const refused = htcds(house, REFUSED, 1, '--apply'); // a script sees that something stayed out
      assert.match(refused, /Sheet1, row 3, column G \(prs_Birthdate\): /);
      assert.match(refused, /Sheet1, row 4, column AB \(cas_Status\): /);
      assert.match(refused, /1 rows came in, 0 were there already, 2 are refused\./);
    } finally {
      await house.close();
    }
  },

  'the world\'s coded facts come in without persons, once': async (first) => {
    if (!existsSync(HISTORY)) return 'the file lies beside the project, not in it';
    const house = await House.beside(first);
    try {
      assert.match(imported(house, ['ctdc', HISTORY, '--dry-run']), /21195 rows can come in; nothing is changed/);
      assert.match(imported(house, ['ctdc', HISTORY]), /Taken in: 21195 rows/);
      assert.match(imported(house, ['ctdc', HISTORY]), /taken in before; nothing is changed/);
    } finally {
      await house.close();
    }
  },

  'what is no file is told so at once: a pipe was waited for, a folder called too large': async (house) => {
    const pipe = join(house.data, 'pipe.csv');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, house.data, '/dev/zero']) {
      for (const words of [['ctdc', path, '--dry-run'], ['htcds', path, '--as', 'ilze']]) {
        const { status, signal, stderr } = spawnSync(house.program, ['import', ...words, '--data', house.data],
          { input: '', encoding: 'utf8', env: house.env, timeout: 120000 });
        assert.equal(signal, null, `${words[0]} waits for ${path}`);
        assert.equal(status, 2);
        assert.match(stderr, /no file/);
      }
    }
    rmSync(pipe);
  },
};
