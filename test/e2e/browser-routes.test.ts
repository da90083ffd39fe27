import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { looks, openBrowser, Visitor } from '../support/browser.js';
import { tabTo } from '../support/keyboard.js';
import { labOrSkip } from '../support/lab.js';
import { MailPeer } from '../support/mail-peer.js';
import { eventually, Parley } from '../support/parley.js';
import { SmscPeer } from '../support/sms-peer.js';

/** One message and its way, in a browser: routes as sentences, what the composer says, times, words, undo, offline. */
const ready = await labOrSkip([], ['browser']);

const PHONE = '+447700900187';
const MAIL = 'ada@example.org';
/** Told by Chromium itself. */
const expected = [/status of 401/, /ERR_INTERNET_DISCONNECTED/, /ERR_FAILED/, /WebSocket connection/];

type Row = { id: string; name: string };
type Step = Record<string, unknown>;

if (ready) {
  describe('routes and the composer', () => {
    let parley: Parley;
    let browser: Browser;
    let robin: Visitor;
    let mail: MailPeer;
    let smsc: SmscPeer;
    let ada: Row & { conversationId: string };
    const accounts = { echo: '', mail: '', sms: '' };

    beforeAll(async () => {
      [parley, browser, mail, smsc] = await Promise.all([
        Parley.start(),
        openBrowser(),
        MailPeer.start(),
        SmscPeer.start(),
      ]);
      await parley.setUp();
      accounts.echo = (await parley.signIn('echo', 'name', { name: 'robin', buddies: 'ada' })).id;
      accounts.mail = (await parley.signIn('email', mail.login.flow, mail.login.inputs[0] ?? {})).id;
      accounts.sms = (await parley.signIn('sms', smsc.login.flow, smsc.login.inputs[0] ?? {})).id;
      await parley.ok('PATCH', `/accounts/${accounts.sms}`, { name: 'Phone' });
      for (const id of Object.values(accounts)) await parley.online(id);
      const { id } = await parley.ok('POST', '/contacts', {
        name: 'Ada',
        buddies: [{ accountId: accounts.echo, address: 'ada' }],
        addresses: [
          { kind: 'phone', value: PHONE },
          { kind: 'email', value: MAIL },
        ],
      });
      const priya = await parley.ok('POST', '/contacts', {
        name: 'Priya',
        addresses: [{ kind: 'email', value: 'priya@example.org' }],
      });
      await parley.ok('POST', '/groups', { name: 'Crew', contactIds: [id, priya.id] });
      await parley.ok('POST', '/chats', { accountId: accounts.echo, address: 'ada' });
      ada = await eventually(async () => {
        const contact = await parley.ok('GET', `/contacts/${id}`);
        return contact.conversationId ? contact : undefined;
      });
      robin = await Visitor.signedIn(browser, parley.url);
    });
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
      await mail?.stop();
      await smsc?.stop();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(async () => console.error(`the page: ${await robin.picture(task.name)}\n${parley.said}`));
    });

    const dialog = (): Locator => robin.page.getByRole('dialog');
    const pick = async (menu: string | RegExp, item: string | RegExp, within: Locator = robin.page.locator('body')) => {
      await within.getByRole('button', { name: menu }).click();
      await robin.page.getByRole('menu').getByText(item, { exact: true }).click();
    };
    const routes = async (): Promise<(Row & { policy: { steps: Step[] }; sentence: string })[]> =>
      (await parley.ok('GET', '/routes')).items;
    const deliveriesOf = async (text: string): Promise<Record<string, string>[]> => {
      const { items } = await parley.ok('GET', `/conversations/${ada.conversationId}/messages?limit=50`);
      const message = items.find(
        (one: { text: string; direction: string }) => one.text === text && one.direction === 'out',
      );
      return message ? (await parley.ok('GET', `/messages/${message.id}/deliveries`)).items : [];
    };
    const texted = () => smsc.phone.texts;
    const mailed = () => mail.submitted.map(({ raw }) => raw);
    const open = () => robin.to(`#/c/${ada.conversationId}`);
    const more = (item: string | RegExp) => pick('More ways to send', item);

    test('a route is written as a sentence, without a mouse', async () => {
      const { page } = robin;
      const { keyboard } = page;
      await robin.to('#/settings');
      await page.getByRole('region', { name: 'Routes' }).getByText('New route').waitFor();
      await tabTo(page, 'New route');
      await keyboard.press('Enter');
      await dialog().waitFor();
      await keyboard.type('Family');
      await tabTo(page, /^With a copy by mail/);
      await keyboard.press('Enter');
      const said = dialog().locator('.route-sentence');
      await expect
        .poll(() => said.innerText())
        .toBe('IM, and if not delivered in 5 minutes SMS, and email in any case.');
      await tabTo(page, 'Time of step 2: 5 minutes');
      await keyboard.press('Enter');
      await tabTo(page, '15 minutes', 'ArrowDown');
      await keyboard.press('Enter');
      await tabTo(page, 'Step 2');
      await keyboard.press('Enter');
      await page.getByRole('menuitem', { name: 'Only if…' }).waitFor();
      await keyboard.press('Enter');
      await tabTo(page, 'if the message is');
      await keyboard.press('Space');
      await expect
        .poll(() => said.innerText())
        .toBe('IM, and if not delivered in 15 minutes SMS (only if it is urgent), and email in any case.');
      await tabTo(page, 'Step 3');
      await keyboard.press('Enter');
      await tabTo(page, 'Earlier', 'ArrowDown');
      await keyboard.press('Enter');
      await expect
        .poll(() => said.innerText())
        .toBe('IM, and if not delivered in 15 minutes email, and SMS (only if it is urgent) in any case.');
      await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Step 2');
      await keyboard.press('Enter');
      await tabTo(page, 'Later', 'ArrowDown');
      await keyboard.press('Enter');
      const words = 'IM, and if not delivered in 15 minutes SMS (only if it is urgent), and email in any case';
      await expect.poll(() => said.innerText()).toBe(`${words}.`);
      await tabTo(page, 'Save');
      await keyboard.press('Enter');
      await dialog().waitFor({ state: 'detached' });
      const [route] = await routes();
      expect(route).toMatchObject({
        name: 'Family',
        sentence: words,
        policy: {
          steps: [
            { channels: ['im'] },
            { channels: ['sms'], unless: 'delivered', within: 'PT15M', only: { urgency: 'urgent' } },
            { channels: ['email'] },
          ],
        },
      });
    });

    test('only what a channel before can prove is offered', async () => {
      const { page } = robin;
      await robin.button('New route').click();
      await dialog().getByLabel('Name').fill('Mail first');
      await dialog().getByRole('button', { name: 'When step 2 goes: if not delivered' }).click();
      await page.getByRole('menuitemradio', { name: /^if not read/ }).click();
      await dialog().getByRole('button', { name: 'Channels of step 1: IM' }).click();
      await page.getByRole('menuitemcheckbox', { name: 'Email' }).click();
      await page.getByRole('menuitemcheckbox', { name: 'IM' }).click();
      await page.keyboard.press('Escape');
      await dialog().getByText('Nothing by email is ever proven read').waitFor();
      await dialog().getByRole('button', { name: 'When step 2 goes: if not read' }).click();
      expect(await page.getByRole('menuitemradio', { name: /^if not delivered/ }).count()).toBe(0);
      await page.getByRole('menuitemradio', { name: /^if not sent/ }).click();
      await dialog().getByText('is ever proven').waitFor({ state: 'detached' });
      await dialog().getByRole('button', { name: 'Save' }).click();
      await dialog().waitFor({ state: 'detached' });
    });

    test('routes are renamed, made the default, and deleted', async () => {
      const { page } = robin;
      await pick('Actions for Mail first', 'Edit');
      await dialog().getByLabel('Name').fill('Mail, then the rest');
      await dialog().getByRole('button', { name: 'Save' }).click();
      await pick('Actions for Mail, then the rest', 'Make it the default');
      const line = page.getByRole('list', { name: 'Routes' }).getByRole('listitem').filter({ hasText: 'Mail, then' });
      await line.getByText('Default').waitFor();
      const [profile] = (await parley.ok('GET', '/me')).profiles;
      expect(profile.routeId).toBe((await routes()).find(({ name }) => name === 'Mail, then the rest')?.id);
      await open();
      await robin.button('Send via Mail, then the rest, as usual').waitFor();
      await robin.to('#/settings');
      await pick('Actions for Mail, then the rest', 'Delete');
      await dialog().getByRole('button', { name: 'Delete' }).click();
      await line.waitFor({ state: 'detached' });
      expect((await parley.ok('GET', '/me')).profiles[0].routeId ?? null).toBe(null);
    });

    test('as usual says what would be taken and why; an account can stand for a conversation', async () => {
      const { page } = robin;
      await open();
      await page.getByRole('button', { name: /^Send via .+, as usual$/ }).click();
      await page.getByRole('menuitemradio', { name: /^As usual .+ No route is set\./ }).waitFor();
      await page.getByRole('menuitemradio', { name: /^Phone/ }).click();
      await page.getByText(/^Goes to .+ by Phone \(SMS\)\./).waitFor();
      await robin.box.fill('x'.repeat(161));
      await page.getByText('2 SMS parts · 145 characters left').waitFor();
      await robin.box.fill('x😀');
      await page.getByText('1 SMS part · 67 characters left · special characters').waitFor();
      await robin.box.fill('');
      await pick('Send via Phone', 'Always by Phone here');
      await eventually(async () => {
        const { via } = await parley.ok('GET', `/conversations/${ada.conversationId}`);
        return via === accounts.sms;
      });
      await robin.via(/^As usual/);
      await robin.button('Send via Phone, as usual').waitFor();
      await robin.write('always by phone');
      await eventually(() => texted().includes('always by phone'));
      await pick('Send via Phone, as usual', 'No longer always by Phone');
      await eventually(async () => (await parley.ok('GET', `/conversations/${ada.conversationId}`)).via === null);
    });

    test('a saved route, and one for a single message', async () => {
      const { page } = robin;
      await open();
      await robin.via(/^Family/);
      const sentence = 'IM, and if not delivered in 15 minutes SMS (only if it is urgent), and email';
      await page.locator('.where', { hasText: sentence }).waitFor();
      await robin.button('Change the route of this message').click();
      await dialog().getByRole('button', { name: 'Everything at once' }).click();
      await dialog().getByRole('button', { name: 'Use for this message' }).click();
      await robin.write('by everything');
      await eventually(async () => {
        const ways = (await deliveriesOf('by everything')).map(({ channel }) => channel).sort();
        return ways.join() === 'email,im,sms';
      });
      await page.getByRole('button', { name: /^Send via .+, as usual$/ }).waitFor();
    });

    test('routes of people and groups, and what waits for what', async () => {
      const { page } = robin;
      const [family] = await routes();
      await robin.to(`#/c/${ada.conversationId}/person`);
      const panel = page.getByRole('complementary').getByRole('region', { name: 'Sending' });
      await panel.getByLabel('Route').selectOption('Family');
      await eventually(async () => (await parley.ok('GET', `/contacts/${ada.id}`)).routeId === family?.id);
      await panel.getByText(/^IM, and if not delivered in 15 minutes/).waitFor();
      await panel.getByLabel('When a message cannot go').selectOption('hold');
      await panel.getByText('Nothing overtakes it').waitFor();
      await eventually(
        async () => (await parley.ok('GET', `/conversations/${ada.conversationId}`)).whenStuck === 'hold',
      );
      await robin.button('Send via Family, as usual').waitFor();
      await panel.getByLabel('Route').selectOption('');
      await panel.getByLabel('When a message cannot go').selectOption('pass');
      await eventually(async () => (await parley.ok('GET', `/contacts/${ada.id}`)).routeId === null);
      await robin.entry('Crew').click();
      await robin.link('About this conversation').click();
      await panel.getByLabel('Route').selectOption('Family');
      await eventually(async () => {
        const { items } = await parley.ok('GET', '/conversations');
        return items.find(({ name }: Row) => name === 'Crew').routeId === family?.id;
      });
      await panel.getByLabel('Route').selectOption('');
    });

    test('who gets what, by which way, before it is sent', async () => {
      const { page } = robin;
      await open();
      await robin.via(/^IM \+ email \+ SMS/);
      await robin.box.fill('See https://example.org and bring everything. '.repeat(5).trim());
      await more('Who gets what');
      const shown = page.getByRole('region', { name: 'Who gets what' });
      await shown.getByText(PHONE).waitFor();
      expect(await shown.getByRole('listitem').count()).toBe(3);
      await shown.getByText('2 parts').waitFor();
      await robin.box.fill('Hello');
      await shown.getByText('2 parts').waitFor({ state: 'detached' });
      await robin.entry('Crew').click();
      await page.getByPlaceholder('Write to Crew').waitFor();
      await robin.box.fill('Saturday at ten');
      await more('Who gets what');
      const people = shown.getByRole('list', { name: 'People' });
      await people.getByText('Priya', { exact: true }).click();
      await people.getByText('priya@example.org').waitFor();
      await people.getByText('Saturday at ten').last().waitFor();
      await robin.button('Close who gets what').click();
      await shown.waitFor({ state: 'detached' });
      await robin.box.fill('');
    });

    test('other words for SMS, urgent, and given up in time', async () => {
      const { page } = robin;
      await open();
      await robin.via(/^Phone/);
      await robin.box.fill('The long words, which nobody wants to pay for');
      await more('Other words per channel');
      await page.getByLabel('Other words for SMS').fill('short words');
      await more('Urgent');
      await more('Send later, or expire…');
      await dialog().getByLabel('Give it up').selectOption('after 1 hour');
      await dialog().getByRole('button', { name: 'Done' }).click();
      const about = page.getByRole('list', { name: 'About this message' });
      await about.getByText('Urgent').waitFor();
      await about.getByText('Given up after 1 hour').waitFor();
      await robin.button('Send').click();
      await robin.button('Undo').waitFor();
      await eventually(() => texted().includes('short words'), 30_000);
      const { items } = await parley.ok('GET', `/conversations/${ada.conversationId}/messages?limit=5`);
      expect(items.find((one: Step) => String(one.text).startsWith('The long words'))).toMatchObject({
        urgency: 'urgent',
      });
      expect(await about.count()).toBe(0);
    });

    test('a message for tomorrow, by keyboard', async () => {
      const { page } = robin;
      const { keyboard } = page;
      await open();
      await robin.box.fill('good morning');
      await tabTo(page, 'More ways to send');
      await keyboard.press('Enter');
      await tabTo(page, /^Send later/, 'ArrowDown');
      await keyboard.press('Enter');
      await dialog().waitFor();
      await tabTo(page, /^Tomorrow/);
      await keyboard.press('Enter');
      await tabTo(page, 'Done');
      await keyboard.press('Enter');
      await page.getByText('Tomorrow 09:00').waitFor();
      await robin.box.press('Enter');
      await robin.message('good morning').waitFor();
      const found = await eventually(async () => {
        const { items } = await parley.ok('GET', '/scheduled');
        return items.find(({ text }: Step) => text === 'good morning');
      });
      expect(new Date(found.sentAt).getTime()).toBeGreaterThan(Date.now());
    });

    test('a template is saved, found again, and inserted with its words', async () => {
      const { page } = robin;
      await open();
      await robin.box.fill('Dear {{firstName}}, the boat leaves at ten');
      await more('Save as a template…');
      await dialog().getByLabel('Name').fill('Departure');
      await dialog()
        .getByLabel(/^Words for SMS/)
        .fill('Boat leaves at 10');
      await dialog().getByRole('button', { name: 'Save' }).click();
      await dialog().waitFor({ state: 'detached' });
      await robin.box.fill('');
      await more('Insert a template…');
      await dialog().getByLabel('Find a template').fill('nothing like it');
      await dialog().getByText('None has these words').waitFor();
      await dialog().getByLabel('Find a template').fill('depart');
      await page.keyboard.press('Enter');
      await expect.poll(() => robin.box.inputValue()).toBe('Dear {{firstName}}, the boat leaves at ten');
      await expect.poll(() => page.getByLabel('Other words for SMS').inputValue()).toBe('Boat leaves at 10');
      await robin.box.fill('');
      await robin.to('#/settings');
      await pick('Actions for Departure', 'Delete');
      await dialog().getByRole('button', { name: 'Delete' }).click();
      await eventually(async () => (await parley.ok('GET', '/templates')).items.length === 0);
    });

    test('sending is undone: words, subject, file and route come back, and nothing went out', async () => {
      const { page } = robin;
      await open();
      await robin.via(/^(?!As usual|IM|Phone|Family).*ada@example\.org/);
      await page
        .locator('input[type="file"]')
        .setInputFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
      await page.getByRole('list', { name: 'Attachments' }).getByText('1B').waitFor();
      await page.getByLabel('Email subject').fill('The plan');
      await robin.write('not yet ready');
      await page.getByText(/^Sending in \d+ s/).waitFor();
      await robin.box.press('ControlOrMeta+z');
      await expect.poll(() => robin.box.inputValue()).toBe('not yet ready');
      expect(await page.getByLabel('Email subject').inputValue()).toBe('The plan');
      await page.getByRole('form').getByText('plan.txt').waitFor();
      await robin.button('Undo').waitFor({ state: 'detached' });
      await robin.write('not yet ready either');
      await tabTo(page, 'Undo', 'Shift+Tab');
      await page.keyboard.press('Enter');
      await expect.poll(() => robin.box.inputValue()).toBe('not yet ready either');
      await new Promise((resolve) => setTimeout(resolve, 11_000));
      expect(mailed().some((raw) => raw.includes('not yet ready'))).toBe(false);
      await robin.write('now it is');
      await eventually(() => mailed().some((raw) => raw.includes('now it is')), 30_000);
    });

    test('what cannot be undone goes at once, once that is the setting', async () => {
      await robin.to('#/settings');
      await robin.page.getByRole('region', { name: 'Undo sending' }).getByLabel('For').selectOption('0');
      await eventually(async () => (await parley.ok('GET', '/me')).undoSeconds === 0);
      await open();
      await robin.via(/^Phone/);
      await robin.write('at once');
      await eventually(() => texted().includes('at once'), 5000);
      expect(await robin.button('Undo').count()).toBe(0);
    });

    test('what is written offline goes out once, in order, also after a reload', async () => {
      const { page } = robin;
      await open();
      await robin.via(/^Phone/);
      await page.context().setOffline(true);
      const words = ['offline one', 'offline two', 'offline three'];
      for (const text of words) await robin.write(text);
      await page.getByText('Waits for the connection to Parley').first().waitFor();
      // The page itself comes from the server: it is there again, but takes no messages yet.
      await page.route('**/api/v1/conversations/*/messages', (route) =>
        route.request().method() === 'POST' ? route.abort() : route.continue(),
      );
      await page.context().setOffline(false);
      await page.reload();
      await eventually(async () => (await page.getByText('Waits for the connection to Parley').count()) === 3);
      expect((await robin.texts()).slice(-3)).toEqual(words);
      expect(texted().filter((text) => text.startsWith('offline'))).toEqual([]);
      await page.unroute('**/api/v1/conversations/*/messages');
      await eventually(() => texted().filter((text) => text.startsWith('offline')).length === 3, 60_000);
      await page.reload();
      await eventually(async () => (await robin.texts()).filter((text) => text.startsWith('offline')).length === 3);
      expect(texted().filter((text) => text.startsWith('offline'))).toEqual(words);
      expect((await robin.texts()).filter((text) => text.startsWith('offline'))).toEqual(words);
    });

    test('nothing went wrong on any page', () => {
      expect(robin.unexpected(...expected)).toEqual([]);
    });

    for (const { name, viewport, theme } of looks) {
      test(`it is sound: ${name}`, async () => {
        await parley.ok('PATCH', '/me', { undoSeconds: 10 });
        const visitor = await Visitor.come(browser, parley.url, { viewport, theme });
        const { page } = visitor;
        const isSound = async (screen: string) => {
          expect.soft(await visitor.violations(), screen).toEqual([]);
          expect.soft(await visitor.overflow(), `${screen}: wider than the window`).toEqual([]);
        };
        const menu = async (item: string) => {
          await page.getByRole('button', { name: 'More ways to send' }).click();
          await page.getByRole('menu').getByText(item, { exact: true }).click();
        };
        await visitor.to('#/settings');
        await visitor.fill('Email', 'owner@example.org');
        await visitor.fill('Password', 'correct horse battery');
        await visitor.button('Sign in').click();
        await page.getByRole('list', { name: 'Routes' }).scrollIntoViewIfNeeded();
        await isSound(`routes, ${name}`);
        await page.getByRole('button', { name: 'Actions for Family' }).click();
        await page.getByRole('menuitem', { name: 'Edit' }).click();
        await page.getByRole('button', { name: /^Conditions of step 2/ }).click();
        await isSound(`route, ${name}`);
        await page.getByRole('button', { name: 'When step 2 goes: if not delivered' }).click();
        await isSound(`route and a word, ${name}`);
        await page.keyboard.press('Escape');
        await page.keyboard.press('Escape');
        await visitor.button('New route').click();
        await isSound(`new route, ${name}`);
        await page.keyboard.press('Escape');
        await visitor.to(`#/c/${ada.conversationId}`);
        await page.getByRole('button', { name: /^Send via/ }).click();
        await page.getByRole('menuitemradio', { name: /^As usual .+\./ }).waitFor();
        await isSound(`ways, ${name}`);
        await page.getByRole('menuitemradio', { name: /^Family/ }).click();
        await page.getByRole('button', { name: 'More ways to send' }).click();
        await isSound(`more, ${name}`);
        await page.keyboard.press('Escape');
        await visitor.box.fill('The boat leaves at ten, please bring the key and your jackets.');
        await menu('Urgent');
        await menu('Who gets what');
        await page.getByRole('region', { name: 'Who gets what' }).getByText(PHONE).waitFor();
        await isSound(`who gets what, ${name}`);
        await visitor.button('Close who gets what').click();
        await menu('Other words per channel');
        await page.getByLabel('Other words for SMS').fill('Boat leaves at 10. Bring key');
        await isSound(`other words, ${name}`);
        await menu('Send later, or expire…');
        await page.getByRole('dialog').waitFor();
        await isSound(`when, ${name}`);
        await page.keyboard.press('Escape');
        await visitor.box.press('Enter');
        await visitor.button('Undo').waitFor();
        await isSound(`undo, ${name}`);
        await visitor.button('Undo').click();
        await expect.poll(() => visitor.box.inputValue()).toContain('The boat leaves');
        await isSound(`undone, ${name}`);
        await visitor.box.fill('');
        await visitor.to(`#/c/${ada.conversationId}/person`);
        await page.getByRole('region', { name: 'Sending' }).scrollIntoViewIfNeeded();
        await isSound(`sending to a person, ${name}`);
        expect(visitor.unexpected(...expected)).toEqual([]);
        await visitor.leave();
      });
    }
  });
}
