import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChatInfo, MessageEvent } from '../../src/sdk/index.js';
import { desktop, openBrowser, phone, Visitor } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { person, Stage, said } from '../support/stage.js';
import { picture } from '../support/stage-files.js';

/** What a person does with messages: marks, passing on, choosing several, earlier wordings, reactions. */
const ready = await labOrSkip([], ['browser']);

const room: ChatInfo = { id: '#boats', kind: 'group', name: 'Boat shed' };
const direct = (from: string, text: string, more: Partial<MessageEvent> = {}): MessageEvent =>
  said(text, from, { from: person(from), ...more });

/** Told by Chromium itself. */
const notSignedIn = /status of 401/;

if (ready) {
  let stage: Stage;
  let parley: Parley;
  let browser: Browser;

  beforeAll(async () => {
    stage = await Stage.make();
    [parley, browser] = await Promise.all([Parley.start(stage.env), openBrowser()]);
    await parley.setUp();
    const account = (await parley.signIn('stage', 'name', { name: 'robin' })).id;
    await parley.online(account);
    await stage.deliver('robin', { type: 'chat', chat: room, joined: true }, direct('tomas', 'Hello there'));
    await stage.order('robin', {
      do: 'terms',
      chat: 'tomas',
      terms: { send: { attachments: 'rejected' } },
    });
    await accepted('Tomas');
  });
  afterAll(async () => {
    await browser?.close();
    await parley?.remove();
  });

  const conversation = (name: string): Promise<string> => parley.idOf('conversations', name);
  const accepted = async (name: string) => parley.ok('POST', `/conversations/${await conversation(name)}/accept`);

  describe.each([
    { width: 'desktop', viewport: desktop, friend: 'ada' },
    { width: 'phone', viewport: phone, friend: 'ines' },
  ])('messages and what is done with them, on a $width', ({ viewport, friend }) => {
    let robin: Visitor;
    const { name } = person(friend);

    beforeAll(async () => {
      await stage.deliver('robin', direct(friend, 'Good morning'));
      await accepted(name);
      const at = Date.now();
      await stage.deliver(
        'robin',
        direct(friend, 'The mooring is free', { at: at + 1 }),
        direct(friend, 'Bring the long rope', { at: at + 2 }),
        direct(friend, 'A picture of it', { at: at + 3, attachments: [picture('mooring.png')] }),
        direct(friend, 'Saturdey at ten', { id: `typo of ${friend}`, at: at + 4 }),
      );
      robin = await come();
      await open(robin, name);
    });
    afterAll(() => robin?.leave());
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(async () => console.error(`the page: ${await robin.picture(task.name)}\n${parley.said}`));
    });

    const come = (): Promise<Visitor> => Visitor.signedIn(browser, parley.url, { viewport });
    const open = async (visitor: Visitor, whose: string) => {
      await visitor.to(`#/c/${await conversation(whose)}`);
      await visitor.box.waitFor();
    };
    const menu = async (text: string, item: string, visitor = robin) => {
      const row = visitor.message(text).last();
      await row.focus();
      await row.getByRole('button', { name: 'More actions' }).click();
      await visitor.page.getByRole('menuitem', { name: item, exact: true }).click();
    };
    const dialog = () => robin.page.getByRole('dialog');
    const whole = async () => {
      expect(await robin.violations()).toEqual([]);
      expect(await robin.overflow()).toEqual([]);
    };

    test('a star is seen in every window, and all stars stand on one page', async () => {
      const second = await come();
      await open(second, name);
      await menu('Bring the long rope', 'Star');
      await second.message('Bring the long rope').getByRole('img', { name: 'Starred' }).waitFor();
      await robin.message('Bring the long rope').getByRole('img', { name: 'Starred' }).waitFor();
      await second.to('#/starred');
      const list = second.page.getByRole('list', { name: 'Starred messages' });
      await list.getByRole('button', { name: /Bring the long rope/ }).waitFor();
      await menu('The mooring is free', 'Star');
      await eventually(async () => (await list.getByRole('listitem').count()) === 2);
      expect(await second.violations()).toEqual([]);
      expect(await second.overflow()).toEqual([]);
      await list.getByRole('button', { name: 'Remove star' }).first().click();
      await eventually(async () => (await list.getByRole('listitem').count()) === 1);
      await list.getByRole('button', { name: /Bring the long rope/ }).click();
      await second.message('Bring the long rope').waitFor();
      await menu('Bring the long rope', 'Remove star', second);
      await second.to('#/starred');
      await second.page.getByText('Nothing is starred').waitFor();
      await second.leave();
    });

    test('a pinned message stands above the conversation, and leads to its place', async () => {
      await menu('Good morning', 'Pin');
      const bar = robin.page.getByRole('region', { name: 'Pinned messages' });
      await bar.getByRole('button', { name: 'Good morning' }).waitFor();
      await menu('The mooring is free', 'Pin');
      await bar.getByRole('button', { name: 'The mooring is free' }).click();
      await bar.getByRole('button', { name: 'Good morning' }).waitFor();
      await whole();
      await bar.getByRole('link', { name: 'Show all 2 pinned messages' }).click();
      const panel = robin.page.getByRole('complementary', { name: 'Pinned messages' });
      await panel.getByRole('button', { name: 'Unpin' }).first().click();
      await eventually(async () => (await panel.getByRole('listitem').count()) === 1);
      await whole();
      await panel.getByRole('button', { name: 'Unpin' }).click();
      await panel.getByText('Nothing is pinned here').waitFor();
      await open(robin, name);
      await bar.waitFor({ state: 'detached' });
    });

    test('what a message said before is kept', async () => {
      const chat = { id: friend, kind: 'direct' as const };
      const edit = (text: string) =>
        stage.deliver('robin', { type: 'edit', chat, target: `typo of ${friend}`, text, at: Date.now() });
      await edit('Saturday at ten');
      await edit('Saturday at eleven');
      await robin.message('Saturday at eleven').waitFor();
      await menu('Saturday at eleven', 'Earlier wordings');
      const wordings = dialog().getByRole('list', { name: 'Earlier wordings' }).getByRole('listitem');
      await eventually(async () => (await wordings.count()) === 3);
      expect(await wordings.locator('.wording-text').allInnerTexts()).toEqual([
        'Saturday at eleven',
        'Saturday at ten',
        'Saturdey at ten',
      ]);
      await whole();
      await dialog().getByRole('button', { name: 'Close' }).click();
    });

    test('a message is passed on with its file; what would be lost is said before', async () => {
      await menu('A picture of it', 'Forward');
      await dialog().getByRole('searchbox', { name: 'Find a conversation' }).fill('toma');
      await dialog().getByRole('checkbox', { name: /Tomas/ }).check();
      const ways = dialog().getByRole('region', { name: 'How it goes there' });
      await eventually(async () => /file/i.test(await ways.innerText()));
      await whole();
      await dialog().getByRole('button', { name: 'Forward', exact: true }).click();
      await dialog().getByRole('alert').first().waitFor();
      await dialog().getByRole('checkbox', { name: /Tomas/ }).uncheck();
      await dialog().getByRole('searchbox', { name: 'Find a conversation' }).fill('boat');
      await dialog()
        .getByRole('checkbox', { name: /Boat shed/ })
        .check();
      await eventually(async () => (await ways.innerText()).includes('Nothing is lost'));
      await dialog().getByRole('textbox', { name: 'Add a message' }).fill('Look at this');
      await dialog().getByRole('button', { name: 'Forward', exact: true }).click();
      await dialog().waitFor({ state: 'detached' });
      const sent = robin.message('Look at this').last();
      await sent.waitFor();
      expect(await sent.innerText()).toContain(`${name}: A picture of it`);
      await sent.getByRole('button', { name: 'Forwarded' }).click();
      await robin.message('A picture of it').first().waitFor();
      await stage.asked('robin', ({ what, chat }) => what === 'send' && chat === '#boats');
      await open(robin, name);
    });

    test('several are chosen by key or finger, copied, starred and passed on', async () => {
      await robin.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      const bar = robin.page.getByRole('toolbar', { name: 'Selected messages' });
      await menu('The mooring is free', 'Select');
      await bar.getByText('1 selected').waitFor();
      await robin.message('The mooring is free').focus();
      await robin.page.keyboard.press('Shift+ArrowDown');
      await bar.getByText('2 selected').waitFor();
      await robin.message('Good morning').click();
      await bar.getByText('3 selected').waitFor();
      await whole();
      await bar.getByRole('button', { name: 'Copy as text' }).click();
      const copied = await eventually(() => robin.page.evaluate(() => navigator.clipboard.readText()));
      expect(copied.split('\n').map((line) => line.replace(/^\[[^\]]+\] /, ''))).toEqual([
        `${name}: Good morning`,
        `${name}: The mooring is free`,
        `${name}: Bring the long rope`,
      ]);
      await bar.waitFor({ state: 'detached' });
      await menu('The mooring is free', 'Select');
      await robin.message('Bring the long rope').click();
      await bar.getByRole('button', { name: 'Forward' }).click();
      await dialog().getByRole('searchbox', { name: 'Find a conversation' }).fill('boat');
      await robin.page.keyboard.press('Enter');
      await dialog().getByRole('button', { name: 'Forward', exact: true }).click();
      await robin.message(`${name}: Bring the long rope`).waitFor();
      expect((await robin.texts()).slice(-2)).toEqual([`${name}: The mooring is free`, `${name}: Bring the long rope`]);
      await open(robin, name);
      await menu('Good morning', 'Select');
      await robin.message('Good morning').focus();
      await robin.page.keyboard.press('Escape');
      await bar.waitFor({ state: 'detached' });
    });

    test('the same from the keyboard, with the message that has the focus', async () => {
      const { keyboard } = robin.page;
      const row = robin.message('The mooring is free');
      await row.focus();
      await keyboard.press('Alt+Shift+S');
      await row.getByRole('img', { name: 'Starred' }).waitFor();
      await keyboard.press('Alt+Shift+S');
      await row.getByRole('img', { name: 'Starred' }).waitFor({ state: 'detached' });
      await keyboard.press('Alt+Shift+V');
      await robin.heading('Forward message').waitFor();
      await keyboard.press('Escape');
      await dialog().waitFor({ state: 'detached' });
      await keyboard.press('Alt+Shift+X');
      await robin.page.getByRole('toolbar', { name: 'Selected messages' }).getByText('1 selected').waitFor();
      await row.focus();
      await keyboard.press('Escape');
      await keyboard.press('Alt+Shift+B');
      await robin.heading('Starred messages').waitFor();
      await open(robin, name);
    });

    test('an edit begins with the marks it was written in', async () => {
      const id = await conversation(name);
      const body = { text: 'a **bold** word', format: 'markdown' };
      await parley.ok('POST', `/conversations/${id}/messages`, body);
      await menu('a bold word', 'Edit');
      const field = robin.page.getByRole('textbox', { name: 'Edit the message' });
      await field.waitFor();
      expect(await field.inputValue()).toBe('a **bold** word');
      await field.fill('a **bolder** word');
      await field.press('Enter');
      await robin.message('a bolder word').locator('strong').waitFor();
      await robin.message('a bolder word').getByRole('button', { name: 'edited' }).click();
      await dialog().getByText('a bold word').waitFor();
      await robin.page.keyboard.press('Escape');
    });

    test('own messages are deleted together, after a question', async () => {
      await robin.write('one too many');
      await robin.write('two too many');
      for (const text of ['one too many', 'two too many'])
        await robin
          .message(text)
          .getByRole('link', { name: /^Delivery/ })
          .waitFor();
      await menu('one too many', 'Select');
      await robin.message('two too many').click();
      await robin.page.getByRole('toolbar').getByRole('button', { name: 'Delete' }).click();
      await robin.page.getByRole('heading', { name: 'Delete 2 messages?' }).waitFor();
      await whole();
      await dialog().getByRole('button', { name: 'Delete' }).click();
      await eventually(async () => (await robin.log.getByText('Deleted').count()) === 2);
    });

    test('any emoji is a reaction, found by its name; those used last come first', async () => {
      const row = robin.message('Bring the long rope');
      await row.focus();
      await row.getByRole('button', { name: 'React' }).click();
      const search = robin.page.getByRole('combobox', { name: 'Search emoji' });
      await search.fill('sailboat');
      await whole();
      await robin.page.keyboard.press('Enter');
      await row.getByRole('button', { name: '⛵ 1: You' }).waitFor();
      await stage.asked('robin', ({ what, value }) => what === 'react' && JSON.stringify(value).includes('⛵'));
      const other = robin.message('The mooring is free');
      await other.focus();
      await other.getByRole('button', { name: 'React' }).click();
      await robin.page.getByRole('dialog', { name: 'React' }).getByRole('button', { name: '⛵' }).first().click();
      await other.getByRole('button', { name: '⛵ 1: You' }).click();
      await other.getByRole('list', { name: 'Reactions' }).waitFor({ state: 'detached' });
    });

    test('nothing went wrong on the page', async () => {
      expect(robin.unexpected(notSignedIn, /status of (409|422)/)).toEqual([]);
    });
  });
}
