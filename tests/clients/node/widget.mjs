// Drives Chromium with a page that holds booking.js: looks at what is drawn, clicks, fills in.
//
// Nothing here intercepts a request: Playwright would then answer the browser's preflights
// itself. Other hosts are cut off by the browser's own resolver rules, given at the start.
import { chromium } from 'playwright-core';
import { serve } from './bridge.mjs';

const [executablePath, resolverRules] = process.argv.slice(2);

const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--host-resolver-rules=${resolverRules}`,
  ],
});

let page;
let asked = [];
let scriptErrors = [];

// The widget takes its loading screen away when its question was answered, well or badly.
async function settled() {
  await page.waitForFunction(() => {
    const has = (selector) => document.querySelector(selector) !== null;
    return has('.bookingjs-error') || (has('.bookingjs-calendar') && !has('.bookingjs-loading'));
  });
}

async function visit({ url, zone, width = 900, height = 760 }) {
  await page?.context().close();
  asked = [];
  scriptErrors = [];
  const context = await browser.newContext({
    timezoneId: zone,
    locale: 'en-US',
    viewport: { width, height },
    ignoreHTTPSErrors: true,
  });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`));
  page.on('pageerror', (error) => scriptErrors.push(String(error)));
  await page.goto(url);
}

async function open(what) {
  await visit(what);
  await settled();
}

const run = async ({ script }) => ({ value: (await page.evaluate(script)) ?? null });

// Every slot as it stands on the calendar: the day of its column, and the time of the line of
// the grid on which its upper edge lies (in a list, the heading and the text).
function drawn() {
  return page.evaluate(() => {
    const lanes = [...document.querySelectorAll('td.fc-timegrid-slot-lane')].map((lane) => [
      lane.getBoundingClientRect().top,
      lane.dataset.time.slice(0, 5),
    ]);
    const inGrid = (event) => {
      const top = event.getBoundingClientRect().top;
      const lane = lanes.find(([edge]) => Math.abs(edge - top) < 2);
      return {
        date: event.closest('.fc-timegrid-col').dataset.date,
        time: lane ? lane[1] : `off the grid at ${top}`,
        text: event.querySelector('.fc-event-time').textContent,
      };
    };
    const inList = (event) => {
      let heading = event;
      while (!heading.matches('.fc-list-day')) heading = heading.previousElementSibling;
      const text = event.querySelector('.fc-list-event-time').textContent;
      return { date: heading.dataset.date, time: text.slice(0, 5), text };
    };
    const all = (selector) => [...document.querySelectorAll(selector)];
    return {
      days: all('.fc-timegrid-col[data-date], .fc-list-day').map((day) => day.dataset.date),
      slots: [
        ...all('.fc-timegrid-event').map(inGrid),
        ...all('.fc-list-event').map(inList),
      ],
    };
  });
}

async function choose({ number }) {
  await page.locator('.fc-timegrid-event, .fc-list-event').nth(number).click();
  const sheet = page.locator('.bookingjs-bookpage.show');
  await sheet.waitFor();
  return {
    heading: await sheet.locator('.bookingjs-bookpage-header').innerText(),
    fields: await sheet
      .locator('.bookingjs-form [name]')
      .evaluateAll((fields) => fields.map((field) => field.name)),
  };
}

async function submit({ fields }) {
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`.bookingjs-form [name="${name}"]`);
    if ((await field.evaluate((element) => element.tagName)) === 'SELECT') {
      await field.selectOption(value);
    } else {
      await field.fill(value);
    }
  }
  await page.locator('.bookingjs-form-button').click();
  await page.locator('.bookingjs-form.success, .bookingjs-error').first().waitFor();
}

async function pick({ zone }) {
  await page.locator('.bookingjs-footer-tz-picker-select').selectOption(zone);
  await settled();
}

async function textOf(selector) {
  const found = page.locator(selector);
  return (await found.count()) > 0 && (await found.first().isVisible())
    ? found.first().innerText()
    : null;
}

async function look() {
  return {
    success: await textOf('.bookingjs-form.success .bookingjs-form-success-message-body'),
    error: await textOf('.bookingjs-error-text'),
    ribbon: await textOf('.bookingjs-ribbon'),
    url: page.url(),
    asked,
    script_errors: scriptErrors,
  };
}

async function left({ query }) {
  await page.waitForURL((url) => !url.search.includes(query));
  await settled();
}

// A picture of the whole page once nothing fades in or out any more.
async function screenshot({ path }) {
  await page.evaluate(() => {
    const finite = ({ effect }) => effect.getTiming().iterations !== Infinity;
    const running = document.getAnimations().filter(finite);
    return Promise.allSettled(running.map((animation) => animation.finished));
  });
  await page.screenshot({ path, fullPage: true });
}

const commands = { open, visit, run, drawn, choose, submit, pick, look, left, screenshot };

await serve(({ command, ...rest }) => commands[command](rest));
await browser.close();
