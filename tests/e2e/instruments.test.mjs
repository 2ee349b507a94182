// A form with every type of question (M2.7): brought as a Markdown table, tried out, published, filled in and read.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { look } from './house.mjs';

const FORM = `
| survey |
| | type | name | label::Latvian (lv) | label::English (en) | hint::Latvian (lv) | hint::English (en) | appearance | parameters | required | ausma::fact |
| | begin_group | first | Skaitļi un laiks | Numbers and time | | | | | | |
| | integer | whole | Cik reižu nedēļā? | How often a week? | Vesels skaitlis | A whole number | | | yes | visit.count |
| | decimal | part | Cik kilometru līdz skolai? | How many kilometres to school? | | | | | | |
| | range | few | Cik droši jūties mājās? | How safe do you feel at home? | 0 – nemaz, 10 – pilnīgi | 0 – not at all, 10 – fully | | start=0 end=10 step=1 | | need.safety |
| | range | many | Cik procentu no mēneša? | What share of the month? | | | | start=0 end=100 step=1 | | |
| | date | day | Kurā dienā? | On which day? | | | | | | |
| | time | hour | Cikos? | At what time? | | | | | | |
| | dateTime | both | Kad notiek tikšanās? | When is the meeting? | | | | | | |
| | end_group | | | | | | | | | |
| | begin_group | second | Izvēles | Choices | | | | | | |
| | select_one thing or_other | one | Kas palīdz? | What helps? | | | | | | |
| | select_multiple thing | several | Kas vēl palīdz? | What else helps? | | | | | | |
| | rank thing | order | Kas ir svarīgākais? | What matters most? | Pirmais ir svarīgākais | The first matters most | | | | |
| | acknowledge | seen | Bērns zina, ko ar atbildēm darīs | The child knows what is done with the answers | | | | | | |
| | end_group | | | | | | | | | |
| | begin_group | third | Vietas un teksts | Places and text | | | | | | |
| | barcode | code | Lietas kods | Code of the file | | | | | | |
| | geopoint | place | Tikšanās vieta | Meeting place | | | | | | |
| | geotrace | line | Ceļš uz skolu | Way to school | | | | | | |
| | text | story | Kas notika? | What happened? | | | multiline | | | |
| | note | thanks | Paldies par sarunu! | Thank you for the talk! | | | | | | |
| | end_group | | | | | | | | | |
| | begin_repeat | person | Cilvēks | Person | | | | | | |
| | text | who | Kas tas ir? | Who is it? | | | | | | |
| | begin_repeat | phone | Tālrunis | Telephone | | | | | | |
| | text | number | Numurs | Number | | | | | | |
| | end_repeat | | | | | | | | | |
| | end_repeat | | | | | | | | | |
| choices |
| | list_name | name | label::Latvian (lv) | label::English (en) |
| | thing | music | Mūzika | Music |
| | thing | friend | Draugs | Friend |
| | thing | walk | Pastaiga | A walk |
| settings |
| | form_title | form_id | version | default_language |
| | Visi jautājumu veidi | every_type | 1 | Latvian (lv) |
`;

const file = (name, text) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) });
const q = (path) => `[name="q./data/${path}"]`;

// A small form in two versions: two choices of one name, which is a warning; then other words, a constraint and a fact.
const small = (version, changed) => `
| survey |
| | type | name | label::Latvian (lv) | label::English (en) | guidance_hint::Latvian (lv) | guidance_hint::English (en) | constraint | relevant | ausma::fact |
| | select_one thing | one | ${changed ? 'Kas patīk' : 'Kas palīdz'}? | What? | Neskubiniet | Do not hurry | | | ${changed ? 'own.liked' : 'own.helps'} |
| | integer | age | Vecums | Age | | | ${changed ? '. < 18' : ''} | | |
| | text | why | Kāpēc? | Why? | | | | \${one} = 'walk' | |
| choices |
| | list_name | name | label::Latvian (lv) | label::English (en) |
| | thing | walk | Pastaiga | A walk |
| | thing | walk | Cita pastaiga | Another walk |
| settings |
| | form_title | form_id | version | default_language |
| | Mazā veidlapa | small | ${version} | Latvian (lv) |
`;
const asCsv = (markdown) => markdown.trim().split('\n').map((line) => line.trim().replace(/^\| ?| ?\|$/g, '').split('|').map((cell) => `"${cell.trim()}"`).join(',')).join('\n');

async function bring(page, text, name = 'every.md') {
  await page.goto('/instruments');
  await page.setInputFiles('#workbook', file(name, text));
  await page.click('main form[enctype] button');
}

