import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { desktop, openBrowser, phone, Visitor, Visitors } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { Parley } from '../support/parley.js';

/** The list before the scripts of the page are there. */
const ready = await labOrSkip([], ['browser']);

const places = [
  ['desktop', desktop],
  ['phone', phone],
] as const;

if (ready) {
  describe('the start of the page', () => {
    let parley: Parley;
    let browser: Browser;
    const visitors = new Visitors();
    const ids = new Map<string, string>();

    beforeAll(async () => {
      [parley, browser] = await Promise.all([Parley.start(), openBrowser()]);
      await parley.setUp();
      const account = await parley.signIn('echo', 'name', { name: 'ada' });
      await parley.online(account.id);
      const crowd = Array.from({ length: 40 }, (_, index) => `member${index}`);
      for (const address of [...crowd, 'ben', 'chloe', 'dmitri']) {
        const { conversation } = await parley.ok('POST', '/chats', { accountId: account.id, address });
        await parley.ok('POST', `/conversations/${conversation.id}/messages`, { text: `Hello ${address}` });
        ids.set(address, conversation.id);
      }
      for (const [name, viewport] of places) {
        const visitor = await Visitor.signedIn(browser, parley.url, { viewport });
        visitors.set(name, visitor);
        await visitor.page.route('**/_next/**/*.js', async (route) => {
          await held.get(visitor);
          await route.continue();
        });
        await visitor.entry('ben').waitFor();
        await isWhole(visitor);
      }
    });
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(() => visitors.pictures(task.name));
    });

    const held = new Map<Visitor, Promise<void>>();
    /** Opens the page, without its scripts until that is called off. */
    const begin = async (visitor: Visitor): Promise<() => void> => {
      const gate = Promise.withResolvers<void>();
      held.set(visitor, gate.promise);
      await visitor.page.goto('about:blank');
      await visitor.page.goto(`${parley.url}/#/`, { waitUntil: 'commit' });
      return () => gate.resolve();
    };
    const drawn = (visitor: Visitor) => visitor.page.locator('#first-screen');
    /** The page is of its own scripts. */
    const isWhole = async (visitor: Visitor) => {
      await visitor.page.locator('#__next .shell').waitFor();
      await drawn(visitor).waitFor({ state: 'detached' });
    };
    const kept = (visitor: Visitor) =>
      visitor.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('parley.first.')));
    /** Where what is seen stands; how wide a name is depends on whether its conversation was read. */
    const layout = (visitor: Visitor) =>
      visitor.page.locator('.row-name, .sidebar-list, .sidebar-foot a').evaluateAll((all) =>
        all.flatMap((one) => {
          const { x, y, height } = one.getBoundingClientRect();
          const end = one.closest('.sidebar')?.querySelector('.sidebar-foot')?.getBoundingClientRect().top ?? 0;
          if (one.matches('.row-name') && y > end) return [];
          return [[one.matches('.row-name') ? one.textContent : one.className, x, y, height]];
        }),
      );

    for (const [name] of places) {
      test(`${name}: a row leads to its conversation before any script is there, and nothing moves when they are`, async () => {
        const visitor = visitors.at(name);
        const release = await begin(visitor);
        const row = visitor.entry('chloe');
        await row.waitFor();
        await expect.poll(() => drawn(visitor).count()).toBe(1);
        const before = await layout(visitor);
        await row.click();
        expect(new URL(visitor.page.url()).hash).toBe(`#/c/${ids.get('chloe')}`);
        // A phone shows one thing at a time.
        if (name === 'phone') await row.waitFor({ state: 'hidden' });
        else await expect.poll(() => row.getAttribute('aria-current')).toBe('page');
        release();
        await visitor.message('Hello chloe').first().waitFor();
        await isWhole(visitor);
        if (name === 'desktop') expect(await layout(visitor)).toEqual(before);
        await visitor.page.goBack();
        await visitor.entry('chloe').waitFor();
        expect(await layout(visitor)).toEqual(before);
      });
    }

    test('what else is pressed there is done once the scripts are there', async () => {
      const visitor = visitors.at('desktop');
      const release = await begin(visitor);
      await visitor.entry('chloe').waitFor();
      const search = await visitor.page.locator('#first-screen [aria-label="Search"]').boundingBox();
      if (!search) throw new Error('no such button');
      await visitor.page.mouse.click(search.x + search.width / 2, search.y + search.height / 2);
      release();
      await visitor.page.getByRole('dialog', { name: 'Go to' }).waitFor();
      await visitor.page.keyboard.press('Escape');
      await isWhole(visitor);
    });

    test('it is the whole list from then on: rows come where it is scrolled to', async () => {
      const visitor = visitors.at('desktop');
      const release = await begin(visitor);
      await drawn(visitor).waitFor();
      const list = visitor.page.locator('.sidebar-list').first();
      const rows = drawn(visitor).locator('[data-row]');
      const inView = await rows.count();
      await list.evaluate((element) => element.scrollTo(0, 300));
      // Those below the window are kept, and drawn for who scrolls there.
      await expect.poll(() => rows.count()).toBeGreaterThan(inView);
      release();
      await isWhole(visitor);
      expect(await list.evaluate((element) => element.scrollTop)).toBe(300);
      await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      await visitor.entry('member0').waitFor();
    });

    test('a list that would be laid out otherwise is not drawn', async () => {
      const visitor = visitors.at('desktop');
      await visitor.to();
      await isWhole(visitor);
      await visitor.page.goto('about:blank');
      await visitor.page.setViewportSize(phone);
      const release = await begin(visitor);
      await visitor.page.locator('.starting').waitFor();
      expect(await drawn(visitor).count()).toBe(0);
      release();
      await visitor.entry('ben').waitFor();
      await visitor.page.setViewportSize(desktop);
    });

    test('nobody else sees it, and signing out erases it', async () => {
      const visitor = visitors.at('desktop');
      const expectNone = async () => {
        const release = await begin(visitor);
        await visitor.page.locator('.starting').waitFor();
        expect(await drawn(visitor).count()).toBe(0);
        return release;
      };
      await begin(visitor);
      await drawn(visitor).waitFor();
      expect(await kept(visitor)).toHaveLength(1);
      // Nothing of the page runs that would know better.
      await visitor.page.evaluate(() => {
        const user = JSON.parse(localStorage.getItem('parley.user') ?? '');
        localStorage.setItem('parley.user', JSON.stringify({ ...user, id: crypto.randomUUID() }));
      });
      let release = await expectNone();
      release();
      await visitor.entry('ben').waitFor();
      await visitor.to('#/settings');
      await visitor.button('Sign out').click();
      await visitor.field('Password').waitFor();
      expect(await kept(visitor)).toEqual([]);
      release = await expectNone();
      release();
      await visitor.field('Password').waitFor();
      expect(visitor.unexpected(/status of 401/)).toEqual([]);
    });
  });
}
