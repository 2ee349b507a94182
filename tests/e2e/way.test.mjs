// The whole way of a child through the house, from the first word about them to the day the case is closed and opened again.
// Each test goes on where the one before it stopped.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { look, picture } from './house.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
const DESK = { viewport: { width: 1280, height: 900 } };
const way = {}; // what later steps need of earlier ones: the addresses of the referral and of the case, the pseudonym

// Half of the way is walked with a phone, half at a desk; pages.test.mjs looks at every page at both widths.
async function see(page, name) {
  const size = page.viewportSize();
  await look(page, `way-${name}`, [size.width]);
  await page.setViewportSize(size);
}

async function open(house, who, device) {
  const page = await house.page(device);
  page.setDefaultTimeout(8000);
  if (who) await house.signIn(page, who);
  return page;
}

// Presses the button and waits for the page that the answer leads to.
async function send(page, button, to) {
  await Promise.all([page.waitForURL(to), page.click(button)]);
}
const SAVE = 'main form .app-actions button >> nth=0';
const noticed = async (page) => assert.ok(await page.locator('.app-notice').isVisible(), 'what was done is not confirmed');

// A date in its three boxes, so many days from now.
async function date(page, name, days) {
  const day = new Date(Date.now() + days * 86400000);
  await page.fill(`[name="${name}-day"]`, String(day.getDate()));
  await page.fill(`[name="${name}-month"]`, String(day.getMonth() + 1));
  await page.fill(`[name="${name}-year"]`, String(day.getFullYear()));
}

// The question of an instrument, by its name; a click, since the page may be deciding something at the same moment.
const answer = (page, question, value) => page.check(`[name$="${question}"][value="${value}"]`);
const write = (page, question, text) => page.fill(`textarea[name$="${question}"]`, text);

