import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChatInfo, Event, MessageEvent } from '../../src/sdk/index.js';
import { openBrowser, phone, Visitor } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { person, Stage, said } from '../support/stage.js';

/** A day with a phone: what is done by mouse and keys at a desk is done by finger here. */
const ready = await labOrSkip([], ['browser']);

const room: ChatInfo = { id: '#boats', kind: 'group', name: 'Boat shed' };
const by = (from: string, text: string, more: Partial<MessageEvent> = {}) =>
  said(text, from, { from: person(from), ...more });
const inRoom = (from: string, text: string, more: Partial<MessageEvent> = {}) =>
  by(from, text, { chat: room, ...more });
const minute = 60_000;
const notSignedIn = /status of 401/;

if (ready) {
  describe('a phone', () => {
    let stage: Stage;
    let parley: Parley;
    let browser: Browser;
    let robin: Visitor;
    const deliver = (...events: Event[]) => stage.deliver('robin', ...events);
    const conversation = (name: string): Promise<string> => parley.idOf('conversations', name);
    const accept = async (name: string) => parley.ok('POST', `/conversations/${await conversation(name)}/accept`);
    const menuOf = async (name: string, item: string) => {
      await robin.entry(name).click({ button: 'right' });
      await robin.page.getByRole('menuitem', { name: item }).tap();
    };
    const side = (name: string) => robin.list.getByRole('tab', { name }).tap();
    const sections = (): Promise<string[]> =>
      robin.list
        .locator('.row-section')
        .evaluateAll((all) =>
          all.map((one) => `${one.getAttribute('aria-label')}: ${one.querySelectorAll('.row-name').length}`),
        );
    const fits = async () => {
      expect.soft(await robin.violations()).toEqual([]);
      expect.soft(await robin.overflow()).toEqual([]);
    };

    beforeAll(async () => {
      stage = await Stage.make();
      [parley, browser] = await Promise.all([Parley.start(stage.env), openBrowser()]);
      await parley.setUp();
      await parley.ok('PATCH', '/me', { undoSeconds: 0 });
      await parley.online((await parley.signIn('stage', 'name', { name: 'robin' })).id);
      const listed = (id: string): Event => ({ type: 'contact', buddy: person(id), listed: true, groups: ['Boats'] });
      const crew = ['ada', 'ben', 'cleo'].map(listed);
      await stage.order('robin', {
        do: 'members',
        chat: room.id,
        members: ['ada', 'ben'].map((id) => ({ buddy: person(id), role: 'member' })),
      });
      await deliver(...crew, { type: 'chat', chat: room, joined: true });
      await parley.idOf('contacts', 'Cleo');
      const past = Array.from({ length: 120 }, (_, n) =>
        by('ada', `line ${n + 1}`, { at: Date.now() - (200 - n) * minute }),
      );
      await deliver(
        { type: 'presence', buddy: person('ada'), state: 'online', note: 'Rowing on Saturday' },
        { type: 'presence', buddy: person('ben'), state: 'dnd', activity: 'call', idleSince: Date.now() - 25 * minute },
        { type: 'contact', buddy: person('cleo'), timeZone: 'Asia/Kathmandu' },
        ...past,
        by('ben', 'See you'),
        inRoom('ada', 'Who takes the boat out?', { id: 'root' }),
        inRoom('ben', 'I could', { thread: 'root', replyTo: 'root' }),
        by('stranger', 'Do we know each other?'),
      );
      for (const name of ['Ada', 'Ben']) await accept(name);
      robin = await Visitor.signedIn(browser, parley.url, { viewport: phone });
    });
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
    });
    beforeEach(async ({ task, onTestFailed }) => {
      await robin.to();
      onTestFailed(async () => console.error(`the page: ${await robin.picture(task.name)}\n${parley.said}`));
    });

    test('people: how they are, arranged, narrowed, found; merged by a long press, and undone', async () => {
      const { page } = robin;
      await robin.list.getByRole('region', { name: 'Message requests' }).getByText('Stranger').waitFor();
      await side('People');
      await robin.entry('Ada').getByText('Rowing on Saturday').waitFor();
      await robin.entry('Ben').getByText('On a call').waitFor();
      await robin.entry('Ben').getByText('idle 25 min').waitFor();
      await robin
        .entry('Cleo')
        .getByText(/local time/)
        .waitFor();
      for (const [choice, expected] of [
        ['By group', 'Boats: 3'],
        ['By network', 'Stage: 3'],
        ['By name', 'Everybody: 3'],
        ['By availability', 'Available: 1'],
      ] as const) {
        await robin.button('View and filters').tap();
        await page.getByRole('menu').getByText(choice, { exact: true }).tap();
        await expect.poll(sections).toContain(expected);
      }
      await menuOf('Cleo', 'Favourite');
      await robin.list.getByRole('region', { name: 'Favourites' }).getByText('Cleo').waitFor();
      await robin.button('View and filters').tap();
      await page.getByRole('menu').getByText('Favourites', { exact: true }).tap();
      await robin.entry('Ben').waitFor({ state: 'detached' });
      await robin.button('Show all').tap();
      await robin.field('Filter the list').fill('be');
      await robin.entry('Ada').waitFor({ state: 'detached' });
      await robin.field('Filter the list').fill('');
      await menuOf('Ben', 'Merge with…');
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: /^Cleo/ }).tap();
      await dialog.getByRole('button', { name: 'Merge', exact: true }).tap();
      await page.getByText('Cleo is now part of Ben.').waitFor();
      await robin.button('Undo').tap();
      await page.getByText('Undone.').waitFor();
      await robin.to();
      await robin.entry('Cleo').waitFor();
      const [ben, cleo] = [await parley.idOf('contacts', 'Ben'), await parley.idOf('contacts', 'Cleo')];
      await parley.ok('POST', `/contacts/${ben}/merge`, { contactId: cleo });
      await robin.entry('Cleo').waitFor({ state: 'detached' });
      await robin.button('Networks of Ben').tap();
      const networks = robin.list.locator('.row-buddy');
      await eventually(async () => (await networks.count()) === 2);
      await fits();
      await networks.filter({ hasText: 'cleo' }).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Split off' }).tap();
      await robin.entry('Cleo').waitFor();
      await side('Chats');
      await menuOf('Stranger', 'Accept');
      await robin.list.getByRole('button', { name: /^Message requests/ }).waitFor({ state: 'detached' });
    });

    test('a conversation: first new message, back to the newest, who writes, links beside it', async () => {
      const { page } = robin;
      await robin.entry('Ada').getByText('120 unread').waitFor({ state: 'attached' });
      await robin.entry('Ada').tap();
      const first = robin.button('120 new messages');
      await first.tap();
      await robin.log.locator('.new-line').waitFor();
      await eventually(async () => robin.log.getByText('line 1', { exact: true }).isVisible());
      await robin.button(/^Jump to newest/).tap();
      await eventually(async () => robin.log.getByText('line 120', { exact: true }).isVisible());
      await deliver({ type: 'typing', chat: { id: 'ada', kind: 'direct' }, from: person('ada'), on: true });
      await page.getByText('Ada is writing').waitFor();
      await robin.link('About this person').tap();
      await page.getByRole('complementary', { name: 'Contact' }).waitFor();
      await page.goBack();
      await robin.box.waitFor();
      await robin.link('Back to the list').tap();
      await robin.list.waitFor();
    });

    test('what is archived is away until they write again', async () => {
      await menuOf('Ben', 'Archive');
      await robin.list.getByRole('button', { name: /^Archived/ }).waitFor();
      const open = robin.list.locator('.row-section:not([aria-label="Archived"])');
      await eventually(async () => (await open.getByText('Ben', { exact: true }).count()) === 0);
      await deliver(by('ben', 'One more thing'));
      await robin.entry('Ben').getByText('One more thing').waitFor();
      await robin.list.getByRole('button', { name: /^Archived/ }).waitFor({ state: 'detached' });
      await robin.entry('Ben').tap();
      await robin.message('One more thing').waitFor();
    });

    test('a room: a name completed, a thread answered, who has read it', async () => {
      const { page } = robin;
      await robin.entry('Boat shed').tap();
      await robin.box.pressSequentially('@be');
      await page.getByRole('option', { name: /Ben/ }).tap();
      await robin.box.pressSequentially('are you there?');
      await robin.button('Send').tap();
      await robin.message('are you there?').waitFor();
      const shed = await conversation('Boat shed');
      // What is shown at once may not have reached the server yet.
      const delivery = await eventually(async () => {
        const { items } = await parley.ok('GET', `/conversations/${shed}/messages?limit=5`);
        const own = items.find((one: { direction: string }) => one.direction === 'out');
        const [found] = (await parley.ok('GET', `/messages/${own.id}/deliveries`)).items;
        return found?.status === 'sent' ? found : undefined;
      });
      await deliver({ type: 'receipt', target: delivery.id, proves: 'read', from: person('ben'), at: Date.now() });
      await robin
        .message('are you there?')
        .getByRole('link', { name: /^Delivery: .*read/ })
        .waitFor();
      await robin.message('are you there?').getByRole('button', { name: 'Read by Ben' }).tap();
      await page.getByRole('list', { name: 'Read by' }).getByText('Ben').waitFor();
      await page.keyboard.press('Escape');
      await robin.log.getByRole('link', { name: /^1 message in thread/ }).tap();
      const thread = page.getByRole('complementary', { name: 'Thread' });
      await thread.getByRole('textbox', { name: 'Answer in the thread' }).fill('Me too');
      await thread.getByRole('button', { name: 'Send' }).tap();
      await thread.getByText('Me too').waitFor();
      await page.goBack();
    });

    test('writing: marks by the toolbar, a file, who gets what, at another time, and undone', async () => {
      const { page } = robin;
      await parley.ok('PATCH', '/me', { undoSeconds: 20, undoFor: 'all' });
      await robin.entry('Ben').tap();
      await robin.button('Format with Markdown').tap();
      await robin.box.fill('in bold');
      await robin.box.evaluate((box: HTMLTextAreaElement) => box.select());
      await page.getByRole('toolbar', { name: 'Formatting' }).getByRole('button', { name: 'Bold' }).tap();
      expect(await robin.box.inputValue()).toBe('**in bold**');
      const menu = async (item: string) => {
        await robin.button('More ways to send').tap();
        await page.getByRole('menu').getByText(item, { exact: true }).tap();
      };
      await menu('Who gets what');
      await page.getByRole('region', { name: 'Who gets what' }).getByText('in bold').waitFor();
      await robin.button('Close who gets what').tap();
      await page
        .locator('form.composer input[type=file]')
        .setInputFiles({ name: 'map.txt', mimeType: 'text/plain', buffer: Buffer.from('north') });
      await page.locator('.uploads').getByText('map.txt').waitFor();
      await fits();
      await robin.button('Send').tap();
      await robin.button('Undo').tap();
      await eventually(async () => (await robin.box.inputValue()) === '**in bold**');
      await page.locator('.uploads').getByText('map.txt').waitFor();
      await menu('Send later, or expire…');
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^In an hour/ })
        .tap();
      await page.getByRole('dialog').getByRole('button', { name: 'Done' }).tap();
      await robin.button('Schedule').tap();
      await eventually(async () => (await robin.box.inputValue()) === '');
      await robin.button('Format with Markdown').tap();
      await robin.link('Back to the list').tap();
      await robin.button('New').tap();
      await page.getByRole('menuitem', { name: 'Scheduled' }).tap();
      await page.getByRole('list', { name: 'Scheduled messages' }).getByText('in bold').waitFor();
    });

    test('a film plays', async () => {
      const recorded = await robin.page.evaluate(record);
      const content = Buffer.from(recorded, 'base64');
      await deliver(
        by('ben', 'Look', { attachments: [{ name: 'boat.webm', type: 'video/webm', size: content.length, content }] }),
      );
      await robin.entry('Ben').tap();
      const film = robin.message('Look').locator('video');
      await eventually(() => film.evaluate((one) => (one as HTMLVideoElement).videoWidth > 0));
      await film.evaluate((one) => (one as HTMLVideoElement).play());
      await fits();
    });

    test('the command bar finds what was said; the look is changed; motion is spared', async () => {
      const { page } = robin;
      await robin.button('Search').tap();
      const bar = page.getByRole('dialog', { name: 'Go to' });
      await bar.getByRole('combobox').fill('line 57');
      await bar
        .getByRole('option', { name: /line 57/ })
        .first()
        .tap();
      await eventually(async () => robin.log.getByText('line 57', { exact: true }).isVisible());
      await robin.link('Back to the list').tap();
      await robin.link('Settings').tap();
      const appearance = page.getByRole('region', { name: 'Appearance' });
      await appearance.getByText('Dark', { exact: true }).tap();
      await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
      const moving = await page.evaluate(
        () => document.getAnimations().filter(({ effect }) => Number(effect?.getComputedTiming().duration) > 1).length,
      );
      expect(moving).toBe(0);
      await fits();
    });

    test('every language is a whole page, with its own dates', async () => {
      const { page } = robin;
      await robin.to('#/settings');
      for (const [language, words, direction] of [
        ['de', 'Einstellungen', 'ltr'],
        ['es', 'Ajustes', 'ltr'],
        ['fr', 'Réglages', 'ltr'],
        ['ja', '設定', 'ltr'],
        ['ar', 'الإعدادات', 'rtl'],
      ] as const) {
        await page
          .locator('select')
          .filter({ has: page.locator('option[value=ja]') })
          .selectOption(language);
        await page.locator(`html[lang=${language}]`).waitFor({ state: 'attached' });
        await page.getByRole('heading', { name: words, exact: true }).first().waitFor();
        expect(await page.evaluate(() => document.documentElement.dir)).toBe(direction);
        expect.soft(await robin.overflow(), language).toEqual([]);
      }
      expect(robin.unexpected(notSignedIn)).toEqual([]);
    });
  });
}

/** In the page: a short film. */
async function record(): Promise<string> {
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: 'video/webm' });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const ended = new Promise((resolve) => {
    recorder.onstop = resolve;
  });
  recorder.start();
  for (let frame = 0; frame < 5; frame += 1) {
    pen?.fillRect(frame * 10, 0, 10, 10);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  recorder.stop();
  await ended;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
