import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { desktop, openBrowser, phone, Visitor } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';

/** What surrounds the conversations: commands and their keys, and how it all looks. */
const ready = await labOrSkip([], ['browser']);

const notSignedIn = /status of 401/;
/** One second, the usual wait, is short on a busy machine. */
const accents = ['blue', 'violet', 'rose', 'amber', 'green', 'graphite', 'teal'];

if (ready) {
  describe('the shell', () => {
    let parley: Parley;
    let browser: Browser;
    let ada: Visitor;
    let onPhone: Visitor;
    const ids: string[] = [];

    beforeAll(async () => {
      [parley, browser] = await Promise.all([Parley.start(), openBrowser()]);
      await parley.setUp();
      const account = await parley.signIn('echo', 'name', { name: 'ada' });
      await parley.online(account.id);
      for (const address of ['ben', 'chloe', 'dmitri']) {
        const { conversation } = await parley.ok('POST', '/chats', { accountId: account.id, address });
        await parley.ok('POST', `/conversations/${conversation.id}/messages`, { text: `Hello ${address}` });
        ids.push(conversation.id);
      }
      ada = await Visitor.signedIn(browser, parley.url, { viewport: desktop });
      onPhone = await Visitor.signedIn(browser, parley.url, { viewport: phone });
      for (const visitor of [ada, onPhone]) await visitor.entry('ben').waitFor();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(async () => {
        console.error(`the pages: ${await ada.picture(task.name)} ${await onPhone.picture(`${task.name} phone`)}`);
      });
    });

    const look = (visitor: Visitor, name: string) =>
      visitor.page.evaluate((attribute) => document.documentElement.getAttribute(attribute), `data-${name}`);
    const here = (visitor: Visitor) => visitor.page.evaluate(() => location.hash);
    const isSound = async (visitor: Visitor, what: string) => {
      expect.soft(await visitor.violations(), what).toEqual([]);
      expect.soft(await visitor.overflow(), `${what}: wider than the window`).toEqual([]);
    };

    test('the command bar finds people by parts of their names, and actions', async () => {
      const { page } = ada;
      await page.keyboard.press('Control+k');
      const bar = page.getByRole('dialog', { name: 'Go to' });
      await bar.getByRole('combobox').fill('dmtri');
      await bar.getByRole('option').first().filter({ hasText: 'dmitri' }).waitFor();
      await page.keyboard.press('Enter');
      await expect.poll(() => here(ada)).toBe(`#/c/${ids[2]}`);
      await page.keyboard.press('Control+k');
      await bar.getByRole('combobox').fill('pin to');
      await bar.getByRole('option').first().filter({ hasText: 'Pin to the top' }).waitFor();
      await isSound(ada, 'command bar');
      await page.keyboard.press('Enter');
      await eventually(async () => (await parley.ok('GET', `/conversations/${ids[2]}`)).pinned === true);
      await page.keyboard.press('Control+k');
      await bar.getByRole('option', { name: 'Unpin' }).waitFor();
      await page.keyboard.press('Escape');
    });

    test('shortcuts move between conversations, also while writing', async () => {
      const { page } = ada;
      await ada.box.focus();
      const before = await here(ada);
      await page.keyboard.press('Alt+ArrowDown');
      await expect.poll(() => here(ada)).not.toBe(before);
      await page.keyboard.press('Alt+ArrowUp');
      await expect.poll(() => here(ada)).toBe(before);
      await page.keyboard.press('Control+,');
      await expect.poll(() => here(ada)).toBe('#/settings');
    });

    test('the sheet lists the shortcuts; single letters count once they are switched on', async () => {
      const { page } = ada;
      await ada.heading('Settings').waitFor();
      await page.locator('#main').focus();
      await page.keyboard.press('j');
      expect(await here(ada)).toBe('#/settings');
      await page.keyboard.press('?');
      const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
      await sheet.getByText('Next conversation').waitFor();
      await isSound(ada, 'shortcuts');
      await sheet.getByRole('switch').click();
      await sheet.getByText('J', { exact: true }).waitFor();
      await page.keyboard.press('Escape');
      await page.locator('#main').focus();
      await page.keyboard.press('j');
      await expect.poll(() => here(ada)).toContain('#/c/');
      await page.locator('#main').focus();
      await page.keyboard.press('g');
      await page.keyboard.press('s');
      await expect.poll(() => here(ada)).toBe('#/settings');
    });

    test('what is chosen for the look holds in all windows, from the first paint', async () => {
      await ada.to('#/settings');
      const appearance = ada.page.getByRole('region', { name: 'Appearance' });
      await appearance.getByText('Dark', { exact: true }).click();
      await appearance.getByText('Compact', { exact: true }).click();
      await appearance.getByRole('radio', { name: 'Violet' }).click();
      await appearance.getByText('12 hours', { exact: true }).click();
      for (const visitor of [ada, onPhone]) {
        await expect.poll(() => look(visitor, 'theme')).toBe('dark');
        await expect.poll(() => look(visitor, 'density')).toBe('compact');
        await expect.poll(() => look(visitor, 'accent')).toBe('violet');
      }
      await expect.poll(() => onPhone.list.locator('.row-time').first().innerText()).toMatch(/[ap]m$/i);
      await onPhone.page.reload({ waitUntil: 'commit' });
      await expect.poll(() => look(onPhone, 'theme')).toBe('dark');
      await isSound(ada, 'appearance, dark');
      await onPhone.to('#/settings');
      await onPhone.heading('Appearance').waitFor();
      await isSound(onPhone, 'appearance, phone');
    });

    test('every accent can be read, in the light and in the dark, with high contrast too', async () => {
      await ada.to(`#/c/${ids[0]}`);
      await ada.message('Hello ben').first().waitFor();
      for (const accent of accents) {
        await parley.ok('PATCH', '/me', { settings: { theme: 'light', accent } });
        await expect.poll(() => look(ada, 'accent')).toBe(accent === 'teal' ? null : accent);
        expect.soft(await ada.violations(), accent).toEqual([]);
      }
      await parley.ok('PATCH', '/me', { settings: { contrast: 'high' } });
      await expect.poll(() => look(ada, 'contrast')).toBe('high');
    });

    test('a conversation has a look of its own, in all windows', async () => {
      const { page } = ada;
      await ada.to(`#/c/${ids[1]}`);
      await onPhone.to(`#/c/${ids[1]}`);
      await ada.box.waitFor();
      await ada.button('Conversation actions').click();
      await page.getByRole('menuitem', { name: 'Look of this conversation' }).click();
      const dialog = page.getByRole('dialog', { name: 'Look of this conversation' });
      await dialog.getByText('Dusk', { exact: true }).click();
      await expect
        .poll(() => onPhone.page.locator('.chat').getAttribute('data-background'), { timeout: 5000 })
        .toBe('dusk');
      await dialog.getByText('Only the most needed', { exact: true }).click();
      await isSound(ada, 'scene');
      await page.keyboard.press('Escape');
      await ada.button('Emoji').waitFor({ state: 'hidden' });
      expect(await ada.button('Send').isVisible()).toBe(true);
      await isSound(ada, 'a conversation at dusk');
      await isSound(onPhone, 'a conversation at dusk, phone');
    });

    test('nothing went wrong', () => {
      for (const visitor of [ada, onPhone]) expect.soft(visitor.unexpected(notSignedIn)).toEqual([]);
    });
  });
}
