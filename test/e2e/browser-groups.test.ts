import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBrowser, Visitor } from '../support/browser.js';
import { tabTo } from '../support/keyboard.js';
import { labOrSkip } from '../support/lab.js';
import { MailPeer } from '../support/mail-peer.js';
import { eventually, Parley } from '../support/parley.js';
import { SmscPeer } from '../support/sms-peer.js';

/** One message, several people and several ways, in a browser: groups, the ledger, broadcasts, administration. */
const ready = await labOrSkip([], ['browser']);

const PRIYA = 'priya@example.org';
const TOMAS = '+447700900187';
/** SMPP: the message queue is full; the destination is not valid. */
const [BUSY, NO_SUCH_NUMBER] = [0x14, 0x0b];
/** Told by Chromium itself. */
const notSignedIn = /status of 401/;

type Row = { id: string; name: string };

if (ready) {
  describe('people and ways', () => {
    let parley: Parley;
    let browser: Browser;
    let robin: Visitor;
    let mail: MailPeer;
    let smsc: SmscPeer;
    let second: SmscPeer;
    const accounts = { echo: '', mail: '', sms: '', second: '' };

    beforeAll(async () => {
      [parley, browser, mail, smsc, second] = await Promise.all([
        Parley.start(),
        openBrowser(),
        MailPeer.start(),
        SmscPeer.start(),
        SmscPeer.start(),
      ]);
      await parley.setUp();
      accounts.echo = (await parley.signIn('echo', 'name', { name: 'robin', buddies: 'ada, silent' })).id;
      accounts.mail = (await parley.signIn('email', mail.login.flow, mail.login.inputs[0] ?? {})).id;
      accounts.sms = (await parley.signIn('sms', smsc.login.flow, smsc.login.inputs[0] ?? {})).id;
      await parley.ok('PATCH', `/accounts/${accounts.sms}`, { name: 'Phone' });
      for (const id of [accounts.echo, accounts.mail, accounts.sms]) await parley.online(id);
      await contact('Ada', { buddies: [{ accountId: accounts.echo, address: 'ada' }] });
      await contact('Priya', { addresses: [{ kind: 'email', value: PRIYA }] });
      await contact('Tomas', { addresses: [{ kind: 'phone', value: TOMAS }] });
      await contact('Nobody', {});
      robin = await Visitor.signedIn(browser, parley.url);
    });
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
      for (const peer of [mail, smsc, second]) await peer?.stop();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(async () => console.error(`the page: ${await robin.picture(task.name)}\n${parley.said}`));
    });

    const contact = (name: string, more: Record<string, unknown>): Promise<Row> =>
      parley.ok('POST', '/contacts', { name, ...more });
    const panel = () => robin.page.getByRole('complementary');
    const standing = (text: string) => robin.message(text).first().locator('.standing');
    const mailed = () => mail.submitted.map(({ raw }) => raw);
    const texted = () => smsc.phone.texts;

    test('a group over three channels is made without a mouse', async () => {
      const { page } = robin;
      const { keyboard } = page;
      await tabTo(page, 'New');
      await keyboard.press('Enter');
      await tabTo(page, 'New group', 'ArrowDown');
      await keyboard.press('Enter');
      await robin.heading('New group').waitFor();
      await tabTo(page, 'Name');
      await keyboard.type('Crew');
      await tabTo(page, 'Find people');
      await keyboard.type('nobody');
      const people = page.getByRole('list', { name: 'People' }).getByRole('listitem');
      await eventually(async () => (await people.count()) === 1);
      await tabTo(page, /Nobody/);
      await keyboard.press('Space');
      await page.getByText('Nobody gets nothing until a channel leads to them.').waitFor();
      await keyboard.press('Space');
      await tabTo(page, 'Find people', 'Shift+Tab');
      await keyboard.press('ControlOrMeta+a');
      await keyboard.press('Delete');
      await eventually(async () => (await people.count()) > 3);
      await tabTo(page, /Ada/);
      await keyboard.press('Space');
      for (const name of ['Priya', 'Tomas']) {
        await tabTo(page, new RegExp(name), 'ArrowDown');
        await keyboard.press('Space');
      }
      await page.getByText('3 chosen').waitFor();
      await tabTo(page, 'Create group');
      await keyboard.press('Enter');
      await robin.heading('Crew').waitFor();
      await page.getByText('Ada, Priya, Tomas').waitFor();
    });

    test('everybody gets it on their own channel, and their answers are gathered, with the name', async () => {
      await robin.write('Saturday at ten?');
      await eventually(() => texted().some((text) => text.includes('Saturday at ten?')));
      await eventually(() => mailed().some((text) => text.includes('Saturday at ten?')));
      // The practice network answers with the same words.
      await eventually(async () => (await robin.message('Saturday at ten?').count()) === 2);
      await eventually(async () => /sent|have it/i.test(await standing('Saturday at ten?').innerText()));
      await smsc.deliver({ source_addr: TOMAS.slice(1), short_message: { message: 'I bring the key' } });
      const answer = robin.message('I bring the key');
      await answer.waitFor();
      expect(await answer.getAttribute('aria-label')).toMatch(/^Tomas, /);
    });

    test('who has it, who has not, and once more for whom it failed', async () => {
      smsc.submitStatuses.push(NO_SUCH_NUMBER);
      await robin.write('Bring life jackets');
      const line = standing('Bring life jackets');
      await eventually(async () => (await line.innerText()).includes('1 failed'));
      // What comes in moves what is clicked.
      await eventually(async () => (await robin.message('Bring life jackets').count()) === 2);
      await line.click();
      const failed = panel().getByRole('region', { name: 'Failed' });
      await failed.getByRole('button', { name: /Tomas/ }).waitFor();
      await panel()
        .getByRole('region', { name: 'Sent, no word of it yet' })
        .getByRole('button', { name: /Priya/ })
        .waitFor();
      await failed.getByRole('button', { name: /Tomas/ }).click();
      await failed.getByRole('list', { name: 'Tries' }).waitFor();
      await failed.getByRole('button', { name: 'Send again' }).click();
      await failed.waitFor({ state: 'detached' });
      await eventually(() => texted().filter((text) => text.includes('Bring life jackets')).length === 1);
      await eventually(async () => !(await line.innerText()).includes('failed'));
    });

    test('members come and go, and the name changes', async () => {
      const { page } = robin;
      await robin.link('About this conversation').click();
      await panel().getByRole('button', { name: 'Add or remove people' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('checkbox', { name: /Nobody/ }).check();
      await dialog.getByRole('button', { name: 'Save' }).click();
      const nobody = panel().getByRole('listitem').filter({ hasText: 'Nobody' });
      await nobody.locator('.person-problem').waitFor();
      await nobody.getByRole('button', { name: 'Remove Nobody' }).click();
      await nobody.waitFor({ state: 'detached' });
      await panel().getByLabel('Name of the group').fill('Boat crew');
      await panel().getByLabel('Name of the group').press('Enter');
      await robin.heading('Boat crew').waitFor();
      await panel().getByRole('switch').click();
      const id = await parley.idOf('conversations', 'Boat crew');
      await eventually(async () => (await parley.ok('GET', `/conversations/${id}`)).group.relay === true);
    });

    test('three tries on two channels, in one ledger', async () => {
      const both = await contact('Ines', {
        addresses: [
          { kind: 'phone', value: '+447700900111' },
          { kind: 'email', value: 'ines@example.org' },
        ],
      });
      const { conversationId } = await parley.ok('GET', `/contacts/${both.id}`);
      smsc.submitStatuses.push(BUSY, NO_SUCH_NUMBER);
      const route = { steps: [{ channels: ['sms'] }, { channels: ['email'], unless: 'sent', within: 'PT60S' }] };
      const { message } = await parley.ok('POST', `/conversations/${conversationId}/messages`, {
        text: 'The slip is free until noon',
        route,
      });
      await robin.to(`#/c/${conversationId}/m/${message.id}`);
      const tries = panel().getByRole('list', { name: 'Tries' });
      await eventually(async () => (await tries.count()) === 2, 60_000);
      await eventually(async () => (await tries.getByRole('listitem').count()) === 3);
      await panel().getByText('Why SMS?').waitFor();
      await panel().getByText('Why email?').waitFor();
      const { items } = await parley.ok('GET', `/messages/${message.id}/deliveries`);
      expect(items.map(({ channel, status }: Record<string, string>) => [channel, status])).toEqual([
        ['sms', 'failed'],
        ['email', 'sent'],
      ]);
      await robin.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await panel().getByRole('button', { name: 'Copy as JSON' }).click();
      await robin.page.getByText('The ledger is copied.').waitFor();
      const copied = JSON.parse(await robin.page.evaluate(() => navigator.clipboard.readText()));
      expect(copied.message.id).toBe(message.id);
      expect(copied.deliveries.flatMap((one: { attempts: unknown[] }) => one.attempts)).toHaveLength(3);
    });

    test('what came of a doubtful one is said by hand', async () => {
      const { conversationId } = await parley.ok('GET', `/contacts/${await parley.idOf('contacts', 'Ines')}`);
      smsc.submitMode = 'cut';
      const { message } = await parley.ok('POST', `/conversations/${conversationId}/messages`, {
        text: 'Is this one out?',
        via: accounts.sms,
      });
      await eventually(async () => (await parley.ok('GET', `/messages/${message.id}`)).status === 'unknown');
      smsc.submitMode = 'answer';
      await robin.to(`#/c/${conversationId}/m/${message.id}`);
      await panel().getByRole('button', { name: 'It arrived' }).click();
      await eventually(async () => (await parley.ok('GET', `/messages/${message.id}`)).status === 'sent');
      await panel().getByRole('button', { name: 'It arrived' }).waitFor({ state: 'detached' });
    });

    test('a stuck message, and the one that waits for it', async () => {
      const { id } = (await parley.ok('POST', '/chats', { accountId: accounts.echo, address: 'silent' })).conversation;
      await robin.to(`#/c/${id}`);
      await robin.write('fail temporary 9');
      await robin.write('after that one');
      await robin
        .message('fail temporary 9')
        .first()
        .getByText(/^Not out yet/)
        .waitFor();
      const waits = robin.message('after that one').getByRole('button', { name: 'fail temporary 9' });
      await waits.click();
      await eventually(() =>
        robin.page.evaluate(() => document.activeElement?.textContent?.includes('fail temporary 9') === true),
      );
    });

    test('an account that stands in is chosen where the account is', async () => {
      accounts.second = (await parley.signIn('sms', second.login.flow, second.login.inputs[0] ?? {})).id;
      await parley.ok('PATCH', `/accounts/${accounts.second}`, { name: 'Second phone' });
      await parley.online(accounts.second);
      await robin.to('#/networks');
      const phone = robin.page.getByRole('listitem', { name: 'Phone', exact: true });
      await phone.getByLabel('If it fails, send by').selectOption({ label: 'Second phone' });
      await eventually(async () => (await parley.ok('GET', `/accounts/${accounts.sms}`)).standbyId === accounts.second);
      const mailbox = robin.page.getByRole('listitem').filter({ hasText: 'Email' });
      expect(await mailbox.getByLabel('If it fails, send by').count()).toBe(0);
    });

    test('a broadcast: written, previewed, paused, taken up again and cancelled', async () => {
      const { page } = robin;
      for (let index = 0; index < 40; index++) {
        const value = `+4477009010${String(index).padStart(2, '0')}`;
        await contact(`Rower ${String(index).padStart(2, '0')}`, { addresses: [{ kind: 'phone', value }] });
      }
      await robin.to('#/broadcasts');
      await robin.link('New broadcast').first().click();
      await robin.field('Find people').fill('rower');
      await page.getByRole('button', { name: 'Choose all 40 found' }).click();
      await robin.field('Find people').fill('nobody');
      await page.getByRole('checkbox', { name: /Nobody/ }).check();
      await page.getByText('41 chosen').waitFor();
      await page.getByRole('textbox', { name: 'Message' }).fill('Dear {{firstName}}, the regatta begins at ten.');
      await robin.fill('Name', 'Regatta');
      const preview = page.getByRole('region', { name: 'Preview' });
      await preview.getByText('40 by SMS').waitFor();
      await preview.getByText('1 cannot be reached').waitFor();
      await preview.getByText('Dear Rower, the regatta begins at ten.').waitFor();
      smsc.submitMode = 'silent';
      await robin.button('Send to 40 people').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).click();
      await robin.heading('Regatta').waitFor();
      const progress = page.getByRole('progressbar', { name: 'Regatta' });
      await progress.waitFor();
      await robin.button('Pause').click();
      await page.getByText('Paused', { exact: true }).waitFor();
      await robin.button('Resume').click();
      await page.getByText('Sending', { exact: true }).first().waitFor();
      await page.getByRole('button', { name: /^Cannot be reached/ }).click();
      await page.getByRole('region', { name: 'People' }).getByText('Nobody').waitFor();
      await robin.button('Cancel').click();
      await page.getByRole('button', { name: 'Cancel the rest' }).click();
      await page.getByText('Cancelled', { exact: true }).first().waitFor();
      smsc.submitMode = 'answer';
      await robin.link('Back to the broadcasts').click();
      await page.getByRole('link', { name: /^Regatta/ }).waitFor();
    });

    test('what came to nothing is seen and sent again by an admin', async () => {
      const { page } = robin;
      smsc.submitMode = 'answer';
      smsc.submitStatuses.push(NO_SUCH_NUMBER);
      const { conversationId } = await parley.ok('GET', `/contacts/${await parley.idOf('contacts', 'Tomas')}`);
      const { message } = await parley.ok('POST', `/conversations/${conversationId}/messages`, {
        text: 'Bring the long rope',
        via: accounts.sms,
      });
      await eventually(async () => (await parley.ok('GET', `/messages/${message.id}`)).status === 'failed');
      await robin.to('#/settings');
      await robin.link('Open administration').click();
      await page.getByText('Queued').first().waitFor();
      await page.getByLabel('Network', { exact: true }).selectOption({ label: 'SMS' });
      const letter = page.getByRole('list', { name: 'Messages' }).getByRole('listitem').first();
      await letter.getByText(/not valid/).waitFor();
      expect(await page.getByRole('main').innerText()).not.toContain('long rope');
      await letter.getByRole('button', { name: /^Send again/ }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
      await page.getByText(/^1 message tried again/).waitFor();
      await eventually(async () => (await parley.ok('GET', `/messages/${message.id}`)).status === 'sent');
    });

    test('nothing went wrong on any page', () => {
      expect(robin.unexpected(notSignedIn)).toEqual([]);
    });
  });
}
