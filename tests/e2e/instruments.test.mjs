// A form with every type of question (M2.7): brought as a Markdown table, tried out, published, filled in and read.
import assert from 'node:assert/strict';
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

async function bring(page, text) {
  await page.goto('/instruments');
  await page.setInputFiles('#workbook', file('every.md', text));
  await page.click('main form[enctype] button');
  await page.waitForLoadState();
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
    await page.waitForLoadState();
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
    await page.check(`${q('first/few')}[value="7"]`, { force: true });
    await page.fill(q('first/many'), '40');
    for (const [box, value] of [['day|d', '5'], ['day|m', '2'], ['day|y', '2026'], ['hour', '9.30'],
      ['both|d', '6'], ['both|m', '3'], ['both|y', '2026'], ['both|t', '14:05']]) await page.fill(q(`first/${box}`), value);
    await page.check(`${q('second/one')}[value="other"]`, { force: true });
    await page.waitForSelector(`${q('second/one_other')}:visible`);
    await page.fill(q('second/one_other'), 'Suns');
    await page.check(`${q('second/several')}[value="walk"]`, { force: true });
    for (const [place, value] of ['walk', 'music', 'friend'].entries()) await page.selectOption(`${q('second/order')} >> nth=${place}`, value);
    await page.check(`${q('second/seen')}[type=checkbox]`, { force: true });
    await page.fill(q('third/code'), '4750001');
    await page.fill(q('third/place|a'), '56,95');
    await page.fill(q('third/place|o'), '24.1');
    await page.fill(q('third/line'), '56.1 24.1\n56.2 24.2');
    await page.fill(q('third/story'), 'Saruna bija garāka nekā iecerēts.');
    assert.match(await page.textContent('[data-count]'), /: 33$/);
    await page.click('button[name=add][value="/data/person[1]/phone"]');
    await page.waitForLoadState();
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
    for (const words of ['1.5', '40', '5.02.2026.', '09:30', '14:05', 'Suns', 'Pastaiga, Mūzika, Draugs', '56.95 24.1', 'Saruna bija'])
      assert.ok(text.includes(words), `${words} is not read`);
    await look(page, 'instruments-read');
    assert.deepEqual(page.faults, []);
    await page.context().close();
  },
};
