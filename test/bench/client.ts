import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { desktop, openBrowser } from '../support/browser.ts';
import { measureBundle } from './bundle.ts';
import {
  firstPaint,
  keystrokes,
  longTasks,
  memoryOf,
  pressAndPaint,
  pressAtOnce,
  probe,
  scrollFrames,
  seenAt,
} from './client-probe.ts';
import { type ClientFigures, linesOf } from './client-report.ts';
import { contacts, irc, messages, startSeeded } from './client-seed.ts';
import type { Load } from './load.ts';
import { part } from './part.ts';
import { type BenchServer, owner, type Person } from './server.ts';
import { spread } from './statistics.ts';
import { whole } from './words.ts';

const slowdown = 4;
const times = { cold: 3, cached: 7, pressed: 5, switches: 24, scroll: 8 };
const arriving = { perSecond: 50, seconds: 30 };
/** An hour of 5 messages a second, in a twentieth of the time. */
const hour = { perSecond: 100, seconds: 180 };

/** The web client in headless Chromium with its processor slowed down, on a history of years. */
export const client = part<ClientFigures>({
  name: 'client',
  table: 'client',
  long: true,
  measure: ({ tell }) => measureClient(tell),
  lines: linesOf,
  notes: ({ contacts, messages, slowdown }) => [
    `${whole(contacts)} people, ${whole(messages)} messages, Chromium with its processor slowed down ${slowdown} times.`,
  ],
});

async function measureClient(tell: (text: string) => void): Promise<ClientFigures> {
  const { server, person, load } = await startSeeded(tell);
  let browser: Browser | undefined;
  try {
    browser = await openBrowser();
    return await measure(server, person, load, browser, tell);
  } finally {
    await browser?.close();
    await load.stop();
    await server.remove();
  }
}

