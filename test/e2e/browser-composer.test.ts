import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { looks, openBrowser, Visitor, Visitors } from '../support/browser.js';
import { IrcPeer } from '../support/irc-peer.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';

/** Writing: emoji, marks, names, drafts and what keys do, at a desk and on a phone. */
const ready = await labOrSkip([], ['browser']);

const notSignedIn = /status of 401/;

if (ready) {
  describe('the composer', () => {
    let parley: Parley;
    let browser: Browser;
    let irc: IrcPeer;
    const visitors = new Visitors();

    beforeAll(async () => {
      [parley, browser, irc] = await Promise.all([Parley.start(), openBrowser(), IrcPeer.start()]);
      await parley.setUp();
      const echo = await parley.signIn('echo', 'name', { name: 'robin', buddies: 'ben, chloe' });
      await parley.online(echo.id);
      for (const address of ['ben', 'chloe']) {
        const { conversation } = await parley.ok('POST', '/chats', { accountId: echo.id, address });
        await parley.ok('POST', `/conversations/${conversation.id}/messages`, { text: `To ${address}` });
      }
      const login = irc.login.inputs[0] ?? {};
      const account = await parley.signIn('irc', irc.login.flow, { ...login, channels: '#tea' });
      await parley.online(account.id);
      for (const look of looks) {
        visitors.set(look.name, await Visitor.signedIn(browser, parley.url, look));
      }
    }, 90_000);
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
      await irc?.stop();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(() => visitors.pictures(task.name));
    });

    const at = (look: 'desktop, light' | 'phone, dark'): Visitor => visitors.at(look);
    const desk = () => at('desktop, light');
    const idOf = (name: string): Promise<string> => parley.idOf('conversations', name);
    const says = (visitor: Visitor, wanted: string) =>
      eventually(async () => {
        const now = await visitor.box.inputValue();
        if (now !== wanted) throw new Error(`the box says ${JSON.stringify(now)}`);
        return true;
      });
    /** With an empty box: what was cleared in the other window is cleared here too. */
    const openChat = async (visitor: Visitor, name: string): Promise<void> => {
      await visitor.to(`#/c/${await idOf(name)}`);
      await visitor.box.waitFor();
      await says(visitor, '');
    };
    async function isSound(visitor: Visitor, screen: string): Promise<void> {
      expect.soft(await visitor.violations(), screen).toEqual([]);
      expect.soft(await visitor.overflow(), `${screen}: wider than the window`).toEqual([]);
      if (process.env.PARLEY_PICTURES) await visitor.picture(screen);
    }

    test('an emoji is found by its name and picked with keys, in the tone that was chosen', {
      timeout: 60_000,
    }, async () => {
      for (const [name, visitor] of visitors) {
        const { page } = visitor;
        await openChat(visitor, 'ben');
        await visitor.box.fill('ab');
        await visitor.box.press('Home');
        await visitor.box.press('ArrowRight');
        await visitor.button('Emoji').click();
        const search = page.getByRole('combobox', { name: 'Search emoji' });
        await page.getByRole('gridcell', { name: 'grinning face', exact: true }).waitFor();
        await isSound(visitor, `emoji, ${name}`);
        await page.getByRole('combobox', { name: 'Skin tone' }).selectOption('4');
        await search.fill('thumbs up');
        await search.press('ArrowDown');
        const active = await search.getAttribute('aria-activedescendant');
        expect(await page.locator(`[id="${active}"]`).getAttribute('aria-label')).toBe('thumbs up');
        await isSound(visitor, `emoji found, ${name}`);
        await search.press('Enter');
        await says(visitor, 'a👍🏾b');
        expect(await visitor.box.evaluate((box) => box === document.activeElement)).toBe(true);
        await visitor.button('Emoji').click();
        await page.getByRole('rowheader', { name: 'Recently used' }).waitFor();
        await search.fill('no such thing');
        await page.getByText('No emoji is called that.').waitFor();
        await page.keyboard.press('Escape');
        await visitor.box.fill('');
      }
    });

    test('names of emoji become emoji while they are typed', async () => {
      for (const [name, visitor] of visitors) {
        await openChat(visitor, 'ben');
        await visitor.box.pressSequentially('well :tad');
        await visitor.page.getByRole('option', { name: /tada|party popper/ }).waitFor();
        await isSound(visitor, `emoji offered, ${name}`);
        await visitor.box.press('Tab');
        await visitor.box.pressSequentially(' :rocket: 10:30 :)');
        await says(visitor, 'well 🎉 🚀 10:30 :)');
        await visitor.box.pressSequentially(' :tad');
        await visitor.page.getByRole('listbox', { name: 'Emoji' }).waitFor();
        await visitor.box.press('Escape');
        expect(await visitor.page.getByRole('listbox', { name: 'Emoji' }).count()).toBe(0);
        await visitor.box.fill('');
      }
    });

    test('the toolbar and keys write marks; what is sent is drawn so', async () => {
      const visitor = desk();
      const { box } = visitor;
      await openChat(visitor, 'chloe');
      await box.pressSequentially('so ');
      await box.press('Control+b');
      await box.pressSequentially('bold');
      await box.press('Control+b');
      await box.press('Shift+Enter');
      await box.pressSequentially('- one');
      await box.press('Shift+Enter');
      await box.pressSequentially('two');
      await says(visitor, 'so **bold**\n- one\n- two');
      await box.press('Control+z');
      expect(await box.inputValue()).not.toContain('two');
      await box.fill('so **bold** and code');
      await box.evaluate((element: HTMLTextAreaElement) => element.setSelectionRange(16, 20));
      const toolbar = visitor.page.getByRole('toolbar', { name: 'Formatting' });
      await toolbar.getByRole('button', { name: 'Code', exact: true }).click();
      await says(visitor, 'so **bold** and `code`');
      await isSound(visitor, 'formatting, desktop');
      await toolbar.getByRole('button', { name: 'Bold' }).focus();
      await visitor.page.keyboard.press('ArrowLeft');
      expect(await visitor.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Quote');
      await box.press('Enter');
      await visitor.log.locator('strong').getByText('bold').first().waitFor();
      await visitor.log.locator('code').getByText('code').first().waitFor();
      await visitor.button('Format with Markdown').click();
      expect(await toolbar.count()).toBe(0);
      const phone = at('phone, dark');
      await openChat(phone, 'chloe');
      await phone.button('Format with Markdown').click();
      await isSound(phone, 'formatting, phone');
      await phone.button('Format with Markdown').click();
    });

    test('a member is named as their network calls them, and a person by their name', async () => {
      const visitor = desk();
      await openChat(visitor, '#tea');
      await visitor.box.pressSequentially('@o');
      await visitor.page.getByRole('option', { name: /op/ }).waitFor();
      await isSound(visitor, 'names offered, desktop');
      await visitor.box.press('Enter');
      await says(visitor, 'op: ');
      await visitor.box.pressSequentially('the kettle is on');
      await visitor.box.press('Enter');
      await eventually(() => irc.received.some((line) => line.endsWith('PRIVMSG #tea :op: the kettle is on')));
      const phone = at('phone, dark');
      await openChat(phone, 'ben');
      await phone.box.pressSequentially('ask @chl');
      await phone.page.getByRole('option', { name: /chloe/ }).waitFor();
      await isSound(phone, 'names offered, phone');
      await phone.page.getByRole('option', { name: /chloe/ }).click();
      await says(phone, 'ask @chloe ');
      await phone.box.fill('');
    });

    test('a draft is the same in all windows, and gone from all once it is sent', { timeout: 60_000 }, async () => {
      const [visitor, phone] = [desk(), at('phone, dark')];
      await openChat(visitor, 'ben');
      await openChat(phone, 'ben');
      await visitor.box.fill('Begun at the desk');
      await says(phone, 'Begun at the desk');
      await phone.box.fill('Begun at the desk, ended on the way');
      await says(visitor, 'Begun at the desk, ended on the way');
      await phone.page.reload();
      await says(phone, 'Begun at the desk, ended on the way');
      await phone.box.press('Enter');
      await says(visitor, '');
      await visitor.message('Begun at the desk, ended on the way').first().waitFor();
      await eventually(async () => {
        const conversation = await parley.ok('GET', `/conversations/${await idOf('ben')}`);
        return conversation.draft === null || undefined;
      });
    });

    test('Enter makes a line where that is wanted, and Control Enter sends', async () => {
      const visitor = desk();
      await openChat(visitor, 'ben');
      const toggle = async () => {
        await visitor.button('More ways to send').click();
        await visitor.page.getByRole('menuitemcheckbox', { name: 'Enter sends' }).click();
        await visitor.page.keyboard.press('Escape');
      };
      await toggle();
      await visitor.box.pressSequentially('two');
      await visitor.box.press('Enter');
      await visitor.box.pressSequentially('lines');
      await says(visitor, 'two\nlines');
      await visitor.box.press('Control+Enter');
      await visitor.message('lines').first().waitFor();
      await toggle();
      await visitor.write('one line');
    });

    test('arrow up changes what was said last, and the focus comes back', async () => {
      const visitor = desk();
      await openChat(visitor, 'ben');
      await visitor.write('A tyop');
      await visitor.box.press('ArrowUp');
      const form = visitor.page.getByRole('textbox', { name: 'Edit the message' });
      await form.fill('A typo');
      await form.press('Enter');
      await visitor.message('A typo').first().waitFor();
      await eventually(() => visitor.box.evaluate((box) => box === document.activeElement || undefined));
      await visitor.box.fill('something');
      await visitor.box.press('ArrowUp');
      expect(await form.count()).toBe(0);
      await visitor.box.fill('');
    });

    test('nothing went wrong on the page', () => {
      for (const [name, visitor] of visitors) expect(visitor.unexpected(notSignedIn), name).toEqual([]);
    });
  });
}