const steps = {
  'm1_6 a neighbour tells of a child by phone, without an account': async (house) => {
    const page = await open(house, null, PHONE);
    await page.goto('/refer');
    await see(page, '01-refer');
    await page.click('main form button');
    assert.ok(await page.locator('#story-error').isVisible());
    assert.ok(await page.locator('#way-error').isVisible());
    await page.fill('#story', 'Meitene no kaimiņu dzīvokļa vairs neiet skolā. Vakaros viņu kāds aizved ar mašīnu, viņai ir bail.');
    await page.check('[name=urgency][value=now]');
    await page.fill('#about', 'Zlata Krutohvostova');
    await page.fill('#age', '15');
    await page.check('[name=age_guess]');
    await page.selectOption('#source', 'other');
    await page.check('[name=way][value=phone]');
    await page.fill('#contact', '+371 29000117');
    await page.fill('#hours', 'pēc 18');
    await page.fill('#cover', 'zvanām no bibliotēkas');
    await see(page, '01-refer-filled');
    await send(page, 'main form button', /\/refer\/thanks/);
    assert.doesNotMatch(await page.title(), /Ausma/);
    await see(page, '01-thanks');
    await page.context().close();
  },

  'm1_6 a colleague writes down a call, and consults': async (house) => {
    const page = await open(house, 'juris', DESK);
    await page.goto('/referrals/new');
    await page.selectOption('#source', 'school');
    await page.fill('#referrer', 'Sociālā pedagoģe');
    await page.fill('#story', 'Skolniekam ir jauns telefons un parādi; pedagoģe nezina, vai tas ir par ko satraukties.');
    await page.check('[name=urgency][value=week]');
    await page.check('[name=way][value=phone]');
    await page.fill('#contact', '67000118');
    await see(page, '01-staff');
    await send(page, SAVE, /\/referrals/);
    await noticed(page);
    await page.goto('/referrals');
    await see(page, '01-inbox');
    await page.click('main tbody a >> text=Skolniekam');
    await see(page, '01-detail');
    await page.click('a[href$="/answer"]');
    await page.check('[name=act][value=consult]');
    await page.fill('#words', 'Kam pievērst uzmanību, kā runāt ar zēnu, un ka var zvanīt vēlreiz.');
    await page.check('[name=how][value=phone]');
    await see(page, '01-answer');
    await send(page, SAVE, /\/referrals\/[0-9a-z]{13}/);
    await noticed(page);
    await page.context().close();
  },

  'm1_6 m3_2 the referral becomes a case': async (house) => {
    const page = await open(house, 'ilze', DESK);
    await see(page, '02-home');
    await page.click('main a >> text=Zlata Krutohvostova');
    await page.click('a[href$="/accept"]');
    await see(page, '02-accept');
    assert.equal(await page.inputValue('#given'), 'Zlata');
    assert.equal(await page.inputValue('#family'), 'Krutohvostova');
    way.pseudonym = await page.inputValue('#pseudonym');
    assert.notEqual(way.pseudonym, '');
    if (await page.locator('#why').count() > 0) await page.fill('#why', 'Cits dzimšanas gads un cita valoda.');
    await page.fill('#phones', '+371 2900 0118');
    await page.fill('#words', 'Paldies. Mēs jau rīkojamies.');
    await page.check('[name=how][value=phone]');
    await send(page, SAVE, /\/cases\/[0-9a-z]{13}/);
    await noticed(page);
    [way.case] = new URL(page.url()).pathname.match(/\/cases\/[0-9a-z]{13}/);
    [way.reference] = (await page.textContent('.moj-identity-bar__title')).match(/A-\d{4}-\d{4}-[A-Z]/);
    await see(page, '02-case');
    await page.goto(`${way.case}/timeline`);
    assert.match(await page.textContent('main'), /Meitene no kaimiņu dzīvokļa/);
    await page.context().close();
  },

  'm2_1 the first meeting: what was explained, and a consent that can be withdrawn': async (house) => {
    const page = await open(house, 'ilze', PHONE);
    await page.goto(`${way.case}/meetings`);
    await see(page, '03-empty');
    await page.click('main a[href$="/meeting"]');
    if (await page.inputValue('#language') === '') await page.fill('#language', 'krievu');
    await page.check('[name=interpreter] >> nth=0');
    for (const box of await page.locator('[name=explained]').all()) await box.check();
    await page.check('[name=understood] >> nth=0');
    await page.fill('#child_words', 'Drīkstu jautāt jebko un drīkstu neatbildēt.');
    await see(page, '03-meeting');
    await send(page, SAVE, /\/meetings/);
    await noticed(page);
    await page.goto(`${way.case}/consent`);
    await page.selectOption('#purpose', { index: 1 });
    await page.selectOption('#recipient', { index: 1 });
    await page.check('[name=kind] >> nth=0');
    await page.fill('#given_by', 'Zlata');
    await see(page, '03-consent');
    await send(page, SAVE, /\/meetings/);
    await noticed(page);
    await see(page, '03-consents');
    await page.click('main a[href*="/consents/"]');
    await page.fill('#words', 'Vairs negrib, lai skola zina.');
    await send(page, SAVE, /\/meetings/);
    await noticed(page);
    await see(page, '03-withdrawn');
    await page.context().close();
  },

  'm2_2 immediate danger stands on the home page of the team until somebody answers it': async (house) => {
    const page = await open(house, 'ilze', PHONE);
    await page.goto(`${way.case}/assessments`);
    await send(page, 'main button >> text=Drošības', /\/assessments\/[0-9a-z]{13}/);
    await answer(page, '/immediate_danger', 'yes');
    await page.locator('[name$="/danger_describe"]').waitFor({ state: 'visible' });
    await write(page, '/danger_describe', 'Zvani no nepazīstama numura, mašīna pie mājas.');
    await write(page, '/danger_done', 'Bērns ir krīzes centrā; policija zina.');
    await answer(page, '/ip_contact', 'yes');
    await answer(page, '/ie_trusted', 'no');
    await answer(page, '/risk_level', 'high');
    await see(page, '04-safety');
    await page.click('[name=act][value=finish]');
    await page.locator('.govuk-error-summary').waitFor();
    await write(page, '/step_1', 'Nekur neiet viena; krīzes centrs zina, kam zvanīt.');
    await send(page, '[name=act][value=finish]', /\/assessments(\?|$|\/)/);
    await noticed(page);
    await see(page, '04-finished');

    const anna = await open(house, 'anna', DESK);
    await see(anna, '04-alert-home');
    await anna.click(`#alerts-title ~ ul a >> text=${way.pseudonym}`);
    await see(anna, '04-alert');
    await anna.fill('#answer', 'Zvanīju krīzes centram: bērns ir iekšā, durvis slēgtas, policija brauc.');
    await send(anna, SAVE, /\/cases\//);
    await noticed(anna);
    await page.goto('/');
    assert.equal(await page.locator(`#alerts-title ~ ul a >> text=${way.pseudonym}`).count(), 0);
    await anna.context().close();
    await page.context().close();
  },

  'm2_3 needs: a part today, the rest another day': async (house) => {
    const page = await open(house, 'ilze', PHONE);
    await page.goto(`${way.case}/assessments`);
    await send(page, 'main button >> text=Vajadzību', /\/assessments\/[0-9a-z]{13}/);
    await answer(page, '/language', 'ru');
    await write(page, '/safety_words', 'Ja zinu, kas nāk pa durvīm, es varu gulēt.');
    await answer(page, '/safety_score', '4');
    await see(page, '05-needs');
    await send(page, '[name=act][value=save]', /\/assessments/);
    await noticed(page);
    await page.goto('/');
    await page.goto(`${way.case}/assessments`);
    await see(page, '05-stopped');
    await page.click('main table a[href*="/assessments/"] >> nth=0');
    assert.equal(await page.inputValue('textarea[name$="/safety_words"]'), 'Ja zinu, kas nāk pa durvīm, es varu gulēt.');
    for (const [area, score] of [['physical_health', 2], ['mental_health', 3], ['social_functioning', 3], ['material', 2], ['legal', 3], ['education', 3], ['family', 2]])
      await answer(page, `/${area}_score`, String(score));
    await send(page, '[name=act][value=finish]', /\/assessments(\?|$|\/)/);
    await noticed(page);
    await page.context().close();
  },

  'm2_3 a second assessment shows what changed': async (house) => {
    const page = await open(house, 'ilze', DESK);
    await page.goto(`${way.case}/assessments`);
    await send(page, 'main button >> text=Vajadzību', /\/assessments\/[0-9a-z]{13}/);
    await answer(page, '/language', 'ru');
    await answer(page, '/safety_score', '2');
    await answer(page, '/education_score', '3');
    await answer(page, '/legal_score', '4');
    await send(page, '[name=act][value=finish]', /\/assessments(\?|$|\/)/);
    await page.goto(`${way.case}/assessments`);
    const matrix = await page.textContent('.app-matrix');
    for (const word of ['labāk', 'sliktāk', 'tāpat']) assert.match(matrix, new RegExp(word));
    await see(page, '05-matrix');
    await page.context().close();
  },

  'm3_1 the plan: goals from needs, steps, the child\'s agreement': async (house) => {
    const page = await open(house, 'ilze', DESK);
    await page.goto(`${way.case}/plan`);
    await see(page, '06-empty');
    await send(page, 'main form button >> nth=0', /\/plan/);
    await see(page, '06-begun');
    await page.goto(`${way.case}/plan/goals`);
    await page.fill('#title', 'Iet skolā un ceļā nebaidīties');
    await page.fill('#words', 'Gribu mācīties zīmēt.');
    await page.selectOption('#area', 'education');
    await page.fill('#due-year', '2027');
    await page.fill('#due-month', '6');
    await page.fill('#due', '1');
    await see(page, '06-goal');
    await send(page, SAVE, /\/plan(\?|#|$)/);
    await noticed(page);
    await page.click('a[href*="/goals/"][href$="/actions"] >> nth=0');
    await page.fill('#what', 'Aiziet uz skolu kopā ar mentoru');
    await page.selectOption('#who', { index: 1 });
    await date(page, 'due', 30);
    await see(page, '06-step');
    await send(page, SAVE, /\/plan(\?|#|$)/);
    await page.click('a[href$="/plan/agree"]');
    await page.check('[name=agreement] >> nth=0');
    await page.fill('#words', 'Man der. Tikai ne pirmdienās.');
    if (await page.inputValue('#agreed_by') === '') await page.fill('#agreed_by', 'Zlata un Ilze');
    await see(page, '06-agree');
    await send(page, SAVE, /\/plan(\?|#|$)/);
    await noticed(page);
    await see(page, '06-plan');
    await page.context().close();
  },

  'm3_1 the plan on paper, in three languages': async (house) => {
    const page = await open(house, 'ilze', PHONE);
    for (const [language, said] of [['lv', /Mans plāns/], ['en', /My plan/], ['ru', /Мой план/]]) {
      await page.goto(`${way.case}/plan`);
      await page.selectOption('#lang', language);
      await send(page, 'form[action$="/plan/print"] button', /\/plan\/print/);
      assert.match(await page.textContent('h1'), said);
      assert.equal(await page.getAttribute('html', 'lang'), language);
      await see(page, `06-print-${language}`);
      const lines = await page.$$eval('.app-mine__steps td', (cells) => cells.filter((cell) => /\d{4}/.test(cell.textContent)).map((cell) => {
        const range = document.createRange();
        range.selectNodeContents(cell);
        return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
      }));
      assert.ok(lines.length > 0 && lines.every((count) => count === 1), 'a day is broken over two lines on a phone');
      await page.emulateMedia({ media: 'print' });
      assert.ok(!await page.locator('.app-print__bar').isVisible(), 'the way back is printed');
      await picture(page, `way-06-paper-${language}`);
      await page.emulateMedia({ media: 'screen' });
      assert.ok(await page.locator('button[data-print]').isVisible());
      await send(page, '.app-print__bar a', /\/plan$/);
    }
    await page.context().close();
  },

  'm4_2 a service is written down with one choice, one number and one click': async (house) => {
    const page = await open(house, 'ilze', PHONE);
    await page.goto(`${way.case}/services`);
    await page.selectOption('#service', { index: 1 });
    await page.fill('#minutes', '45');
    await send(page, SAVE, /\/services/);
    await noticed(page);
    await see(page, '07-services');
    await page.context().close();
  },

  'm3_3 a conference: its actions become tasks, the next review has a day': async (house) => {
    const page = await open(house, 'ilze', DESK);
    await page.goto(`${way.case}/conferences`);
    await page.click('main a[href$="/conference"]');
    await page.check('[name=present] >> nth=0');
    await page.fill('#others', 'Skolas sociālā pedagoģe');
    await page.fill('#decisions', 'Skolu sāk no pirmdienas, pirmajās nedēļās kopā ar mentoru.');
    await page.fill('[name=what1]', 'Sarunāt mentoru');
    await page.selectOption('[name=who1]', { label: 'Ilze Kārkliņa' });
    await date(page, 'by1', -1);
    await page.check('[name=reviewed]');
    await date(page, 'next', 28);
    await see(page, '08-conference');
    await send(page, SAVE, /\/conferences/);
    await noticed(page);
    await see(page, '08-held');
    await page.goto('/');
    await see(page, '08-home');
    assert.match(await page.textContent('main'), /Sarunāt mentoru/);
    assert.ok(await page.locator('main .app-tag--late').count() > 0, 'what is late is not told');
    await page.click('main a >> text=Sarunāt mentoru');
    await page.check('[name=status][value=done]');
    await page.fill('#note', 'Mentore ir Laima.');
    await see(page, '08-task');
    await send(page, SAVE, (url) => !/\/tasks\/[0-9a-z]{13}$/.test(url.pathname));
    await noticed(page);
    await page.context().close();
  },

  'm3_4 the page of the case tells how it stands': async (house) => {
    const page = await open(house, 'ilze', DESK);
    await page.goto(way.case);
    await see(page, '09-case');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.reload();
    const hidden = await page.$$eval('.app-phases__now, .app-matrix thead th:last-child', (all) => all.filter((newest) => {
      const [box, mark] = [newest.closest('.app-scroll').getBoundingClientRect(), newest.getBoundingClientRect()];
      return mark.left < box.left || mark.right > box.right + 1;
    }).length);
    assert.equal(hidden, 0, 'what is newest is out of sight on a phone');
    await look(page, 'way-09-case', [390]);
    await page.setViewportSize({ width: 1280, height: 900 });
    assert.match(await page.textContent('main'), /Iet skolā un ceļā nebaidīties/);
    await page.goto('/');
    await see(page, '10-home');
    await page.context().close();
  },

  'm7_1 found by the name in another script and with a slip, by a telephone and by the reference': async (house) => {
    const page = await open(house, 'ilze', PHONE);
    for (const typed of ['Krutohvostova', 'Крутохвостова', 'Krutohvostofa', 'zlata krutohvost', '29000118', '371 29000118', way.reference]) {
      await page.goto('/find');
      await page.fill('#q', typed);
      await page.locator(`#results a >> text=${way.pseudonym}`).waitFor();
      assert.doesNotMatch(page.url(), /Krut|%D0/i);
    }
    await see(page, '11-find');
    await page.fill('#q', 'Nepazīstamsons');
    await page.locator('#results .app-empty').waitFor();
    await see(page, '11-none');
    await page.context().close();
  },

  'm3_7 no case ends with the money; it is closed for the child\'s sake, and opened again': async (house) => {
    const page = await open(house, 'ilze', DESK);
    await page.goto(`${way.case}/course`);
    await see(page, '12-course');
    await page.click('a[href$="/close"]');
    await page.check('[name=reason][value=funding_ended]');
    await page.fill('#words', 'Seši mēneši ir pagājuši.');
    await page.click('main form button >> nth=0');
    await page.locator('.govuk-error-summary').waitFor();
    await see(page, '12-funding');
    await page.check('[name=reason][value=moved]');
    await page.fill('#words', 'Pārcēlās pie vecmāmiņas; atbalstu turpina turienes sociālais dienests.');
    await send(page, 'main form button >> nth=0', (url) => !url.pathname.endsWith('/close'));
    await noticed(page);
    await see(page, '12-closed');
    await page.goto(`${way.case}/reopen`);
    await page.fill('#why', 'Zlata pati zvanīja un grib turpināt.');
    await see(page, '12-reopen');
    await send(page, 'main form button >> nth=0', (url) => !url.pathname.endsWith('/reopen'));
    await noticed(page);
    assert.equal(await page.locator('main .govuk-tag >> text=Slēgta').count(), 0);
    await page.context().close();
  },
};

// A step that fails ends the way: those behind it would only wait for what is not there.
let broken = false;
export const tests = Object.fromEntries(Object.entries(steps).map(([name, step]) => [name, async (house) => {
  assert.ok(!broken, 'an earlier step failed');
  broken = true;
  await step(house);
  broken = false;
}]));