async function measure(
  server: BenchServer,
  person: Person,
  load: Load,
  browser: Browser,
  tell: (text: string) => void,
): Promise<ClientFigures> {
  const { items } = (await server.call(person, 'GET', '/conversations?limit=200')) as {
    items: { id: string; name: string; kind: string }[];
  };
  const room = items.find(({ name }) => name === irc.room)?.id;
  if (room === undefined) throw new Error(`${irc.room} is not among the latest conversations`);
  const people = items.filter(({ kind }) => kind === 'direct').map(({ id }) => id);

  tell('client: cold');
  const cold = { firstPaint: [] as number[], listUsable: [] as number[] };
  for (let at = 0; at < times.cold; at += 1) {
    const context = await visitor(browser, server);
    const { page } = await slowPage(context);
    await page.goto(server.url);
    cold.listUsable.push(await seenAt(page, 'list'));
    cold.firstPaint.push(await firstPaint(page));
    await context.close();
  }

  const context = await visitor(browser, server);
  const first = await slowPage(context);
  await first.page.goto(`${server.url}/#/c/${room}`);
  await seenAt(first.page, 'conversation');
  // Until the lists are in the browser's copy.
  await first.page.waitForTimeout(30_000);
  await first.page.close();

  tell('client: from its copy');
  const cached = {
    ...{ firstPaint: [] as number[], listUsable: [] as number[], listWhole: [] as number[] },
    ...{ pressed: [] as number[], conversationUsable: [] as number[] },
  };
  for (let at = 0; at < times.cached; at += 1) {
    const { page } = await slowPage(context);
    await page.goto(`${server.url}/#/c/${room}`);
    cached.listUsable.push(await seenAt(page, 'list'));
    cached.listWhole.push(await seenAt(page, 'wholeList'));
    cached.conversationUsable.push(await seenAt(page, 'conversation'));
    cached.firstPaint.push(await firstPaint(page));
    await page.close();
  }
  // That a list can be used is not believed: a row is pressed, and has to lead somewhere.
  for (let at = 0; at < times.pressed; at += 1) {
    const { page } = await slowPage(context);
    await page.addInitScript(pressAtOnce);
    await page.goto(`${server.url}/#/`);
    const pressed = await seenAt(page, 'pressed');
    cached.pressed.push((await seenAt(page, 'conversation')) - pressed);
    await page.close();
  }

  const { page, cdp } = await slowPage(context);
  await page.goto(`${server.url}/#/c/${room}`);
  await seenAt(page, 'conversation');
  await page.waitForTimeout(10_000);

  tell('client: switching');
  const there = await page
    .locator('.sidebar-list a[href^="#/c/"]')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('href')?.slice(4) ?? ''));
  const near = people.filter((id) => there.includes(id)).slice(0, 8);
  const switching = { again: [] as number[], first: [] as number[], followed: [] as number[] };
  for (const id of near) switching.first.push((await pausing(page, () => pressAndPaint(page, id))).painted);
  for (let at = 0; at < times.switches; at += 1) {
    const id = near[at % near.length] ?? '';
    const { painted, followed } = await pausing(page, () => pressAndPaint(page, id));
    switching.again.push(painted);
    switching.followed.push(followed);
  }

  tell('client: typing and scrolling');
  await page.goto(`${server.url}/#/c/${room}`);
  await page.waitForTimeout(2_000);
  await page.getByRole('textbox', { name: 'Message', exact: true }).focus();
  const keys = await keystrokes(page, 'The quick brown fox jumps over the lazy dog and goes home');
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  const list = await scrollFrames(page, '.sidebar-list', times.scroll, 120);
  const conversation = await scrollFrames(page, '[role=log]', times.scroll, -120);

  tell('client: messages arriving');
  await page.goto(`${server.url}/#/`);
  await page.goto(`${server.url}/#/c/${room}`);
  await page.waitForTimeout(3_000);
  await longTasks(page);
  await pour(load, arriving);
  const tasks = await longTasks(page);

  tell('client: an hour of traffic');
  const before = await memoryOf(cdp);
  await pour(load, hour);
  await page.waitForTimeout(3_000);
  const after = await memoryOf(cdp);
  return {
    ...{ contacts, messages, slowdown },
    cold: { firstPaint: spread(cold.firstPaint), listUsable: spread(cold.listUsable) },
    cached: {
      firstPaint: spread(cached.firstPaint),
      listUsable: spread(cached.listUsable),
      listWhole: spread(cached.listWhole),
      pressed: spread(cached.pressed),
      conversationUsable: spread(cached.conversationUsable),
    },
    switching: {
      again: spread(switching.again),
      first: spread(switching.first),
      followed: spread(switching.followed),
    },
    keystroke: spread(keys),
    scroll: { list, conversation },
    arriving: { ...arriving, longTasks: tasks.filter((ms) => ms > 100).length, longest: Math.max(0, ...tasks) },
    memory: { before: before.mib, after: after.mib, messages: hour.perSecond * hour.seconds, nodes: after.nodes },
    scriptBytes: measureBundle().scripts ?? Number.NaN,
  };
}

/** Half into the room, half to the user by everybody in turn. */
async function pour(load: Load, { perSecond, seconds }: { perSecond: number; seconds: number }) {
  await Promise.all([
    load.rate(perSecond / 2, seconds, { to: irc.room }),
    load.rate(perSecond / 2, seconds, { to: irc.people }),
  ]);
}

/** A browser of somebody who is signed in. */
async function visitor(browser: Browser, server: BenchServer): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: desktop, locale: 'en-GB' });
  await context.request.post(`${server.url}/api/v1/sessions`, { data: owner });
  await context.addInitScript(probe);
  return context;
}

async function slowPage(context: BrowserContext): Promise<{ page: Page; cdp: CDPSession }> {
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable');
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  return { page, cdp };
}

async function pausing<T>(page: Page, work: () => Promise<T>): Promise<T> {
  const done = await work();
  await page.waitForTimeout(300);
  return done;
}
