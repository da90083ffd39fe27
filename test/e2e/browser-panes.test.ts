import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { desktop, openBrowser, phone, Visitor, Visitors } from '../support/browser.js';
import { focused, tabTo } from '../support/keyboard.js';
import { labOrSkip } from '../support/lab.js';
import { Parley } from '../support/parley.js';
import { person, Stage, said } from '../support/stage.js';

/** Several conversations side by side, on screens of several widths. */
const ready = await labOrSkip([], ['browser']);

const notSignedIn = /status of 401/;
const names = ['ada', 'ben', 'cleo', 'dan'];
const wide = { width: 1500, height: 900 };
const tablet = { width: 768, height: 1024 };
const broadTablet = { width: 1024, height: 768 };

if (ready) {
  describe('conversations side by side', () => {
    let stage: Stage;
    let parley: Parley;
    let browser: Browser;
    let robin: Visitor;
    const visitors = new Visitors();
    const ids = new Map<string, string>();
    const idOf = (name: string): string => ids.get(name) ?? '';

    beforeAll(async () => {
      stage = await Stage.make();
      [parley, browser] = await Promise.all([Parley.start(stage.env), openBrowser()]);
      await parley.setUp();
      await parley.online((await parley.signIn('stage', 'name', { name: 'robin' })).id);
      for (const name of names) {
        await stage.deliver('robin', { type: 'contact', buddy: person(name), listed: true });
        await parley.idOf('contacts', person(name).name);
        await say(name, `I am ${name}`);
        ids.set(name, await parley.idOf('conversations', person(name).name));
      }
      robin = await Visitor.signedIn(browser, parley.url, { viewport: wide });
      visitors.set('wide', robin);
      await robin.entry('Dan').waitFor();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(() => visitors.pictures(task.name));
    });

    const say = (name: string, text: string) => stage.deliver('robin', said(text, name, { from: person(name) }));
    const unread = async (name: string) => (await parley.ok('GET', `/conversations/${idOf(name)}`)).unread as number;
    const paneOf = (page: Page, name: string): Locator => page.locator(`.pane-frame[data-pane="${idOf(name)}"]`);
    const pane = (name: string) => paneOf(robin.page, name);
    const boxOf = (name: string) => pane(name).getByRole('textbox', { name: 'Message', exact: true });
    /** Who is shown, from the start of the line to its end; the one that is worked in with a star. */
    const shown = (page = robin.page): Promise<string> =>
      page.locator('.pane-frame:not([data-kept])').evaluateAll(
        (frames, known) =>
          frames
            .map((one) => {
              const id = one.getAttribute('data-pane');
              return `${known.find(([, own]) => own === id)?.[0]}${one.hasAttribute('data-focused') ? '*' : ''}`;
            })
            .join(' '),
        [...ids],
      );
    const shows = (line: string, page = robin.page) => expect.poll(() => shown(page)).toBe(line);
    const alone = async (name: string, visitor = robin) => {
      await visitor.to(`#/c/${idOf(name)}?alone`);
      await shows(`${name}*`, visitor.page);
    };
    const both = async (first: string, second: string, visitor = robin) => {
      await visitor.to(`#/c/${idOf(second)}?before=${idOf(first)}`);
      await shows(`${first} ${second}*`, visitor.page);
    };
    const hasFocus = (box: Locator) =>
      expect.poll(() => box.evaluate((one) => one === document.activeElement)).toBe(true);
    const isSound = async (visitor: Visitor, what: string) => {
      expect.soft(await visitor.violations(), what).toEqual([]);
      expect.soft(await visitor.overflow(), `${what}: wider than the window`).toEqual([]);
    };
    const widthOf = async (name: string) => (await pane(name).boundingBox())?.width ?? 0;

    test('Ctrl and a press opens a conversation beside; each has a box and a timeline of its own', async () => {
      await robin.entry('Ada').click();
      await shows('ada*');
      await robin.entry('Ben').click({ modifiers: ['ControlOrMeta'] });
      await shows('ada ben*');
      await hasFocus(boxOf('ben'));
      await boxOf('ben').fill('To Ben');
      await boxOf('ada').fill('To Ada');
      await shows('ada* ben');
      await boxOf('ada').press('Enter');
      await boxOf('ben').press('Enter');
      await pane('ada').getByRole('article').filter({ hasText: 'To Ada' }).waitFor();
      await pane('ben').getByRole('article').filter({ hasText: 'To Ben' }).waitFor();
      expect(await pane('ada').getByText('To Ben').count()).toBe(0);
      await robin.entry('Cleo').click({ button: 'middle' });
      await shows('ada ben cleo*');
      await isSound(robin, 'three beside each other');
    });

    test('a press in the list takes the place of the one that is worked in, or leads to where it is open', async () => {
      await both('ada', 'ben');
      await robin.entry('Dan').click();
      await shows('ada dan*');
      await robin.entry('Ada').click();
      await shows('ada* dan');
      expect(await robin.list.locator('[aria-current="page"] .row-name').innerText()).toBe('Ada');
      expect(await robin.list.locator('[aria-current="true"] .row-name').innerText()).toBe('Dan');
    });

    test('one that is ready is shown with the press; the address follows, and back leads to the one before', async () => {
      await alone('ada');
      await robin.entry('Ben').click();
      await shows('ben*');
      const ben = new URL(robin.page.url()).hash;
      await boxOf('ben').fill('A word to Ben');
      await robin.page.evaluate((id) => {
        const frame = document.querySelector(`.pane-frame[data-pane="${id}"]`);
        const shownAt = new Promise((resolve) => {
          new MutationObserver(() => frame?.hasAttribute('data-kept') || resolve(location.hash)).observe(
            document.body,
            {
              subtree: true,
              attributeFilter: ['data-kept'],
            },
          );
        });
        Object.assign(globalThis, { shownAt });
      }, idOf('ada'));
      await robin.entry('Ada').click();
      expect(await robin.page.evaluate(() => Reflect.get(globalThis, 'shownAt'))).toBe(ben);
      await shows('ada*');
      await expect.poll(() => new URL(robin.page.url()).hash).toBe(`#/c/${idOf('ada')}`);
      expect(await robin.list.locator('[aria-current="page"] .row-name').innerText()).toBe('Ada');
      await robin.page.goBack();
      await shows('ben*');
      expect(await boxOf('ben').inputValue()).toBe('A word to Ben');
      await boxOf('ben').fill('');
    });

    test('back undoes what was opened, and the address opens just the same in another window', async () => {
      await alone('ada');
      await robin.entry('Ben').click({ modifiers: ['ControlOrMeta'] });
      await shows('ada ben*');
      await robin.link('Settings').click();
      await robin.heading('Appearance').waitFor();
      await robin.page.goBack();
      await shows('ada ben*');
      await robin.page.reload();
      await shows('ada ben*');
      const second = await robin.another();
      await second.page.goto(robin.page.url());
      await shows('ada ben*', second.page);
      await second.page.close();
      await robin.page.goBack();
      await shows('ada*');
      await robin.page.goForward();
      await shows('ada ben*');
    });

    test('the menu of a row and the command bar open beside, too', async () => {
      await alone('ada');
      await robin.entry('Ben').click({ button: 'right' });
      await robin.page.getByRole('menuitem', { name: 'Open beside' }).click();
      await shows('ada ben*');
      await alone('ada');
      await robin.page.keyboard.press('Control+k');
      const bar = robin.page.getByRole('dialog', { name: 'Go to' });
      await bar.getByRole('combobox').fill('cleo');
      await bar.getByRole('option', { name: 'Cleo' }).first().waitFor();
      await isSound(robin, 'command bar');
      await robin.page.keyboard.press('Control+Enter');
      await shows('ada cleo*');
      await hasFocus(boxOf('cleo'));
    });

    test('from the keyboard alone: open, go round, close', async () => {
      const { keyboard } = robin.page;
      await say('ben', 'the first in the list');
      await robin.list.locator('.row-chat').first().filter({ hasText: 'the first in the list' }).waitFor();
      await alone('ada');
      await boxOf('ada').focus();
      await keyboard.press('Alt+o');
      const bar = robin.page.getByRole('dialog', { name: 'Open another beside' });
      await bar.getByRole('combobox').fill('ben');
      await bar.getByRole('option', { name: 'Ben' }).waitFor();
      await keyboard.press('Enter');
      await shows('ada ben*');
      await hasFocus(boxOf('ben'));
      await keyboard.press('Alt+PageUp');
      await shows('ada* ben');
      await hasFocus(boxOf('ada'));
      await keyboard.press('Alt+PageDown');
      await hasFocus(boxOf('ben'));
      // What has keys of its own does it in the pane that is worked in.
      await keyboard.press('Alt+i');
      await pane('ben').getByRole('complementary').waitFor();
      expect(await pane('ada').getByRole('complementary').count()).toBe(0);
      await keyboard.press('Escape');
      await pane('ben').getByRole('complementary').waitFor({ state: 'detached' });
      await keyboard.press('Alt+ArrowDown');
      // Ada, who stands open, is passed over.
      await expect.poll(() => shown()).toMatch(/^ada (cleo|dan)\*$/);
      await keyboard.press('Alt+x');
      await shows('ada*');
      await hasFocus(boxOf('ada'));
    });

    test('a conversation is dragged beside another, or in its place', async () => {
      await alone('ada');
      const { width = 0, height = 0 } = (await pane('ada').boundingBox()) ?? {};
      const drop = (name: string, onto: string, x: number) =>
        robin.entry(name).dragTo(pane(onto), { targetPosition: { x, y: height / 2 } });
      await drop('Ben', 'ada', width - 40);
      await shows('ada ben*');
      await drop('Cleo', 'ada', 20);
      await shows('cleo* ada ben');
      await drop('Dan', 'ada', (await widthOf('ada')) / 2);
      await shows('cleo dan* ben');
      await drop('Ben', 'cleo', 20);
      await shows('ben* cleo dan');
      expect(
        await pane('ben')
          .locator('.timeline')
          .evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight),
      ).toBeLessThan(2);
    });

    test('widths are changed by the pointer and by keys, and are kept', async () => {
      await both('ada', 'ben');
      const line = robin.page.getByRole('separator', { name: 'Width of Ada' });
      const { x = 0, y = 0, height = 0 } = (await line.boundingBox()) ?? {};
      const before = await widthOf('ada');
      await robin.page.mouse.move(x, y + height / 2);
      await robin.page.mouse.down();
      await robin.page.mouse.move(x + 60, y + height / 2, { steps: 4 });
      await robin.page.mouse.move(x + 120, y + height / 2, { steps: 4 });
      await robin.page.mouse.up();
      expect(Math.abs((await widthOf('ada')) - before - 120)).toBeLessThan(3);
      await robin.page.reload();
      await shows('ada ben*');
      await expect.poll(async () => Math.abs((await widthOf('ada')) - before - 120) < 3).toBe(true);
      await boxOf('ben').focus();
      await tabTo(robin.page, 'Width of Ada', 'Shift+Tab');
      const wider = await widthOf('ada');
      await robin.page.keyboard.press('ArrowLeft');
      await expect.poll(() => widthOf('ada')).toBeLessThan(wider);
      await robin.page.keyboard.press('Home');
      await expect.poll(async () => Math.round(await widthOf('ada'))).toBe(340);
      await robin.page.keyboard.press('Enter');
      await expect.poll(async () => Math.abs((await widthOf('ada')) - (await widthOf('ben')))).toBeLessThan(2);
      expect(await focused(robin.page)).toBe('Width of Ada');
    });

    test('what is seen is read, in every pane; what is covered or not shown is not', async () => {
      await both('ada', 'ben');
      await say('ada', 'seen beside');
      await pane('ada').getByRole('article').filter({ hasText: 'seen beside' }).waitFor();
      await expect.poll(() => unread('ada')).toBe(0);
      // Two of three have no room for a sheet beside their messages.
      await robin.to(`#/c/${idOf('cleo')}?before=${idOf('ada')}/person,${idOf('ben')}`);
      await shows('ada ben cleo*');
      await pane('ada').getByRole('heading', { name: 'Contact' }).waitFor();
      await say('ada', 'behind the sheet');
      await say('ben', 'in view');
      await expect.poll(() => unread('ben')).toBe(0);
      expect(await unread('ada')).toBe(1);
      await isSound(robin, 'a sheet over its messages');
      await pane('ada').getByRole('link', { name: 'Back to the conversation' }).click();
      await pane('ada').getByRole('article').filter({ hasText: 'behind the sheet' }).waitFor();
      await expect.poll(() => unread('ada')).toBe(0);
    });

    test('closed one by one; what leaves the list leaves its pane to the others', async () => {
      await both('ada', 'ben');
      await pane('ada').getByRole('button', { name: 'Close this conversation' }).click();
      await shows('ben*');
      await hasFocus(boxOf('ben'));
      expect(await robin.button('Close this conversation').count()).toBe(0);
      await both('ada', 'ben');
      await pane('ben').getByRole('button', { name: 'Conversation actions' }).click();
      await robin.page.getByRole('menuitem', { name: 'Mark as unread' }).click();
      await shows('ada*');
      await robin.entry('Ben').locator('.count-marked').waitFor();
    });

    test('a tablet folds its list for two; unfolded, it shows the one that is worked in', async () => {
      const ipad = await Visitor.signedIn(browser, parley.url, { viewport: tablet });
      visitors.set('tablet', ipad);
      await ipad.entry('Ada').click();
      await shows('ada*', ipad.page);
      await isSound(ipad, 'tablet, one conversation');
      await ipad.entry('Ben').click({ modifiers: ['ControlOrMeta'] });
      await shows('ada ben*', ipad.page);
      await ipad.button('Unfold the list').waitFor();
      await isSound(ipad, 'tablet, two conversations');
      await ipad.entry('Cleo').click();
      await shows('ada cleo*', ipad.page);
      await ipad.button('Unfold the list').click();
      await shows('cleo*', ipad.page);
      await ipad.button('Fold the list').click();
      await shows('ada cleo*', ipad.page);
      await ipad.to(`#/c/${idOf('cleo')}/person?before=${idOf('ada')}`);
      await ipad.page.getByRole('complementary', { name: 'Contact' }).waitFor();
      await isSound(ipad, 'tablet, a sheet in the place of its messages');
      await ipad.page.setViewportSize(broadTablet);
      await shows('ada cleo*', ipad.page);
      await isSound(ipad, 'tablet on its side');
      await ipad.page.setViewportSize(phone);
      await shows('cleo*', ipad.page);
      await ipad.page.setViewportSize(desktop);
      await shows('ada cleo*', ipad.page);
      await ipad.leave();
      visitors.delete('tablet');
    });

    test('a phone shows one at a time, and offers nothing else', async () => {
      const mobile = await Visitor.signedIn(browser, parley.url, { viewport: phone });
      visitors.set('phone', mobile);
      await mobile.to(`#/c/${idOf('ben')}?before=${idOf('ada')}`);
      await shows('ben*', mobile.page);
      expect(await mobile.button('Close this conversation').count()).toBe(0);
      await mobile.button('Conversation actions').click();
      await mobile.page.getByRole('menuitem', { name: 'Snooze' }).waitFor();
      expect(await mobile.page.getByRole('menuitem', { name: 'Open another beside' }).count()).toBe(0);
      await mobile.page.keyboard.press('Escape');
      await mobile.link('Back to the list').click();
      await mobile.entry('Cleo').click();
      await shows('cleo*', mobile.page);
      await isSound(mobile, 'phone');
      await mobile.leave();
      visitors.delete('phone');
    });

    test('in the dark, and from right to left', async () => {
      const dark = await Visitor.signedIn(browser, parley.url, { viewport: wide, theme: 'dark' });
      visitors.set('dark', dark);
      await both('ada', 'ben', dark);
      await dark.button('Fold the list').click();
      await dark.button('Unfold the list').waitFor();
      await isSound(dark, 'dark, folded');
      await dark.page.evaluate(() => localStorage.setItem('parley.language', 'ar'));
      await dark.page.reload();
      await shows('ada ben*', dark.page);
      const left = async (name: string) => (await paneOf(dark.page, name).boundingBox())?.x ?? 0;
      expect(await left('ada')).toBeGreaterThan(await left('ben'));
      const line = dark.page.getByRole('separator');
      await line.focus();
      const before = (await paneOf(dark.page, 'ada').boundingBox())?.width ?? 0;
      await dark.page.keyboard.press('ArrowLeft');
      await expect.poll(async () => (await paneOf(dark.page, 'ada').boundingBox())?.width).toBeGreaterThan(before);
      await isSound(dark, 'right to left');
      await dark.leave();
      visitors.delete('dark');
    });

    test('a pane that breaks says so in its place; the others go on', async () => {
      const broken = await Visitor.signedIn(browser, parley.url, { viewport: wide });
      visitors.set('broken', broken);
      const answer = { items: [{ id: 'x', sentAt: new Date().toISOString() }], nextCursor: null };
      await broken.page.route(`**/conversations/${idOf('ben')}/messages*`, (route) => route.fulfill({ json: answer }));
      await both('ada', 'ben', broken);
      await paneOf(broken.page, 'ben').getByText('This part of Parley stopped working').waitFor();
      await paneOf(broken.page, 'ada').getByRole('article').filter({ hasText: 'I am ada' }).waitFor();
      expect(await broken.page.getByRole('main').count()).toBe(1);
      await isSound(broken, 'a broken pane');
      await paneOf(broken.page, 'ben').getByRole('button', { name: 'Close this conversation' }).click();
      await shows('ada*', broken.page);
      await broken.leave();
      visitors.delete('broken');
    });

    test('that something was seen is told to the server; where it is gone by then, nobody needs to know', async () => {
      await both('ben', 'ada');
      const gone = { status: 404, title: 'Not found', detail: 'That conversation is gone', code: 'not-found' };
      const place = `**/conversations/${idOf('ada')}`;
      const asked = robin.page.waitForResponse((response) => response.request().method() === 'PATCH');
      await robin.page.route(place, (route) =>
        route.request().method() === 'PATCH' ? route.fulfill({ status: 404, json: gone }) : route.fallback(),
      );
      await say('ada', 'seen while it goes');
      expect((await asked).status()).toBe(404);
      await pane('ada').getByRole('article').filter({ hasText: 'seen while it goes' }).waitFor();
      expect(await robin.page.locator('.notice-box').innerText()).toBe('');
      await robin.page.unroute(place);
    });

    test('two people who are merged are one conversation, also in a pane that is not worked in', async () => {
      await both('dan', 'ada');
      await robin.list.getByRole('tab', { name: 'People' }).click();
      await robin.entry('Dan').dragTo(robin.entry('Cleo'));
      await shows('cleo ada*');
      await expect.poll(() => robin.page.locator('.notice-box').innerText()).toContain('Undo');
      await pane('cleo').getByRole('article').filter({ hasText: 'I am dan' }).waitFor();
      await robin.button('Undo').click();
      await robin.entry('Dan').waitFor();
      await robin.list.getByRole('tab', { name: 'Chats' }).click();
    });

    test('nothing went wrong', () => {
      // The pane of who was merged may have asked for what is gone, a moment before it was told.
      const gone = new RegExp(`status of 404.*/conversations/(${idOf('dan')}|${idOf('ada')})\\b`);
      expect(robin.unexpected(notSignedIn, gone)).toEqual([]);
    });
  });
}
