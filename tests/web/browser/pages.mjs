// Drives Chromium over the pages of a server: opens, presses keys, clicks, looks.
import { createRequire } from 'node:module';
import { serve } from '../../clients/node/bridge.mjs';

const require = createRequire(new URL('../../clients/node/package.json', import.meta.url));
const { chromium } = require('playwright-core');

const [executablePath] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

let page;
let asked = [];
let complaints = [];

async function open({ url, zone, width, height, scheme, script }) {
  await page?.context().close();
  asked = [];
  complaints = [];
  const context = await browser.newContext({
    timezoneId: zone,
    locale: 'en-GB',
    viewport: { width, height },
    colorScheme: scheme,
    javaScriptEnabled: script,
  });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('request', (request) => asked.push(request.url()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(url, { waitUntil: 'networkidle' });
}

// Presses Tab until `selector` has the focus, as somebody without a mouse does.
async function tabTo({ selector }) {
  for (let presses = 1; presses <= 200; presses += 1) {
    await page.keyboard.press('Tab');
    const there = await page.evaluate(
      (wanted) => document.activeElement.matches(wanted),
      selector,
    );
    if (there) {
      const outline = await page.evaluate(
        () => getComputedStyle(document.activeElement).outlineStyle,
      );
      return { presses, outline };
    }
  }
  throw new Error(`the Tab key never reaches ${selector}`);
}

// Does something that leads to another page, and waits until that is there.
async function leave(act) {
  await Promise.all([page.waitForNavigation({ waitUntil: 'networkidle' }), act()]);
}

const look = () =>
  page.evaluate(() => ({
    url: location.href,
    title: document.title,
    text: document.body.innerText,
    slots: [...document.querySelectorAll('a.slot')].map((slot) => slot.innerText),
    wider: document.documentElement.scrollWidth > innerWidth,
    small: [...document.querySelectorAll('main a.slot, main a.class, main a.day, main button, main select')]
      .map((each) => each.getBoundingClientRect())
      .filter((box) => box.width < 38 || box.height < 44).length,
  }));

// The contrast of each text with what lies behind it, as WCAG counts it; the lowest of all.
const contrast = () =>
  page.evaluate(() => {
    const channels = (color) => color.match(/[\d.]+/g).map(Number);
    const luminance = (color) => {
      const [red, green, blue] = channels(color).map((value) => {
        const part = value / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const behind = (element) => {
      for (let each = element; each; each = each.parentElement) {
        const color = getComputedStyle(each).backgroundColor;
        if ((channels(color)[3] ?? 1) === 1) return color;
      }
      return 'rgb(255, 255, 255)';
    };
    let lowest = { ratio: 21, text: '' };
    for (const element of document.querySelectorAll('body *')) {
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (!own || element.closest('[aria-hidden], option, optgroup, script, .unseen')) continue;
      const pair = [getComputedStyle(element).color, behind(element)].map(luminance);
      const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
      if (ratio < lowest.ratio) lowest = { ratio, text: element.textContent.trim().slice(0, 60) };
    }
    return lowest;
  });

// What a frame within the page shows of an element.
const frame = async ({ selector }) => {
  const element = page.frames()[1].locator(selector).first();
  const color = await element.evaluate((each) => getComputedStyle(each).color);
  return { text: await element.innerText(), color };
};

// Follows a link of a frame that opens a tab, and closes it again.
const popup = async ({ selector }) => {
  const [opened] = await Promise.all([
    page.context().waitForEvent('page'),
    page.frames()[1].locator(selector).first().click(),
  ]);
  await opened.waitForLoadState();
  const found = { url: opened.url(), alone: await opened.evaluate(() => window.opener === null) };
  await opened.close();
  return found;
};

// The two ways to other weeks as a screen reader meets them, and the days of the date field.
const ways = () =>
  page.evaluate(() => {
    const [prev, next] = [...document.querySelectorAll('.week-head .arrow')].map((each) => ({
      href: each.getAttribute('href'),
      role: each.getAttribute('role') ?? 'link',
      name: each.getAttribute('aria-label'),
      disabled: each.getAttribute('aria-disabled'),
    }));
    const { value, min, max } = document.querySelector('#date');
    return { prev, next, shown: value, earliest: min, latest: max };
  });

const commands = {
  ways,
  frame,
  popup,
  open,
  tabTo,
  look,
  contrast,
  type: ({ text }) => page.keyboard.type(text),
  enter: () => leave(() => page.keyboard.press('Enter')),
  follow: ({ selector }) => leave(() => page.locator(selector).first().click()),
  tick: ({ selector }) => page.locator(selector).first().check(),
  fill: ({ selector, text }) => page.locator(selector).fill(text),
  picture: async ({ path, full }) => void (await page.screenshot({ path, fullPage: full })),
  requests: () => ({ asked, complaints }),
};

await serve(async ({ command, ...call }) => commands[command](call));
await browser.close();
