// A case manager with a keyboard and a narrow window: what has the focus is in sight, and the way to the work is short.
import assert from 'node:assert/strict';

const NARROW = { viewport: { width: 390, height: 844 } };

// The controls that the keyboard reaches and that something stuck to the edge of the window covers.
async function covered(page, key) {
  const found = [];
  await page.evaluate(() => { document.activeElement?.blur(); scrollTo(0, 0); });
  for (let presses = 0; presses < 200; presses++) {
    await page.keyboard.press(key);
    const name = await page.evaluate(() => {
      const control = document.activeElement;
      if (!control || control === document.body) return null;
      const target = ['radio', 'checkbox'].includes(control.type) ? control.labels[0] : control;
      const box = target.getBoundingClientRect();
      const x = box.left + Math.min(box.width / 2, 60);
      const y = box.top + Math.min(box.height / 2, 20);
      const top = document.elementFromPoint(x, y);
      return top && (target.contains(top) || top.contains(target)) ? '' : control.name || control.textContent.trim();
    });
    if (name === null) return found;
    if (name) found.push(`${key}: ${name}`);
  }
  throw new Error(`${page.url()}: the keyboard does not come to the end of the page`);
}

// Where the page puts the focus by itself, a moment after it is there.
const begins = (page, id) => page.waitForFunction((wanted) => document.activeElement?.id === wanted, id);

async function enter(page, to) {
  await Promise.all([page.waitForURL(to), page.keyboard.press('Enter')]);
}

export const tests = {
  'nothing that has the focus lies under the bar with the button': async (house) => {
    const page = await house.page(NARROW);
    await page.goto('/refer');
    for (const key of ['Tab', 'Shift+Tab']) assert.deepEqual(await covered(page, key), []);
    await house.signIn(page, 'ilze');
    await page.goto('/day');
    const [, id] = (await page.getAttribute('.app-chip >> nth=0', 'href')).match(/\/day\/([0-9a-z]+)/);
    for (const path of ['/services', '/conference', '/meeting', '/consent', '/person/edit', '/close']) {
      await page.goto(`/cases/${id}${path}`);
      for (const key of ['Tab', 'Shift+Tab']) assert.deepEqual(await covered(page, key), [], path);
    }
    await page.goto(`/cases/${id}/assessments`);
    await Promise.all([page.waitForURL(/\/assessments\/[0-9a-z]{13}/), page.click('main button >> text=Drošības')]);
    assert.deepEqual(await covered(page, 'Tab'), []);
    await page.context().close();
  },

  'signing in, finding and a case need no tour through the menus': async (house) => {
    const page = await house.page(NARROW);
    const { login, password } = house.account('ilze');
    await page.goto('/sign-in');
    await begins(page, 'login');
    await page.keyboard.type(login);
    await page.keyboard.press('Tab');
    await page.keyboard.type(password);
    await enter(page, (url) => url.pathname === '/');
    await page.goto('/find');
    await begins(page, 'q');
    await page.keyboard.type('A-');
    assert.equal(await page.inputValue('#q'), 'A-');
    await page.goto('/day');
    const [, id] = (await page.getAttribute('.app-chip >> nth=0', 'href')).match(/\/day\/([0-9a-z]+)/);
    await page.goto(`/cases/${id}/conference`);
    for (const key of ['Tab', 'Enter', 'Tab', 'Enter', 'Tab']) await page.keyboard.press(key); // to the page, over the menu of the case
    assert.match(await page.evaluate(() => document.activeElement.getAttribute('href') ?? ''), /\/conferences$/);
    await page.context().close();
  },
};
