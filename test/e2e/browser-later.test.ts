import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { looks, openBrowser, Visitor, Visitors } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { MailPeer } from '../support/mail-peer.js';
import { eventually, Parley } from '../support/parley.js';

/** Scheduled messages and digests of missed ones, as people set and change them. */
const ready = await labOrSkip([], ['browser']);

const notSignedIn = /status of 401/;
const refusedForm = /status of 422/;
const hour = 3_600_000;

if (ready) {
  describe('later', () => {
    let parley: Parley;
    let browser: Browser;
    let mail: MailPeer;
    let echo: { id: string };
    const visitors = new Visitors();

    beforeAll(async () => {
      [parley, browser, mail] = await Promise.all([Parley.start(), openBrowser(), MailPeer.start()]);
      await parley.setUp();
      echo = await parley.signIn('echo', 'name', { name: 'robin', buddies: 'ben, chloe, echo' });
      await parley.online(echo.id);
      for (const look of looks) {
        const visitor = await Visitor.come(browser, parley.url, look);
        await visitor.to();
        await visitor.heading('Sign in').waitFor();
        await visitor.signIn();
        visitors.set(look.name, visitor);
      }
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
      await mail?.stop();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(() => visitors.pictures(task.name));
    });

    async function isSound(visitor: Visitor, screen: string): Promise<void> {
      expect.soft(await visitor.violations(), screen).toEqual([]);
      expect.soft(await visitor.overflow(), `${screen}: wider than the window`).toEqual([]);
      if (process.env.PARLEY_PICTURES) await visitor.picture(screen);
    }
    const first = (): Visitor => visitors.at(looks[0].name);
    const schedule = async (
      to: string,
      text: string,
      inMs: number,
    ): Promise<{ id: string; conversationId: string }> => {
      const { conversation } = await parley.ok('POST', '/chats', { accountId: echo.id, address: to });
      const sendAt = new Date(Date.now() + inMs).toISOString();
      return (await parley.ok('POST', `/conversations/${conversation.id}/messages`, { text, sendAt })).message;
    };
    const statusOf = async (id: string): Promise<string> => (await parley.ok('GET', `/messages/${id}`)).status;

    test('what is scheduled: nothing, then some, on every look', { timeout: 90_000 }, async () => {
      for (const [name, visitor] of visitors) {
        await visitor.to('#/scheduled');
        await visitor.page.getByText('Nothing is scheduled').waitFor();
        await isSound(visitor, `nothing scheduled, ${name}`);
      }
      await schedule('ben', 'The rent, as agreed', 20 * 60_000);
      await schedule('chloe', `Happy birthday! ${'And many happy returns. '.repeat(20)}`, 26 * hour);
      await schedule('echo', 'no echo', 80 * 24 * hour);
      for (const [name, visitor] of visitors) {
        await visitor.page.getByText('The rent, as agreed').waitFor();
        const list = visitor.page.getByRole('list', { name: 'Scheduled messages' });
        await eventually(async () => ((await list.getByRole('listitem').count()) === 3 ? true : undefined));
        await isSound(visitor, `scheduled, ${name}`);
        await visitor.button('Actions for the message to chloe').click();
        await visitor.page.getByRole('menuitem', { name: 'Change text or time' }).click();
        await isSound(visitor, `a scheduled message changed, ${name}`);
        await visitor.button('Cancel').click();
      }
    });

    test('a message is changed, sent now, and not sent after all', { timeout: 90_000 }, async () => {
      const visitor = first();
      const rent = await schedule('ben', 'Teh rent', 2 * hour);
      await visitor.page.getByText('Teh rent').waitFor();
      const lines = () => visitor.page.getByRole('list', { name: 'Scheduled messages' }).getByRole('listitem');
      const act = async (text: string, what: string) => {
        await lines().filter({ hasText: text }).getByRole('button', { name: 'Actions for' }).click();
        await visitor.page.getByRole('menuitem', { name: what }).click();
      };
      await act('Teh rent', 'Change text or time');
      await visitor.fill('Text', 'The rent of May');
      await visitor.fill('To be sent at', '2027-05-01T09:30');
      await visitor.button('Save').click();
      await visitor.page.getByText('1 May').waitFor();
      expect(new Date((await parley.ok('GET', `/messages/${rent.id}`)).sentAt).getFullYear()).toBe(2027);
      await act('The rent of May', 'Send now');
      await eventually(async () => ((await statusOf(rent.id)) === 'queued' ? undefined : true));
      await eventually(async () =>
        (await lines().filter({ hasText: 'The rent of May' }).count()) === 0 ? true : undefined,
      );
      await act('Happy birthday!', 'Do not send');
      await visitor.button('Do not send').click();
      await visitor.page.getByText('It is not sent.').waitFor();
      await visitor.entry('chloe').click();
      await eventually(async () => ((await visitor.box.inputValue()).startsWith('Happy birthday!') ? true : undefined));
    });

    test('missed messages: no account, then rules, a mistake, and one sent now', { timeout: 120_000 }, async () => {
      for (const [name, visitor] of visitors) {
        await visitor.to('#/settings');
        const section = visitor.page.getByRole('region', { name: 'Missed messages' });
        await section.getByText('you have none yet').waitFor();
        await section.scrollIntoViewIfNeeded();
        await isSound(visitor, `no account for digests, ${name}`);
      }
      const account = await parley.signIn('email', mail.login.flow, mail.login.inputs[0] ?? {});
      await parley.online(account.id);
      for (const [name, visitor] of visitors) {
        const section = visitor.page.getByRole('region', { name: 'Missed messages' });
        await visitor.field('Sent by').waitFor();
        if (visitor === first()) {
          await visitor.page.getByLabel('Send me what I missed').check();
          await visitor.fill('To this mail address', 'nowhere');
          await section.getByRole('button', { name: 'Save' }).click();
          await section.getByText('must be a mail address').waitFor();
          await isSound(visitor, `digests, a mistake, ${name}`);
          await visitor.fill('To this mail address', 'robin@pocket.example');
          await visitor.page.getByLabel('None in quiet hours').check();
          await visitor.fill('From', '23:00');
          await section.getByRole('button', { name: 'Save' }).click();
          await section.getByRole('button', { name: 'Send one now' }).click();
          await section.getByText('Last sent just now').waitFor();
        } else await visitor.page.reload();
        await section.getByText('Last sent').waitFor();
        await section.scrollIntoViewIfNeeded();
        await isSound(visitor, `digests, ${name}`);
      }
      expect(await parley.ok('GET', '/digest')).toMatchObject({
        ...{ enabled: true, accountId: account.id, address: 'robin@pocket.example' },
        quiet: { from: '23:00', to: '07:00' },
      });
      await eventually(() => (mail.submitted.some(({ to }) => to.includes('robin@pocket.example')) ? true : undefined));
    });

    test('the server is told that a person is there when something is done, not while the page stands open', async () => {
      const visitor = first();
      const told: string[] = [];
      visitor.page.on('websocket', (socket) => {
        socket.on('framesent', ({ payload }) => {
          if (String(payload).includes('"active"')) told.push(String(payload));
        });
      });
      await visitor.page.reload();
      await visitor.list.waitFor();
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      expect(told).toEqual([]);
      await visitor.page.keyboard.press('Tab');
      await eventually(() => (told.length > 0 ? true : undefined));
      await visitor.page.keyboard.press('Tab');
      await visitor.page.mouse.wheel(0, 100);
      expect(told).toEqual(['{"type":"active"}']);
    });

    test('the pages said nothing of trouble', () => {
      for (const [name, visitor] of visitors) expect(visitor.unexpected(notSignedIn, refusedForm), name).toEqual([]);
    });
  });
}
