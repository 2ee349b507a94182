// Makes everything that pages load: node tools/assets.mjs OUTPUT_DIRECTORY
//
// Takes styles, modules and fonts of the design systems from node_modules and our own from assets/, fits the former to
// us, and writes assets.c and assets.h, which put them all into the program, and a copy of each under OUTPUT/files/ to look
// at. Files that did not change are not written again, so that nothing is compiled again.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const read = (...path) => readFileSync(join(root, ...path));
const text = (...path) => readFileSync(join(modules, ...path), 'utf8');

const TYPES = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  woff2: 'font/woff2',
};

// ---- the design systems' styles ----

// Splits a style sheet without comments into [prelude, body] of its top-level rules; the body is null for statements.
export function rules(css) {
  const found = [];
  let start = 0;
  let depth = 0;
  let open = 0;
  let quote = '';
  for (let i = 0; i < css.length; i++) {
    const c = css[i];
    if (quote) {
      if (c === '\\') i++;
      else if (c === quote) quote = '';
    } else if (c === '"' || c === "'") {
      quote = c;
    } else if (c === '{') {
      if (depth++ === 0) open = i;
    } else if (c === '}') {
      if (--depth === 0) {
        found.push([css.slice(start, open).trim(), css.slice(open + 1, i)]);
        start = i + 1;
      }
    } else if (c === ';' && depth === 0) {
      found.push([css.slice(start, i).trim(), null]);
      start = i + 1;
    }
  }
  return found;
}

// Keeps the rules one of whose selectors passes `wanted`; looks into @media and @supports, drops @font-face.
export function keepRules(css, wanted) {
  return rules(css).map(([prelude, body]) => {
    if (body === null || prelude.startsWith('@font-face')) return '';
    if (/^@(media|supports)/.test(prelude)) {
      const inner = keepRules(body, wanted);
      return inner ? `${prelude}{${inner}}` : '';
    }
    return wanted(prelude) ? `${prelude}{${body}}` : '';
  }).join('');
}

// One font for screen and paper, set in theme.css: the original one may only be used on gov.uk and lacks Latvian letters.
export function ownFont(css) {
  return css.replace(/font-family:(GDS Transport,arial,)?sans-serif/g, 'font-family:var(--app-font)');
}

// What our pages never have: the header with the crest, and what needs its pictures or its own script.
const GOVUK_UNUSED = /\.govuk-(header|footer|cookie-banner|exit-this-page|rebrand)/;
const MOJ_USED =
  /\.moj-(badge|identity-bar|sub-navigation|side-navigation|timeline(?!__document)|notification-badge|page-header-actions)/;

const style = (path, wanted) => ownFont(keepRules(text(path).replace(/\/\*.*?\*\//gs, ''), wanted));
const govukStyle = () =>
  style('govuk-frontend/dist/govuk/govuk-frontend.min.css', (selector) => !GOVUK_UNUSED.test(selector));
const mojStyle = () =>
  style('@ministryofjustice/frontend/moj/moj-frontend.min.css', (selector) => MOJ_USED.test(selector));
const govukScript = () =>
  text('govuk-frontend/dist/govuk/govuk-frontend.min.js').replace(/\/\/# sourceMappingURL=.*/, '');

const licences = () => [
  'govuk-frontend: MIT License, Copyright (C) Crown Copyright (Government Digital Service)',
  '@ministryofjustice/frontend: MIT License, Copyright (C) Crown Copyright (Ministry of Justice)',
  MIT,
  'Source Sans 3:',
  text('@fontsource-variable/source-sans-3/LICENSE'),
].join('\n\n');
const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions: The above copyright notice and this permission notice shall be included in
all copies or substantial portions of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO
EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT,
TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

export function collect() {
  const font = (script) =>
    readFileSync(join(modules, `@fontsource-variable/source-sans-3/files/source-sans-3-${script}-wght-normal.woff2`));
  return {
    'boot.js': read('assets/boot.js'),
    'enhance.js': read('assets/enhance.js'),
    'font-cyrillic.woff2': font('cyrillic'),
    'font-latin-ext.woff2': font('latin-ext'),
    'font-latin.woff2': font('latin'),
    'govuk.css': Buffer.from(govukStyle()),
    'govuk.js': Buffer.from(govukScript()),
    'icon.svg': read('assets/icon.svg'),
    'licences.txt': Buffer.from(licences()),
    'moj.css': Buffer.from(mojStyle()),
    'neutral.svg': read('assets/neutral.svg'),
    'passkey.js': read('assets/passkey.js'),
    'files.js': read('assets/files.js'),
    'theme.css': read('assets/theme.css'),
  };
}

// ---- the C files ----

const HEADER = `/* Made by tools/assets.mjs: everything that pages load, each under a path that changes when any of them does. */
#ifndef AUSMA_ASSETS_H
#define AUSMA_ASSETS_H

#include <stddef.h>

struct asset {
    const char *path;          /* "/assets/HASH/theme.css" */
    const char *type;          /* content type */
    const unsigned char *data;
    size_t len;
    const char *etag;          /* with its quotes */
    const unsigned char *gzip; /* NULL when it would not be smaller */
    size_t gzip_len;
};
extern const struct asset assets[];
extern const size_t asset_count;
extern const char assets_hash[];

#endif
`;

const sha = (data) => createHash('sha256').update(data).digest('hex').slice(0, 16);

function bytes(name, data) {
  const lines = [];
  for (let i = 0; i < data.length; i += 40) lines.push([...data.subarray(i, i + 40)].join(','));
  return `static const unsigned char ${name}[] = {\n${lines.join(',\n')}};\n`;
}

function cFile(files) {
  const hash = sha(Object.entries(files).map(([name, data]) => `${name} ${sha(data)}`).join('\n'));
  const parts = ['#include "assets.h"\n'];
  const table = Object.entries(files).map(([name, data], i) => {
    const packed = gzipSync(data, { level: 9 });
    const smaller = packed.length < data.length * 0.9;
    parts.push(bytes(`data_${i}`, data));
    if (smaller) parts.push(bytes(`gzip_${i}`, packed));
    const gzip = smaller ? `gzip_${i}, sizeof gzip_${i}` : 'NULL, 0';
    return `    {"/assets/${hash}/${name}", "${TYPES[name.split('.').pop()]}", data_${i}, sizeof data_${i}, `
      + `"\\"${sha(data)}\\"", ${gzip}},\n`;
  });
  parts.push(`const struct asset assets[] = {\n${table.join('')}};\n`);
  parts.push('const size_t asset_count = sizeof assets / sizeof *assets;\n');
  parts.push(`const char assets_hash[] = "${hash}";\n`);
  return parts.join('');
}

function writeChanged(path, data) {
  if (!existsSync(path) || !readFileSync(path).equals(Buffer.from(data))) writeFileSync(path, data);
}

function main(output) {
  if (!output) throw new Error('usage: node tools/assets.mjs OUTPUT_DIRECTORY');
  mkdirSync(join(output, 'files'), { recursive: true });
  const files = collect();
  for (const [name, data] of Object.entries(files)) writeChanged(join(output, 'files', name), data);
  writeChanged(join(output, 'assets.h'), HEADER);
  writeChanged(join(output, 'assets.c'), cFile(files));
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main(process.argv[2]);
