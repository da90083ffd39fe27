import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { desktop, openBrowser, phone, Visitor, Visitors } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { OWNER, Parley } from '../support/parley.js';
import { Stage } from '../support/stage.js';

/** From nothing to the first conversation, and whatever else a page can have to say instead of what is asked for. */
const ready = await labOrSkip([], ['browser']);

/** Chromium tells of every answer that is a no, and of a server that is away. React, of what breaks. */
const refusals = [/status of [45]\d\d/, /ERR_/, /WebSocket connection/, /broken/, /TypeError|error occurred/];
const mia = { email: 'mia@example.org', password: OWNER.password, name: 'Mia' };
const nowhere = '01999999-0000-7000-8000-000000000000';
const pages = [
  ['#/broadcasts', 'Broadcasts'],
  ['#/scheduled', 'Scheduled'],
  ['#/reminders', 'Reminders'],
  ['#/starred', 'Starred messages'],
  ['#/admin', 'Administration'],
] as const;
const needsServer = 'This needs the connection to Parley, and comes by itself once that is back.';
const beside = /api\/v1\/(?!stream|me$)/;

if (ready) {
  describe('the states of the page', () => {
    let stage: Stage;
    let parley: Parley;
    let browser: Browser;
    let accountId: string;
    const visitors = new Visitors();
    const robins = () => ['desktop', 'phone'].map((name) => [name, visitors.at(name)] as const);

    beforeAll(async () => {
      stage = await Stage.make();
      [parley, browser] = await Promise.all([Parley.start(stage.env), openBrowser()]);
      visitors.set('desktop', await Visitor.come(browser, parley.url, { viewport: desktop }));
    });
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(() => visitors.pictures(task.name));
    });

    async function isSound(visitor: Visitor, what: string): Promise<void> {
      expect.soft(await visitor.violations(), what).toEqual([]);
      expect.soft(await visitor.overflow(), `${what}: wider than the window`).toEqual([]);
    }

    const step = (visitor: Visitor, name: string) =>
      visitor.page.locator('[aria-current="step"]').filter({ hasText: name });

    test('the first steps lead from the set-up to the first conversation, wherever one stops', async () => {
      const robin = visitors.at('desktop');
      await robin.to();
      await robin.setUp();
      parley.token = (await parley.ok('POST', '/sessions', OWNER)).token;
      await step(robin, 'Choose a network').waitFor();
      await isSound(robin, 'first steps');
      await robin.page.getByRole('main').getByRole('link', { name: 'Stage' }).click();
      await step(robin, 'Sign in to it').waitFor();
      await isSound(robin, 'first sign-in');
      await robin.to();
      await robin.link('Go on signing in to Stage').click();
      await robin.fill('Your name there', 'robin');
      await robin.button('Sign in').click();
      await step(robin, 'First conversation').waitFor();
      await robin.page.reload();
      await robin.to();
      await robin.heading('Write to somebody').waitFor();
      await robin.page.getByRole('list', { name: 'Accounts' }).getByText('Online').waitFor();
      await isSound(robin, 'first conversation');
      await robin.button('Start a conversation').click();
      await robin.fill('To', 'ada');
      await robin.button('Open chat').click();
      await robin.write('Hello Ada');
      await robin.to();
      await robin.page.getByText('Choose a conversation').waitFor();
      await robin.to('#/welcome');
      await robin.page.getByText('You are set up.').waitFor();
      await isSound(robin, 'set up');
      accountId = (await parley.ok('GET', '/accounts')).items[0].id;
    });

    test('whom an admin let in is told what is theirs, on a phone, and may go without guidance', async () => {
      await parley.ok('POST', '/users', { ...mia, role: 'user' });
      const visitor = await Visitor.come(browser, parley.url, { viewport: phone });
      visitors.set('member', visitor);
      await visitor.to();
      await visitor.fill('Email', mia.email);
      await visitor.fill('Password', mia.password);
      await visitor.button('Sign in').click();
      await visitor.link('Get started').click();
      await visitor.page.getByText('The networks you add').waitFor();
      await isSound(visitor, 'first steps of a member');
      await visitor.button('Skip this, I find my own way').click();
      await visitor.link('Add a network').waitFor();
      await visitor.page.reload();
      await visitor.link('Add a network').waitFor();
      await isSound(visitor, 'without guidance');
    });

    test('what only admins may see says so, and what cannot be found leads on', async () => {
      const visitor = visitors.at('member');
      await visitor.to('#/admin');
      await visitor.page.getByText('You are signed in as Mia').waitFor();
      await isSound(visitor, 'no admin');
      await visitor.link('To your settings').click();
      await visitor.heading('Settings').waitFor();
      expect(await visitor.heading('Administration').count()).toBe(0);
      visitors.set('phone', await Visitor.signedIn(browser, parley.url, { viewport: phone, theme: 'dark' }));
      for (const [name, robin] of robins()) {
        for (const [hash, says] of [
          [`#/c/${nowhere}`, 'This conversation is no longer here'],
          [`#/p/${nowhere}`, 'This contact is no longer here'],
          [`#/broadcasts/${nowhere}`, 'There is no such broadcast'],
        ] as const) {
          await robin.to(hash);
          await robin.page.getByText(says).waitFor();
          await isSound(robin, `${says}, ${name}`);
          await robin.page.locator('.empty').getByRole('link').waitFor();
        }
      }
    });

    test('a part that the server does not give says why, and is asked for again', async () => {
      for (const [name, robin] of robins()) {
        await robin.to();
        await robin.page.route(beside, refuse);
        for (const [hash, title] of pages) {
          await robin.to(hash);
          await robin.heading(title).waitFor();
          await robin.page.getByRole('alert').getByText('The disk is full.').first().waitFor();
          await isSound(robin, `${title} failed, ${name}`);
        }
        await robin.page.unroute(beside);
        await robin.button('Try again').first().click();
        await robin.page.getByText('No dead letters').waitFor();
      }
    });

    test('while it is fetched its shape stands there', async () => {
      const { page } = visitors.at('desktop');
      const letGo = await hold(page, /api\/v1\/messages\/starred/);
      await visitors.at('desktop').to('#/starred');
      await page.getByRole('status', { name: 'Loading' }).waitFor();
      await isSound(visitors.at('desktop'), 'loading');
      letGo();
      await page.getByText('Nothing is starred').waitFor();
    });

    test('a list that cannot be loaded says why, and comes by itself', async () => {
      const visitor = await Visitor.come(browser, parley.url, { viewport: phone });
      visitors.set('fresh', visitor);
      const lists = /api\/v1\/conversations\?/;
      await visitor.page.route(lists, refuse);
      await visitor.to();
      await visitor.signIn();
      await visitor.page.getByText('Your conversations could not be loaded').waitFor();
      await visitor.page.getByText('The disk is full. Parley tries again by itself.').waitFor();
      await isSound(visitor, 'no list');
      await visitor.page.unroute(lists);
      await visitor.button('Try now').click();
      await visitor.entry('ada').waitFor();
      await visitor.leave();
      visitors.delete('fresh');
    });

    test('where one part breaks the others go on', async () => {
      for (const [name, robin] of robins()) {
        const starred = /api\/v1\/messages\/starred/;
        await robin.page.route(starred, (route) => route.fulfill({ json: { items: [{ id: 'x' }], nextCursor: null } }));
        await robin.to();
        await robin.to('#/starred');
        await robin.page.getByText('This part of Parley stopped working').last().waitFor();
        await isSound(robin, `broken, ${name}`);
        await robin.page.unroute(starred);
        await robin.to('#/reminders');
        await robin.page.getByText('No reminders').waitFor();
      }
    });

    test('trouble of an account is told once, and where it is mended', async () => {
      const why = 'The password is not accepted any more.';
      await stage.order('robin', { do: 'state', state: { is: 'needs-login', why } });
      for (const [name, robin] of robins()) {
        await robin.to();
        const line = robin.page.getByText('robin: needs you to sign in');
        await line.waitFor();
        await isSound(robin, `trouble, ${name}`);
        await line.click();
        await robin.page.getByText(why).waitFor();
        await line.waitFor({ state: 'detached' });
        await isSound(robin, `signing in again, ${name}`);
        await robin.to('#/networks');
        await robin.link('Sign in again').waitFor();
        expect(await robin.page.getByText(/needs you to sign in/i).count()).toBe(1);
      }
      await stage.order('robin', { do: 'state', state: { is: 'online' } });
      await parley.online(accountId);
    });

    test('what the browser forbids says how to allow it', async () => {
      const robin = visitors.at('desktop');
      await robin.to('#/settings');
      await robin.page.getByRole('switch', { name: 'Notify this device' }).click();
      await robin.page.getByText('The browser does not allow notifications for this site.').waitFor();
      await isSound(robin, 'notifications denied');
      await robin.to();
      await robin.entry('ada').click();
      await robin.button('Record a voice message').click();
      const told = robin.page.getByRole('alert').filter({ hasText: 'microphone' });
      await told.getByRole('button', { name: 'Try again' }).waitFor();
      await isSound(robin, 'no microphone');
      await robin.page.keyboard.press('Escape');
    });

    test('a device without a network is told so on every page, and goes on', async () => {
      for (const [name, robin] of robins()) {
        await robin.to();
        await robin.offline(true);
        const line = robin.page.getByText('You are offline').locator('visible=true');
        await line.waitFor();
        for (const hash of ['#/settings', '#/welcome']) {
          await robin.to(hash);
          await line.waitFor();
        }
        await isSound(robin, `offline, ${name}`);
        await robin.offline(false);
        await line.waitFor({ state: 'detached' });
      }
    });

    test('where nobody answers and nothing is kept, that is said, and tried again', async () => {
      for (const viewport of [desktop, phone]) {
        const visitor = await Visitor.come(browser, parley.url, { viewport });
        await visitor.page.route(/api\/v1\//, (route) => route.abort());
        await visitor.to();
        await visitor.heading('The server does not answer').waitFor();
        await isSound(visitor, `nobody answers, ${viewport.width}`);
        await visitor.page.unroute(/api\/v1\//);
        await visitor.button('Try now').click();
        await visitor.heading('Sign in').waitFor();
        await visitor.leave();
      }
    });

    test('the server away is told once; what waits for it comes by itself', async () => {
      for (const [, robin] of robins()) {
        await robin.to('#/networks');
        await robin.page.getByRole('list', { name: 'Accounts' }).getByText('Online').waitFor();
      }
      await parley.down();
      for (const [name, robin] of robins()) {
        const { page } = robin;
        await page.getByText('Parley cannot be reached: this is how they were before.').waitFor();
        await page.getByText('Reconnecting to Parley…').locator('visible=true').waitFor();
        await isSound(robin, `networks without the server, ${name}`);
        await robin.to('#/starred');
        await page.getByText(needsServer).waitFor();
        expect(await robin.button('Try again').count()).toBe(0);
        await isSound(robin, `starred without the server, ${name}`);
      }
      await parley.up();
      for (const [, robin] of robins()) {
        // The next try may be twenty seconds away.
        await robin.page.getByText('Nothing is starred').waitFor({ timeout: 40_000 });
        await robin.page.getByText('Reconnecting to Parley…').waitFor({ state: 'detached' });
      }
    });

    test('a session that ended says so; nothing that was written is lost', async () => {
      for (const [name, robin] of robins()) {
        await robin.to();
        await robin.entry('ada').click();
        const words = `Not sent yet, on the ${name}`;
        await robin.box.fill(words);
        const place = new URL(robin.page.url()).hash;
        await robin.page.context().clearCookies();
        await robin.page.reload();
        await robin.heading('Sign in again').waitFor();
        await robin.page.getByText('Your session has ended.').waitFor();
        await isSound(robin, `session over, ${name}`);
        expect(await robin.field('Email').inputValue()).toBe(OWNER.email);
        await robin.fill('Password', OWNER.password);
        await robin.page.keyboard.press('Enter');
        await robin.box.waitFor();
        expect(new URL(robin.page.url()).hash).toBe(place);
        await expect.poll(() => robin.box.inputValue()).toBe(words);
        await robin.box.fill('');
      }
      const robin = visitors.at('desktop');
      await robin.to('#/settings');
      await robin.button('Sign out').click();
      await robin.heading('Sign in').waitFor();
      expect(await robin.field('Email').inputValue()).toBe('');
    });

    test('nothing went wrong on the way', () => {
      for (const [name, visitor] of visitors) expect(visitor.unexpected(...refusals), name).toEqual([]);
    });
  });
}

/** What a server in trouble answers. */
const refuse = (route: Route): Promise<void> =>
  route.fulfill({
    status: 500,
    contentType: 'application/problem+json',
    body: JSON.stringify({
      type: 'about:blank',
      status: 500,
      code: 'internal',
      title: 'Error',
      detail: 'The disk is full.',
    }),
  });

/** Keeps answers back until they are let go. */
async function hold(page: Page, pattern: RegExp): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route(pattern, async (route) => {
    await promise;
    await route.continue();
  });
  return resolve;
}
