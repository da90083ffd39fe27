import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../src/sdk/index.js';
import { desktop, openBrowser, phone, Visitor } from '../support/browser.js';
import { focused, tabTo } from '../support/keyboard.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { person, Stage, said } from '../support/stage.js';
import { avatar } from '../support/stage-files.js';

/** The list of people as a person sees and uses it, on two accounts of a network where things happen on cue. */
const ready = await labOrSkip([], ['browser']);

const minute = 60_000;
const notSignedIn = /status of 401/;

if (ready) {
  describe('people', () => {
    let stage: Stage;
    let parley: Parley;
    let browser: Browser;
    let robin: Visitor;
    const deliver = (...events: Event[]) => stage.deliver('robin', ...events);
    const listed = (id: string, ...groups: string[]): Event => ({
      ...{ type: 'contact', buddy: person(id), listed: true, groups },
    });

    beforeAll(async () => {
      stage = await Stage.make();
      [parley, browser] = await Promise.all([Parley.start(stage.env), openBrowser()]);
      await parley.setUp();
      for (const name of ['robin', 'work']) await parley.online((await parley.signIn('stage', 'name', { name })).id);
      await deliver(
        { ...listed('ada', 'Boats'), avatar } as Event,
        ...[listed('ben', 'Boats', 'Work'), listed('cleo'), listed('dan', 'Work'), listed('emil')],
      );
      // Presence is taken of people who are known.
      await idOf('Emil');
      await deliver(
        { type: 'presence', buddy: person('ada'), state: 'online', note: 'Rowing on Saturday' },
        { type: 'presence', buddy: person('ben'), state: 'dnd', activity: 'call', idleSince: Date.now() - 25 * minute },
        { type: 'presence', buddy: person('dan'), state: 'offline' },
        { type: 'contact', buddy: person('cleo'), timeZone: 'Asia/Kathmandu' },
      );
      await stage.deliver('work', {
        ...listed('ada-at-work'),
        buddy: { ...person('ada-at-work'), name: 'A. Lovelace' },
      } as Event);
      await parley.ok('PATCH', `/contacts/${await idOf('Emil')}`, { favourite: true });
      await deliver(said('Are you there?', 'stranger', { from: person('stranger') }));
      robin = await Visitor.signedIn(browser, parley.url);
      await robin.list.getByRole('tab', { name: 'People' }).click();
      await robin.entry('Ada').waitFor();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(async () => console.error(`the page: ${await robin.picture(task.name)}\n${parley.said}`));
    });

    const idOf = (name: string): Promise<string> => parley.idOf('contacts', name);
    /** The sections, each with who is in it, as they stand. */
    const drawn = (visitor = robin): Promise<string[]> =>
      visitor.list.locator('.row-section').evaluateAll((sections) =>
        sections.map((section) => {
          const names = [...section.querySelectorAll('.row-name')].map((one) => one.textContent);
          return `${section.getAttribute('aria-label')}: ${names.join(' ')}`;
        }),
      );
    const shows = async (...expected: string[]) => {
      await expect.poll(() => drawn()).toEqual(expected);
    };
    const choose = async (...items: string[]) => {
      for (const name of items) {
        await robin.button('View and filters').click();
        await robin.page.getByRole('menu').getByText(name, { exact: true }).click();
      }
    };
    const rest = [
      'Favourites: Emil',
      'Available: Ada',
      'Away: Ben',
      'Offline: Dan',
      'Presence not known: A. Lovelace Cleo',
    ];

    test('are arranged by availability, group, network or name; sections shut and stay so', async () => {
      await shows('Message requests: Stranger', ...rest);
      await choose('By group');
      await shows(
        ...['Message requests: Stranger', 'Favourites: Emil', 'Boats: Ada Ben', 'Work: Ben Dan'],
        'In no group: A. Lovelace Cleo',
      );
      await choose('By network');
      await shows('Message requests: Stranger', 'Favourites: Emil', 'Stage: Ada Ben A. Lovelace Cleo Dan');
      await choose('By name');
      await shows('Message requests: Stranger', 'Favourites: Emil', 'Everybody: A. Lovelace Ada Ben Cleo Dan');
      await choose('By availability', 'Show who is offline');
      await shows('Message requests: Stranger', ...rest.filter((one) => !one.startsWith('Offline')));
      await choose('Show who is offline');
      await robin.list.getByRole('button', { name: /^Away/ }).click();
      await shows('Message requests: Stranger', ...rest.map((one) => (one.startsWith('Away') ? 'Away: ' : one)));
      await robin.page.reload();
      await robin.entry('Ada').waitFor();
      await shows('Message requests: Stranger', ...rest.map((one) => (one.startsWith('Away') ? 'Away: ' : one)));
      await robin.list.getByRole('button', { name: /^Away/ }).click();
      expect(await robin.violations()).toEqual([]);
    });

    test('say what they do, how long they are idle, and what time it is there', async () => {
      await robin.entry('Ben').getByText('On a call').waitFor();
      await robin.entry('Ben').getByText('idle 25 min').waitFor();
      await robin.entry('Ada').getByText('Rowing on Saturday').waitFor();
      const there = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'Asia/Kathmandu' });
      await eventually(async () =>
        (await robin.entry('Cleo').innerText()).includes(`${there.format(Date.now())} local time`),
      );
      await deliver({ type: 'presence', buddy: person('ben'), state: 'online' });
      await robin.list.getByRole('region', { name: 'Available' }).getByText('Ben').waitFor();
      expect(await robin.entry('Ben').innerText()).not.toContain('On a call');
      await robin.to(`#/p/${await idOf('Ada')}`);
      await robin.page.getByLabel('Time zone').selectOption('Pacific/Auckland');
      await robin.page.getByText(/^It is .* there\.$/).waitFor();
      await robin
        .entry('Ada')
        .getByText(/local time/)
        .waitFor();
      expect(await robin.violations()).toEqual([]);
      await robin.page.getByLabel('Time zone').selectOption({ index: 0 });
      await eventually(async () => !(await robin.entry('Ada').innerText()).includes('local time'));
    });

    test('one dropped on another is merged; undone, both are as they were', async () => {
      await robin.to();
      await robin.entry('A. Lovelace').dragTo(robin.entry('Ada'));
      await robin.page.getByText('A. Lovelace is now part of Ada.').waitFor();
      await robin.entry('A. Lovelace').waitFor({ state: 'detached' });
      await robin.button('Networks of Ada').click();
      const networks = robin.list.locator('.row-buddy');
      await eventually(async () => (await networks.count()) === 2);
      expect(await networks.locator('.row-address').allInnerTexts()).toEqual(['ada', 'ada-at-work']);
      expect(await robin.violations()).toEqual([]);
      await robin.button('Undo').click();
      await robin.page.getByText('Undone.').waitFor();
      await robin.entry('A. Lovelace').waitFor();
      await eventually(async () => (await networks.count()) === 0);
    });

    test('one of somebody’s networks dragged out stands by itself, and dragged onto somebody belongs to them', async () => {
      await robin.entry('A. Lovelace').dragTo(robin.entry('Ada'));
      await robin.entry('A. Lovelace').waitFor({ state: 'detached' });
      // What was opened before is open still.
      const work = robin.list.locator('.row-buddy').filter({ hasText: 'ada-at-work' });
      await work.dragTo(robin.entry('Cleo'));
      await robin.button('Networks of Cleo').waitFor();
      await robin.button('Networks of Ada').waitFor({ state: 'detached' });
      await robin.button('Undo').click();
      await robin.button('Networks of Ada').waitFor();
      await work.dragTo(robin.list.getByRole('heading', { name: /^Offline/ }));
      await robin.entry('A. Lovelace').waitFor();
      await robin.button('Networks of Ada').waitFor({ state: 'detached' });
    });

    test('the keyboard does it all: moves, opens, shuts, finds by typing, merges and splits', async () => {
      const { page } = robin;
      const { keyboard } = page;
      await robin.to();
      await page.reload();
      await robin.entry('Ada').waitFor();
      await tabTo(page, 'Filter the list');
      await keyboard.press('ArrowDown');
      expect(await focused(page)).toBe('Stranger');
      await keyboard.press('End');
      await eventually(async () => (await focused(page)) === 'Cleo');
      await keyboard.press('Home');
      await eventually(async () => (await focused(page)).startsWith('Message requests'));
      await keyboard.press('ArrowLeft');
      await robin.entry('Stranger').waitFor({ state: 'detached' });
      await keyboard.press('ArrowRight');
      await robin.entry('Stranger').waitFor();
      // The list is one stop.
      await keyboard.press('Tab');
      expect(await focused(page)).toBe('Networks');
      await keyboard.press('Shift+Tab');
      expect(await focused(page)).toMatch(/^Message requests/);

      await keyboard.type('clé');
      expect(await focused(page)).toBe('Filter the list');
      await shows('Presence not known: Cleo');
      await keyboard.press('Escape');
      await shows(
        'Message requests: Stranger',
        'Favourites: Emil',
        'Available: Ada Ben',
        'Offline: Dan',
        'Presence not known: A. Lovelace Cleo',
      );

      await keyboard.press('Home');
      await tabTo(page, 'Ada', 'ArrowDown');
      await keyboard.press('Shift+F10');
      const menu = page.getByRole('menu', { name: 'Actions for Ada' });
      await menu.waitFor();
      expect(await robin.violations()).toEqual([]);
      await tabTo(page, 'Merge with…', 'ArrowDown');
      await keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await keyboard.type('lovelace');
      await tabTo(page, /^A\. Lovelace/);
      await keyboard.press('Enter');
      await tabTo(page, 'Merge');
      await keyboard.press('Enter');
      await robin.entry('A. Lovelace').waitFor({ state: 'detached' });
      await robin.to();
      await robin.entry('Ada').focus();
      await keyboard.press('ArrowRight');
      await keyboard.press('ArrowDown');
      await keyboard.press('ArrowDown');
      expect(await focused(page)).toContain('ada-at-work');
      await keyboard.press('Shift+F10');
      await page.getByRole('menuitem', { name: 'Split off' }).waitFor();
      await keyboard.press('Enter');
      await robin.entry('A. Lovelace').waitFor();
    });

    test('the focus stays with its row wherever that goes', async () => {
      await robin.entry('Ben').focus();
      await deliver({ type: 'presence', buddy: person('ben'), state: 'away', note: 'back soon' });
      await robin.list.getByRole('region', { name: 'Away' }).getByText('Ben').waitFor();
      await eventually(async () => (await focused(robin.page)) === 'Ben');
      await robin.page.keyboard.press('ArrowDown');
      await eventually(async () => (await focused(robin.page)).startsWith('Offline'));
    });

    test('filters: unread, favourites, a group; each is taken away by itself', async () => {
      const ben = await idOf('Ben');
      await deliver(said('News from Ben', 'ben', { from: person('ben') }));
      const conversation = (await parley.ok('GET', `/contacts/${ben}`)).conversationId;
      await parley.ok('POST', `/conversations/${conversation}/accept`);
      await robin.entry('Ben').getByText('1 unread').waitFor();
      await choose('Unread');
      await shows('Message requests: Stranger', 'Away: Ben');
      await choose('Boats');
      await shows('Away: Ben');
      expect(await robin.violations()).toEqual([]);
      await robin.button('Show not only: Unread').click();
      await shows('Available: Ada', 'Away: Ben');
      await robin.list.getByRole('tab', { name: 'Chats' }).click();
      await eventually(async () => (await robin.list.locator('.row-name').allInnerTexts()).join() === 'Ben,Ada');
      await robin.button('Show all').click();
      await robin.list.getByRole('region', { name: 'Message requests' }).getByText('Stranger').waitFor();
      await parley.ok('PATCH', `/conversations/${conversation}`, { draft: 'Shall we' });
      await robin.entry('Ben').getByText('Draft').waitFor();
      await robin.list.getByRole('tab', { name: 'People' }).click();
      await robin.entry('Ben').getByText('Shall we').waitFor();
    });

    test('a stranger who asks stands apart, and is among the others once accepted', async () => {
      await robin.list.getByRole('tab', { name: 'Chats' }).click();
      await robin.entry('Stranger').click({ button: 'right' });
      await robin.page.getByRole('menuitem', { name: 'Accept' }).click();
      await robin.list.getByRole('button', { name: /^Message requests/ }).waitFor({ state: 'detached' });
      await robin.entry('Stranger').getByText('Are you there?').waitFor();
    });

    test('of thousands of people only those in view are in the page; the end is one key away', async () => {
      const many = Array.from({ length: 2000 }, (_, n) => listed(`crowd${n + 1000}`));
      for (let at = 0; at < many.length; at += 500) await deliver(...many.slice(at, at + 500));
      const { page } = robin;
      await robin.list.getByRole('tab', { name: 'People' }).click();
      await choose('By name');
      const everybody = robin.list.getByRole('button', { name: /^Everybody 2,00\d$/ });
      await everybody.waitFor();
      const inPage = () => page.evaluate(() => document.querySelectorAll('.rows > li').length);
      expect(await inPage()).toBeLessThan(60);
      await robin.entry('Ada').focus();
      await page.keyboard.press('End');
      await eventually(async () => (await focused(page)) === 'Stranger');
      expect(await inPage()).toBeLessThan(60);
      await page.keyboard.press('PageUp');
      await eventually(async () => /^Crowd29[78]\d$/.test(await focused(page)));
      // Scrolled out of view, the row keeps the focus.
      await page.locator('.sidebar-list').evaluate((box) => box.scrollTo(0, 20_000));
      await eventually(async () => /^Crowd/.test((await robin.list.locator('.row-name').first().textContent()) ?? ''));
      expect(await focused(page)).toMatch(/^Crowd29/);
      await page.keyboard.type('crowd1234');
      await eventually(async () => (await robin.list.locator('.row-name').allInnerTexts()).join() === 'Crowd1234');
      await page.keyboard.press('Enter');
      await robin.heading('Crowd1234').waitFor();
      await robin.field('Filter the list').fill('');
      await choose('By availability');
      expect(robin.unexpected(notSignedIn)).toEqual([]);
    });

    test('on a phone: rows are easy to hit, nothing sticks out', async () => {
      const other = await Visitor.signedIn(browser, parley.url, { viewport: phone });
      await other.list.getByRole('tab', { name: 'People' }).tap();
      await other.entry('Ada').waitFor();
      expect(await other.overflow()).toEqual([]);
      expect(await other.violations()).toEqual([]);
      const heights = await other.list
        .locator('.row, .row-head > button')
        .evaluateAll((rows) => rows.map((row) => Math.round(row.getBoundingClientRect().height)));
      expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
      await other.leave();
      expect(robin.page.viewportSize()).toEqual(desktop);
    });
  });
}
