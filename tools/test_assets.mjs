// node --test tools/test_assets.mjs
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { collect, keepRules, ownFont, rules } from './assets.mjs';

const files = collect();
const styles = ['govuk.css', 'moj.css', 'theme.css'].map((name) => files[name].toString());

test('a style sheet is split at its top level, whatever stands in strings', () => {
  assert.deepEqual(rules('@import "a;b";.a{content:"}"}@media print{.b{c:d}.e{f:g}}'),
    [['@import "a;b"', null], ['.a', 'content:"}"'], ['@media print', '.b{c:d}.e{f:g}']]);
});

test('only wanted rules stay, inside @media too; fonts and emptied @media go', () => {
  const css = '@font-face{src:url(x)}.moj-badge{a:b}.moj-header{c:d}@media print{.moj-header{e:f}}@supports (a:b){.moj-badge{g:h}}';
  assert.equal(keepRules(css, (selector) => selector.includes('badge')), '.moj-badge{a:b}@supports (a:b){.moj-badge{g:h}}');
});

test('the font of gov.uk is nowhere, ours is on screen and paper', () => {
  assert.equal(ownFont('a{font-family:GDS Transport,arial,sans-serif}'), 'a{font-family:var(--app-font)}');
  for (const css of styles) assert.ok(!/GDS Transport|font-family:\s*(arial|sans-serif)/.test(css));
});

test('nothing is loaded that is not there, and nothing from elsewhere', () => {
  for (const css of styles) {
    for (const [, address] of css.matchAll(/url\((?!["']?data:)["']?([^)"']+)/g)) assert.ok(files[address], address);
    assert.ok(!css.includes('@import'));
  }
  for (const [, address] of files['enhance.js'].toString().matchAll(/from '\.\/([^']+)'/g)) assert.ok(files[address], address);
  assert.ok(!files['govuk.js'].includes('sourceMappingURL'));
});

test('every part of the design systems that pages use is there', () => {
  for (const name of ['govuk-error-summary', 'govuk-radios__input', 'govuk-checkboxes__input', 'govuk-date-input',
    'govuk-service-navigation', 'govuk-summary-list', 'govuk-task-list', 'govuk-skip-link', 'govuk-pagination', 'govuk-details'])
    assert.ok(styles[0].includes(`.${name}`), name);
  for (const name of ['moj-badge', 'moj-identity-bar', 'moj-sub-navigation', 'moj-timeline', 'moj-page-header-actions'])
    assert.ok(styles[1].includes(`.${name}`), name);
});

test('each property that styles ask for is set, or has a fallback', () => {
  const all = styles.join('');
  for (const [, name] of all.matchAll(/var\((--(?:app|govuk)-[a-z0-9-]+)\)/g))
    assert.ok(new RegExp(`${name}\\s*:`).test(all), name);
});

test('all of it stays under 500 KB, and a second run writes nothing', () => {
  const total = Object.values(files).reduce((sum, data) => sum + data.length, 0);
  assert.ok(total < 500000, `${total} bytes`);
  const output = mkdtempSync(join(tmpdir(), 'ausma-assets-'));
  const tool = join(dirname(fileURLToPath(import.meta.url)), 'assets.mjs');
  try {
    execFileSync('node', [tool, output]);
    const made = statSync(join(output, 'assets.c')).mtimeMs;
    execFileSync('node', [tool, output]);
    assert.equal(statSync(join(output, 'assets.c')).mtimeMs, made);
    const hash = /assets_hash\[\] = "([0-9a-f]{16})"/.exec(readFileSync(join(output, 'assets.c'), 'utf8'))[1];
    assert.equal(readFileSync(join(output, 'assets.c'), 'utf8').split(`"/assets/${hash}/`).length - 1, Object.keys(files).length);
  } finally {
    rmSync(output, { recursive: true });
  }
});
