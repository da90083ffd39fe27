import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChatInfo, Event, MessageEvent } from '../../src/sdk/index.js';
import { openBrowser, Visitor } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { person, Stage, said } from '../support/stage.js';
import { avatar, picture, sound } from '../support/stage-files.js';

/** What a network can do beyond messages, as a person sees and uses it: on a network where it happens on cue. */
const ready = await labOrSkip([], ['browser']);

const minute = 60_000;
const room: ChatInfo = { id: '#boats', kind: 'group', name: 'Boat shed', topic: 'Open on Saturday', encrypted: true };
const inRoom = (from: string, text: string, more: Partial<MessageEvent> = {}): MessageEvent =>
  said(text, from, { chat: room, from: person(from), ...more });
const direct = (from: string, text: string, more: Partial<MessageEvent> = {}): MessageEvent =>
  said(text, from, { from: person(from), ...more });

/** Told by Chromium itself. */
const notSignedIn = /status of 401/;
const refused = /status of (409|422|503)/;

if (ready) {
  describe('networks in depth', () => {
    let stage: Stage;
    let parley: Parley;
    let browser: Browser;
    let robin: Visitor;
    let account: string;
    const deliver = (...events: Event[]) => stage.deliver('robin', ...events);

    beforeAll(async () => {
      stage = await Stage.make();
      [parley, browser] = await Promise.all([Parley.start(stage.env), openBrowser()]);
      await parley.setUp();
      account = (await parley.signIn('stage', 'name', { name: 'robin' })).id;
      await parley.online(account);
      await deliver(
        { type: 'contact', buddy: person('ada'), listed: true, groups: ['Boats', 'Family'], avatar },
        { type: 'contact', buddy: person('tomas'), listed: true, groups: ['Boats'] },
        { type: 'chat', chat: room, joined: true },
      );
      robin = await Visitor.signedIn(browser, parley.url);
    });
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(async () => console.error(`the page: ${await robin.picture(task.name)}\n${parley.said}`));
    });

    const conversation = (name: string): Promise<string> => parley.idOf('conversations', name);
    /** A direct conversation that is no request any more. */
    const known = async (name: string): Promise<string> => {
      const id = await conversation(name);
      await parley.ok('POST', `/conversations/${id}/accept`);
      return id;
    };
    const contact = async (name: string) => {
      const { items } = await parley.ok('GET', '/contacts?limit=100');
      return items.find((one: { name: string }) => one.name === name);
    };
    const foot = (): Promise<string> => robin.panes.locator('.composer-foot').innerText();
    const footSays = (words: string | RegExp) =>
      eventually(async () => {
        const now = await foot();
        if (now.match(words) === null) throw new Error(`the composer says: ${now}`);
        return true;
      });
    const tagsOf = (line: Locator): Promise<string[]> => line.locator('.tag').allInnerTexts();

    test('the composer says before what a chat does not do', async () => {
      await deliver(direct('ada', 'Hello'));
      await stage.order('robin', {
        do: 'terms',
        chat: 'ada',
        terms: {
          send: { formatting: 'dropped', attachments: 'fallback', replies: 'fallback', maxLength: 100, proves: 'sent' },
          without: ['edits', 'typing', 'readReceipts'],
        },
      });
      await robin.to(`#/c/${await known('Ada')}`);
      await footSays('Not end-to-end encrypted');
      await footSays('no edits');
      await footSays('no word of delivery');
      await footSays('files as links');
      await robin.box.fill('x'.repeat(90));
      await footSays('10 characters left for Stage');
      await robin.box.fill('x'.repeat(101));
      await footSays('Too long for Stage');
      expect(await robin.button('Send').isDisabled()).toBe(true);
      await robin.box.fill('**bold**');
      await robin.button('Format with Markdown').click();
      await footSays('Stage leaves the formatting out');
      await robin.button('Format with Markdown').click();
      await robin.message('Hello').hover();
      await robin.message('Hello').getByRole('button', { name: 'Reply' }).click();
      await footSays('Stage shows what you reply to as a quote');
      await robin.button('Do not reply to this').click();
      await robin.page.locator('input[type=file]').setInputFiles({
        name: 'map.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from('north'),
      });
      await footSays('Stage gets links to the files');
      await robin.button('Remove map.txt').click();
      await robin.box.fill('');
      await robin.to(`#/c/${await conversation('Boat shed')}`);
      await footSays(/End-to-end encrypted$/m);
      await robin.page.getByRole('img', { name: 'End-to-end encrypted' }).waitFor();
      expect(await robin.violations()).toEqual([]);
    });

    test('nothing is written to who asked for it or is blocked, and the way out is there', async () => {
      await deliver(direct('priya', 'No more please'), { type: 'contact', buddy: person('priya'), optedOut: true });
      await robin.to(`#/c/${await known('Priya')}`);
      const closed = robin.page.getByRole('region', { name: 'Nothing can be written here' });
      await closed.getByText('Priya asked to get no more messages by Stage').waitFor();
      expect(await robin.box.count()).toBe(0);
      expect(await robin.violations()).toEqual([]);
      await deliver({ type: 'contact', buddy: person('priya'), optedOut: false, blocked: true });
      await closed.getByText('You blocked Priya on Stage').waitFor();
      await closed.getByRole('button', { name: 'Unblock' }).click();
      await robin.box.waitFor();
      await stage.asked('robin', ({ what, value }) => what === 'block' && JSON.stringify(value).includes('false'));
    });

    test('threads, what cannot be read yet, files that play, places, images asked for', async () => {
      const html = `<p>The <b>plan</b> <img src="cid:plan" alt="Plan" width="64" height="64"> <img src="${stage.image}" alt="Banner" width="40" height="40"></p>`;
      await deliver(
        inRoom('ada', 'Who takes the boat out?', { id: 'root' }),
        inRoom('tomas', 'I could', { id: 'in-thread', thread: 'root', replyTo: 'root' }),
        inRoom('ada', 'So could I', { thread: 'root' }),
        inRoom('ada', '', { id: 'locked', unreadable: 'its key has not arrived' }),
        inRoom('tomas', 'Listen', { attachments: [sound('slip.wav')] }),
        inRoom('tomas', 'We are at geo:59.3293,18.0686;u=12.'),
        inRoom('tomas', 'The plan', { format: 'html', html, attachments: [picture('plan.png', 'plan')] }),
        { type: 'reaction', chat: room, target: 'root', from: person('tomas'), emoji: '👍', on: true, at: Date.now() },
      );
      const { page } = robin;
      await robin.to(`#/c/${await conversation('Boat shed')}`);
      const first = robin.log.locator('article').filter({ hasText: 'Who takes the boat out?' }).first();
      await first.getByText('2 messages in thread').waitFor();
      await first.getByRole('button', { name: '👍 1: Tomas' }).waitFor();
      expect(await first.locator('.reaction').innerText()).toContain('Tomas');
      await robin.message('I could').getByText('in thread of').click();
      const thread = page.getByRole('complementary', { name: 'Thread' });
      await thread.getByText('Who takes the boat out?').waitFor();
      await thread.getByText('So could I').waitFor();
      await page.keyboard.press('Escape');
      await thread.waitFor({ state: 'detached' });
      await robin.log.getByText('This message cannot be read yet.').waitFor();
      await robin.log.getByText('Its key has not arrived.').waitFor();
      const player = robin.message('Listen').locator('audio');
      await eventually(() => player.evaluate((one) => (one as HTMLAudioElement).duration === 1));
      // The element itself is silent and unseen: what is seen is the same in every browser.
      expect((await robin.message('Listen').locator('.sound').boundingBox())?.height).toBeGreaterThanOrEqual(40);
      const place = robin.log.getByRole('link', { name: 'geo:59.3293,18.0686;u=12' });
      expect(await place.getAttribute('href')).toBe('geo:59.3293,18.0686;u=12');
      const plan = robin.message('plan').filter({ hasText: 'Banner' });
      await eventually(() =>
        plan.locator('img[alt=Plan]').evaluate((one) => (one as HTMLImageElement).naturalWidth > 0),
      );
      expect(await plan.getByRole('list', { name: 'Attachments' }).count()).toBe(0);
      expect(await plan.locator('img[alt=Banner]').count()).toBe(0);
      expect(await robin.violations()).toEqual([]);
      await plan.getByRole('button', { name: 'Show images' }).click();
      const banner = robin.log.locator('img[alt=Banner]');
      await eventually(() => banner.evaluate((one) => (one as HTMLImageElement).naturalWidth > 0));
      expect(await banner.getAttribute('src')).toMatch(/^\/api\/v1\/messages\/[\w-]+\/images\?url=http/);
      await deliver(inRoom('ada', 'It opens now', { id: 'locked' }));
      await robin.message('It opens now').waitFor();
      expect(await robin.log.getByText('This message cannot be read yet.').count()).toBe(0);
      expect(robin.unexpected(notSignedIn)).toEqual([]);
    });

    test('who of a room has read it, buttons below it, what it cost', async () => {
      const sent = { providerId: 'p-1', provider: 'north', cost: { amount: '0.0750', currency: 'EUR' } };
      await stage.order('robin', { do: 'terms', chat: room.id, terms: { sent } });
      const boats = await conversation('Boat shed');
      await robin.to();
      await robin.to(`#/c/${boats}`);
      const { message } = await parley.ok('POST', `/conversations/${boats}/messages`, {
        text: 'Coffee for whom?',
        buttons: [
          [
            { label: 'Me!', value: 'me' },
            { label: 'The menu', url: 'https://example.org/menu' },
          ],
        ],
      });
      const [delivery] = (await parley.ok('GET', `/messages/${message.id}/deliveries`)).items;
      const row = robin.message('Coffee for whom?');
      await row.getByText('Me!').waitFor();
      expect(await row.getByRole('link', { name: 'The menu' }).getAttribute('href')).toBe('https://example.org/menu');
      await stage.asked('robin', ({ what, value }) => what === 'send' && JSON.stringify(value).includes('Coffee'));
      const wide = (await row.locator('.message-body').boundingBox())?.width;
      await eventually(
        async () =>
          (await parley.ok('GET', `/messages/${message.id}/deliveries`)).items[0].status === 'sent' || undefined,
      );
      const receipt = (from: string, proves: 'read' | 'delivered') =>
        ({ type: 'receipt', target: delivery.id, proves, from: person(from), at: Date.now() }) as const;
      await deliver(
        ...['ada', 'tomas', 'eske', 'noor'].map((who) => receipt(who, 'read')),
        receipt('kim', 'delivered'),
      );
      const readers = row.getByRole('button', { name: /^Read by / });
      await eventually(async () => (await readers.getAttribute('aria-label'))?.split(/, | and /).length === 4);
      expect((await row.locator('.message-body').boundingBox())?.width).toBe(wide);
      await readers.click();
      const names = robin.page.getByRole('list', { name: 'Read by' }).locator('.reader-name');
      await names.first().waitFor();
      expect((await names.allInnerTexts()).sort()).toEqual(['Ada', 'Eske', 'Noor', 'Tomas']);
      expect(await robin.page.getByRole('list', { name: 'Delivered to' }).innerText()).toContain('Kim');
      expect(await robin.violations()).toEqual([]);
      await robin.page.keyboard.press('Escape');
      await robin.to(`#/c/${boats}/m/${message.id}`);
      const tries = robin.page.getByRole('list', { name: 'Tries' });
      await tries.getByText('by north').waitFor();
      expect(await tries.innerText()).toContain('€0.075');
    });

    test('the past comes from the network, page by page, in its place', async () => {
      const chat = { id: 'noor', kind: 'direct' } as const;
      const old = Array.from({ length: 90 }, (_, index) =>
        direct('noor', `old ${index + 1} of 90`, { chat, at: Date.now() - (200 - index) * minute, backfill: true }),
      );
      await stage.order('robin', { do: 'history', chat: 'noor', messages: old, slowMs: 150 });
      await deliver(direct('noor', 'And today', { chat }));
      await robin.to(`#/c/${await known('Noor')}`);
      await robin.message('And today').waitFor();
      const top = robin.panes.locator('.timeline-top');
      const shifts: number[] = [];
      for (let turn = 0; (await top.innerText()) !== 'The conversation with Noor begins here'; turn += 1) {
        if (turn > 60) throw new Error(`never at its beginning: ${await top.innerText()}`);
        await robin.log.evaluate((box) => {
          box.scrollTop = Math.max(0, box.scrollTop - 900);
        });
        const seen = robin.log.locator('article[data-message]').nth(2);
        const id = await seen.getAttribute('data-message');
        const before = (await seen.boundingBox())?.y ?? 0;
        await robin.page.waitForTimeout(250);
        const after = (await robin.log.locator(`[data-message="${id}"]`).boundingBox())?.y ?? 0;
        shifts.push(Math.abs(after - before));
      }
      expect(Math.max(...shifts)).toBeLessThan(3);
      const texts = (await robin.texts()).map((text) => text.trim());
      expect(texts).toEqual([...old.map(({ text }) => text), 'And today']);
      expect(
        (await stage.allAsked('robin')).filter(({ what, chat: of }) => what === 'history' && of === 'noor'),
      ).toHaveLength(5);
    }, 60_000);

    test('a past that cannot be fetched says why, and is asked for again', async () => {
      const chat = { id: 'eske', kind: 'direct' } as const;
      const old = [direct('eske', 'long ago', { chat, at: Date.now() - 900 * minute, backfill: true })];
      await deliver(direct('eske', 'today', { chat }));
      const id = await known('Eske');
      await stage.order('robin', {
        do: 'state',
        state: { is: 'waiting', retryAt: Date.now() + 600_000, why: 'the server is away' },
      });
      await robin.to(`#/c/${id}`);
      await robin.page.getByText('Older messages when robin is online again.').waitFor();
      expect(await robin.violations()).toEqual([]);
      await stage.order('robin', { do: 'history', chat: 'eske', messages: old });
      await stage.order('robin', { do: 'state', state: { is: 'online' } });
      await robin.message('long ago').waitFor();
      await robin.page.getByText('The conversation with Eske begins here').waitFor();
    });

    test('an invitation says who asks and why; the answer goes to the network', async () => {
      const chat: ChatInfo = { id: '#watch', kind: 'group', name: 'Harbour watch' };
      await deliver({ type: 'chat', chat, invite: { from: person('ada'), text: 'One more pair of eyes is needed.' } });
      await robin.to(`#/c/${await conversation('Harbour watch')}`);
      await robin.page.getByText('Ada invites you to Harbour watch.').waitFor();
      await robin.log.getByText('One more pair of eyes is needed.').waitFor();
      expect(await robin.violations()).toEqual([]);
      await robin.button('Join').click();
      await robin.box.waitFor();
      await stage.asked('robin', ({ what, chat: of }) => what === 'accept' && of === '#watch');
      await deliver({
        type: 'chat',
        chat: { id: '#spam', kind: 'group', name: 'Prizes' },
        invite: { from: person('kim') },
      });
      await robin.to(`#/c/${await conversation('Prizes')}`);
      await robin.button('Decline').click();
      await stage.asked('robin', ({ what, chat: of }) => what === 'decline' && of === '#spam');
    });

    test('ten thousand members: found, written to, invited; the topic; leaving', async () => {
      const members = Array.from({ length: 10_000 }, (_, index) => ({
        buddy: index === 0 ? person('ada') : { id: `m${index}`, address: `m${index}`, name: `Member ${index}` },
        role: index === 0 ? ('owner' as const) : ('member' as const),
        presence: index % 2 ? ('online' as const) : ('unknown' as const),
      }));
      await stage.order('robin', { do: 'members', chat: room.id, members });
      await robin.to(`#/c/${await conversation('Boat shed')}/person`);
      const section = robin.page.getByRole('region', { name: 'Members' });
      await section.getByText('10,000', { exact: true }).waitFor();
      const rows = section.getByRole('listitem');
      expect(await rows.count()).toBeLessThan(60);
      expect(await rows.first().innerText()).toContain('Owner');
      await section.getByLabel('Find a member').fill('member 9999');
      await section.getByText('1 of 10,000').waitFor();
      expect(await robin.violations()).toEqual([]);
      await section.getByLabel('Find a member').fill('');
      await section.locator('.virtual').evaluate((box) => box.scrollTo(0, box.scrollHeight));
      await section.getByRole('button', { name: /^Member 9999/ }).waitFor();
      await rows.first().getByRole('button').focus();
      await robin.page.keyboard.press('ArrowDown');
      await robin.fill('Address to invite', 'kim');
      await robin.button('Invite').click();
      await robin.page.getByText('kim is invited.').waitFor();
      await stage.asked('robin', ({ what, value }) => what === 'invite' && value === 'kim');
      await robin.button('Edit the topic').click();
      await robin.page.getByRole('textbox', { name: 'Topic' }).fill('Closed for the winter');
      await robin.button('Save').click();
      await robin.page.locator('.chat-about').getByText('Closed for the winter').waitFor();
      await section.getByLabel('Find a member').fill('member 42');
      await section
        .getByRole('button', { name: /^Member 42\b/ })
        .first()
        .click();
      await robin
        .heading(/^(Member 42|m42)$/)
        .first()
        .waitFor();
      await robin.to(`#/c/${await conversation('Harbour watch')}/person`);
      await robin.button('Leave').click();
      await robin.page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
      await robin.page.getByText('You are not in Harbour watch.').waitFor();
      await stage.asked('robin', ({ what, chat }) => what === 'leave' && chat === '#watch');
    });

    test('writing and reading are told, unless the person or the conversation says no', async () => {
      const told = async (what: string, chat: string) =>
        (await stage.allAsked('robin'))
          .filter((one) => one.what === what && one.chat === chat)
          .map(({ value }) => value);
      const chat = (id: string) => ({ id, kind: 'direct' as const });
      await deliver(direct('tomas', 'One', { chat: chat('tomas') }), direct('kim', 'Two', { chat: chat('kim') }));
      const tomas = await known('Tomas');
      await robin.to(`#/c/${tomas}`);
      await robin.message('One').waitFor();
      await eventually(async () => (await told('read', 'tomas')).length > 0);
      await robin.box.pressSequentially('I am');
      await eventually(async () => (await told('typing', 'tomas')).join() === 'true');
      await robin.box.fill('');
      await eventually(async () => (await told('typing', 'tomas')).join() === 'true,false');
      await deliver({ type: 'typing', chat: chat('tomas'), from: person('tomas'), on: true });
      await robin.page.getByText('Tomas is writing').waitFor();

      await robin.to('#/settings');
      for (const name of ['Show that I am writing', 'Show what I have read']) {
        await robin.page.getByRole('switch', { name }).click();
        await robin.page.getByRole('switch', { name, checked: false }).waitFor();
      }
      await robin.to(`#/c/${await known('Kim')}`);
      await robin.message('Two').waitFor();
      await robin.box.pressSequentially('I am too');
      await robin.box.fill('');
      await eventually(
        async () =>
          (await parley.ok('GET', '/conversations?limit=100')).items.find(
            ({ name }: { name: string }) => name === 'Kim',
          )?.unread === 0,
      );
      expect(await told('typing', 'kim')).toEqual([]);
      expect(await told('read', 'kim')).toEqual([]);

      await robin.to(`#/c/${tomas}/person`);
      await robin.page.getByLabel('Show that I am writing').selectOption('On');
      await eventually(async () => (await parley.ok('GET', `/conversations/${tomas}`)).sendTyping === true);
      // The page hears a moment later than the server knows.
      await eventually(async () => {
        await robin.box.press('x');
        return (await told('typing', 'tomas')).length === 3;
      });
      expect(await robin.violations()).toEqual([]);
      await robin.box.fill('');
    });

    test('an account’s settings and facts; a sign-in at another site', async () => {
      await stage.order('robin', {
        do: 'settings',
        fields: [
          { name: 'recovery', label: 'Recovery key', kind: 'password', required: false },
          { name: 'device', label: 'Device name', kind: 'text', required: false, value: 'Parley' },
        ],
        setup: [{ label: 'Device', value: 'Not verified yet' }],
      });
      const { page } = robin;
      await robin.to('#/networks');
      await page.getByText('Not verified yet').waitFor();
      await robin
        .button(/^Actions for robin/)
        .first()
        .click();
      await page.getByRole('menuitem', { name: 'Settings' }).click();
      const dialog = page.getByRole('dialog');
      expect(await robin.field('Device name').inputValue()).toBe('Parley');
      await robin.fill('Recovery key', 'wrong');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.getByText('That is not it.').waitFor();
      expect(await robin.violations()).toEqual([]);
      await robin.fill('Recovery key', 'right');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved.').waitFor();
      const asked = await stage.asked(
        'robin',
        ({ what, value }) => what === 'settings' && JSON.stringify(value).includes('right'),
      );
      expect(asked.value).toEqual({ recovery: 'right' });

      for (const way of ['Refuse', 'Let me in']) {
        await robin.to('#/add/stage');
        await page.getByRole('radio', { name: /^Another site/ }).check();
        const onward = robin.button(/^Continue at 127\.0\.0\.1/);
        await onward.waitFor();
        expect(await robin.violations()).toEqual([]);
        await onward.click();
        await page.getByRole('link', { name: way }).click();
        if (way === 'Refuse') {
          await page.getByText('The other site did not let you in.').waitFor();
          expect(await robin.violations()).toEqual([]);
        } else {
          await robin.heading('robin is added').waitFor();
        }
      }
    });

    test('people: groups of the network, blocked, pictures, what the network keeps', async () => {
      const { page } = robin;
      await deliver({ type: 'presence', buddy: person('ada'), state: 'dnd', note: 'rowing' });
      await robin.to();
      await robin.list.getByRole('tab', { name: 'People' }).click();
      await robin.list.getByRole('region', { name: 'Away' }).getByText('rowing').waitFor();
      await robin.list.getByRole('region', { name: 'Presence not known' }).getByText('Tomas').waitFor();
      const face = robin.entry('Ada').locator('img');
      await eventually(() => face.evaluate((one) => (one as HTMLImageElement).naturalWidth > 0));
      await robin.button('View and filters').click();
      await page.getByRole('menuitemcheckbox', { name: 'Family' }).click();
      await eventually(async () => (await robin.list.locator('.row-name').allInnerTexts()).join() === 'Ada');
      await robin.button('Show not only: Family').click();
      expect(await robin.violations()).toEqual([]);

      const tomas = await contact('Tomas');
      await robin.to(`#/p/${tomas.id}`);
      const line = page.getByRole('region', { name: 'On networks' }).getByRole('listitem').first();
      const act = async (name: string | RegExp) => {
        await robin.button(/^Actions for tomas/).click();
        await page.getByRole('menuitem', { name }).click();
      };
      await act('Edit groups');
      await page.getByRole('checkbox', { name: 'Family' }).check();
      await page.getByLabel('Another group').fill('Rowers');
      expect(await robin.violations()).toEqual([]);
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
      await eventually(async () => (await tagsOf(line)).join() === 'Boats,Family,Rowers');
      await act(/^Take out of Stage’s contact list/);
      await stage.asked(
        'robin',
        ({ what, value }) => what === 'roster' && JSON.stringify(value).includes('"listed":false'),
      );
      await act(/^Add to Stage’s contact list/);
      await stage.asked(
        'robin',
        ({ what, value }) => what === 'roster' && JSON.stringify(value).includes('"listed":true'),
      );
      await robin.button('Block').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
      await eventually(async () => (await tagsOf(line)).includes('Blocked'));
      await robin.list.getByRole('region', { name: 'Blocked' }).getByText('Tomas').waitFor();
      await robin.button('Unblock').click();
      await eventually(async () => !(await tagsOf(line)).includes('Blocked'));
      expect(
        robin.unexpected(notSignedIn, refused, /asked elsewhere: http:\/\/127\.0\.0\.1:\d+\/(page|favicon)/),
      ).toEqual([]);
    });
  });
}