export const tests = {
  'm2_7 a workbook is brought, tried out and published': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'daina');
    await bring(page, FORM.replace('| | integer |', '| | frobnicate |'));
    assert.match(await page.textContent('main'), /frobnicate/);
    await look(page, 'instruments-problems');
    await bring(page, FORM);
    assert.match(page.url(), /\/instruments\/[0-9a-z]{13}/);
    await page.click('[name=act][value=finish]');
      assert.match(await page.textContent('.govuk-error-summary'), /Cik reižu nedēļā/);
    await look(page, 'instruments-tried');
    await page.click('main form[action$="/publish"] button');
    await page.waitForURL(/\/instruments(\?|$)/);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  },
  'm2_7 every type of question is asked, kept and read': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'ilze');
    await page.goto('/cases');
    await page.click('main a[href^="/cases/"]:not([href*="?"]) >> nth=0');
    const home = new URL(page.url()).pathname.match(/^\/cases\/[0-9a-z]{13}/)[0];
    await page.goto(`${home}/assessments`);
    await page.click('main button >> text=Visi jautājumu veidi');
    await page.waitForURL(/\/assessments\/[0-9a-z]{13}/);
    await page.fill(q('first/part'), '1,5');
    await page.check(`${q('first/few')}[value="7"]`);
    await page.fill(q('first/many'), '40');
    for (const [box, value] of [['day|d', '5'], ['day|m', '2'], ['day|y', '2026'], ['hour', '9.30'],
      ['both|d', '6'], ['both|m', '3'], ['both|y', '2026'], ['both|t', '14:05']]) await page.fill(q(`first/${box}`), value);
    await page.check(`${q('second/one')}[value="other"]`);
    await page.waitForSelector(`${q('second/one_other')}:visible`);
    await page.fill(q('second/one_other'), 'Suns');
    await page.check(`${q('second/several')}[value="walk"]`);
    for (const [place, value] of ['walk', 'music', 'friend'].entries()) await page.selectOption(`${q('second/order')} >> nth=${place}`, value);
    await page.check(`${q('second/seen')}[type=checkbox]`);
    await page.fill(q('third/code'), '4750001');
    await page.fill(q('third/place|a'), '56,95');
    await page.fill(q('third/place|o'), '24.1');
    await page.fill(q('third/line'), '56.1 24.1\n56.2 24.2');
    await page.fill(q('third/story'), 'Saruna bija garāka nekā iecerēts.');
    assert.match(await page.textContent('[data-count]'), /: 33$/);
    await page.click('button[name=add][value="/data/person[1]/phone"]');
      assert.ok(await page.isVisible(q('person[1]/phone[2]/number')));
    await page.click('[name=act][value=finish]');
    await page.waitForSelector('.govuk-error-summary');
    // The way to the first thing that is wrong.
    await page.click('.govuk-error-summary a');
    assert.equal(await page.evaluate(() => document.activeElement.name), 'q./data/first/whole');
    await look(page, 'instruments-fill');
    await page.fill(q('first/whole'), '3');
    await page.click('[name=act][value=finish]');
    await page.waitForSelector('dl.govuk-summary-list');
    const text = await page.textContent('main');
    for (const words of ['1,5', '40', '5.02.2026.', '09:30', '14:05', 'Suns', 'Pastaiga, Mūzika, Draugs', '56.95 24.1', 'Saruna bija'])
      assert.ok(text.includes(words), `${words} is not read`);
    await look(page, 'instruments-read');
    assert.deepEqual(page.faults, []);
    await page.context().close();
  },
  'what the form says comes calmly: nothing moves under a finger, and nobody is judged while writing': async (house) => {
    const page = await house.page({ viewport: { width: 390, height: 844 } });
    await house.signIn(page, 'daina');
    await page.goto('/instruments');
    await page.click('main a >> text=Visi jautājumu veidi');
    await page.waitForLoadState();
    const told = page.locator('[data-item="q./data/first/whole"] .govuk-error-message');
    const top = (path) => page.locator(q(path)).first().evaluate((control) => control.getBoundingClientRect().top);
    const answered = () => page.waitForResponse((answer) => answer.url().endsWith('/live'));
    // While it is being written a wrong answer is not yet wrong; once it is left, it is.
    let live = answered();
    await page.locator(q('first/whole')).pressSequentially('-');
    await (await live).finished();
    assert.equal(await told.isVisible(), false);
    await page.locator(q('first/part')).evaluate((control) => control.scrollIntoView({ block: 'center' }));
    const before = await top('first/part');
    const box = await page.locator(q('first/part')).boundingBox();
    live = answered();
    await page.mouse.move(box.x + 20, box.y + box.height / 2);
    await page.mouse.down(); // leaves the field: the answer comes while the finger is down
    await (await live).finished();
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    assert.equal(await told.isVisible(), false);
    assert.equal(await top('first/part'), before);
    await page.mouse.up();
    await told.waitFor({ state: 'visible' });
    assert.ok(Math.abs(await top('first/part') - before) <= 1, 'what is in hand has moved');
    assert.equal(await page.evaluate(() => document.activeElement.name), 'q./data/first/part');
    assert.deepEqual(page.faults, []);
    await page.context().close();
  },
  'm2_7 a table of text, one with commas and a finished XForm are brought alike': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'daina');
    const markdown = join(house.directory, 'small.md');
    writeFileSync(markdown, small('xml', false));
    const xml = execFileSync(house.program, ['form', 'convert', markdown], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    for (const [name, text] of [['small.md', small('md', false)], ['small.csv', asCsv(small('csv', false))], ['small.xml', xml]]) {
      await bring(page, text, name);
      assert.match(page.url(), /\/instruments\/[0-9a-z]{13}/, name);
      const main = await page.textContent('main');
      for (const words of ['Mazā veidlapa', 'Kas palīdz?', 'Pastaiga', 'Kāpēc?', 'own.helps', `versija ${name.slice(6)}`])
        assert.ok(main.includes(words), `${name}: ${words} is not shown`);
      // How to ask is folded, and opens.
      await page.click('.app-guidance summary');
      assert.ok(await page.isVisible('text=Neskubiniet'), name);
    }
    await bring(page, xml.slice(0, 900), 'small.xml');
    assert.ok(await page.isVisible('#workbook-error'), 'half an XForm is refused');
    await bring(page, '"survey"\n"","type"\n"","text', 'small.csv');
    assert.ok(await page.isVisible('#workbook-error'), 'a broken table is refused');
    assert.deepEqual(page.faults, []);
    await page.context().close();
  },
  'm2_7 warnings are a choice, and a new version says what changes for whom': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'daina');
    await bring(page, small('1', false));
    const warnings = page.locator('#warnings tbody tr');
    assert.equal(await warnings.count(), 1);
    assert.match(await warnings.first().textContent(), /choices.*Brīdinājums.*walk.*Atbildes kods sarakstā ir divreiz/s);
    assert.match(await page.textContent('#warnings'), /publicēt arī tā/);
    await look(page, 'instruments-warnings');
    // Publish anyway.
    await page.click('main form[action$="/publish"] button');
    await page.waitForURL(/\/instruments(\?|$)/);
    await bring(page, small('2', true));
    const changes = await page.textContent('#changes');
    for (const words of ['(1. versija)', 'Cits teksts', 'Cits noteikums, kāda atbilde der', 'own.helps → own.liked', '(own.helps)', 'vairs nevarēs salīdzināt'])
      assert.ok(changes.replace(/\s+/g, ' ').includes(words), `${words} is not said of the new version`);
    assert.ok(!changes.includes('Kāpēc?'), 'what is the same is not listed');
    await look(page, 'instruments-changes');
    assert.deepEqual(page.faults, []);
    await page.context().close();
  },
  'm2_7 the empty form and the answers fit on paper, with the form in the foot of each page': async (house) => {
    const page = await house.page();
    await house.signIn(page, 'ilze');
    await page.goto('/cases');
    await page.click('main a[href^="/cases/"]:not([href*="?"]) >> nth=0');
    const home = new URL(page.url()).pathname.match(/^\/cases\/[0-9a-z]{13}/)[0];
    await page.goto(`${home}/assessments`);
    await page.click('main tbody a >> text=Visi jautājumu veidi');
    await page.click('main a[href*="/print"] >> nth=0');
    await look(page, 'instruments-print-filled');
    assert.match(await page.textContent('main'), /Pastaiga, Mūzika, Draugs/);
    const filled = await page.pdf({ format: 'A4' });
    await page.goBack();
    await page.click('main a[href^="/instruments/"]');
    await look(page, 'instruments-print-blank');
    const main = await page.textContent('main');
    assert.match(main, /Tikai tad, ja 8\. atbilde ir „Cits”/);
    assert.match(await page.textContent('footer'), /Visi jautājumu veidi · 1\. versija · every_type/);
    const blank = await page.pdf({ format: 'A4' });
    const sheets = (pdf) => pdf.toString('latin1').match(/\/Type ?\/Page\b/g).length;
    assert.ok(sheets(filled) >= 1 && sheets(blank) >= 3 && sheets(blank) < 8, `${sheets(filled)} and ${sheets(blank)} sheets`);
    // No box and no line is cut off at the edge of the paper.
    await page.setViewportSize({ width: 680, height: 900 });
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    assert.deepEqual(page.faults, []);
    await page.context().close();
  },
};
