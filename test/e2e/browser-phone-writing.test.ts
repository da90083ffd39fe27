import { createHash, randomBytes } from 'node:crypto';
import type { Browser, CDPSession } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBrowser, phone, Visitor } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { SmscPeer } from '../support/sms-peer.js';
import { person, Stage, said } from '../support/stage.js';

/** What a phone is used for on the way: voice messages, files over a bad line, text messages, and search without the network. */
const ready = await labOrSkip([], ['browser']);

const PHONE = '+447700900187';
/** A browser with a microphone that hears a tone. */
const microphone = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
/** Told by Chromium itself, where the network is away or before anybody is signed in. */
const expected = [/status of 401/, /ERR_INTERNET_DISCONNECTED/, /ERR_NETWORK_IO_SUSPENDED/, /WebSocket connection/];
const tablet = { width: 820, height: 1180 };

if (ready) {
  describe('writing with a finger', () => {
    let parley: Parley;
    let browser: Browser;
    let smsc: SmscPeer;
    let robin: Visitor;
    let session: CDPSession;
    let chat: string;
    let texts: string;

    beforeAll(async () => {
      const stage = await Stage.make();
      [parley, browser, smsc] = await Promise.all([
        Parley.start(stage.env),
        openBrowser(...microphone),
        SmscPeer.start(),
      ]);
      await parley.setUp();
      await parley.ok('PATCH', '/me', { undoSeconds: 0 });
      const robins = (await parley.signIn('stage', 'name', { name: 'robin' })).id;
      const sms = (await parley.signIn('sms', smsc.login.flow, smsc.login.inputs[0] ?? {})).id;
      for (const id of [robins, sms]) await parley.online(id);
      await stage.deliver('robin', said('Hello', 'ada', { from: person('ada') }));
      chat = await parley.idOf('conversations', 'Ada');
      await parley.ok('POST', `/conversations/${chat}/accept`);
      texts = (await parley.ok('POST', '/chats', { accountId: sms, address: PHONE })).conversation.id;
      robin = await Visitor.signedIn(browser, parley.url, { viewport: phone });
      session = await robin.page.context().newCDPSession(robin.page);
    }, 90_000);
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
      await smsc?.stop();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(async () => console.error(`the page: ${await robin.picture(task.name)}\n${parley.said}`));
    });

    const network = (is: 'there' | 'slow' | 'away') =>
      session.send('Network.emulateNetworkConditions', {
        offline: is === 'away',
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput: is === 'slow' ? 60_000 : -1,
      });
    const fits = async () => {
      expect.soft(await robin.violations()).toEqual([]);
      expect.soft(await robin.overflow({ reach: true })).toEqual([]);
    };

    test('a voice message is recorded, sent, played, and another thrown away', async () => {
      await robin.to(`#/c/${chat}`);
      await robin.button('Record a voice message').tap();
      await robin.page.getByRole('timer', { name: 'Recording' }).getByText('0:01').waitFor();
      await fits();
      await robin.button('Send the voice message').tap();
      const voice = robin.log
        .getByRole('article')
        .filter({ has: robin.page.locator('.wave') })
        .last();
      await voice.getByRole('button', { name: 'Play Voice message' }).tap();
      await voice.getByRole('button', { name: 'Pause Voice message' }).waitFor();
      await robin.page.locator('.message-pending').waitFor({ state: 'detached' });
      await fits();
      await robin.button('Record a voice message').tap();
      await robin.page.getByRole('timer', { name: 'Recording' }).waitFor();
      await robin.page.locator('.voice-bar').getByRole('button', { name: 'Throw the recording away' }).tap();
      await robin.page.locator('.voice-bar').waitFor({ state: 'detached' });
    });

    test('a file is paused, waits for the network, and arrives whole', async () => {
      await robin.to(`#/c/${chat}`);
      const bytes = randomBytes(2_000_000);
      const uploads = robin.page.locator('.uploads');
      const state = uploads.locator('.upload-state');
      await network('slow');
      await robin.page
        .locator('form.composer input[type=file]')
        .setInputFiles({ name: 'boat.zip', mimeType: 'application/zip', buffer: bytes });
      await eventually(async () => (await uploads.getByRole('progressbar').getAttribute('value')) !== '0');
      await robin.button('Pause boat.zip').tap();
      await state.getByText('Paused at').waitFor();
      await fits();
      await network('away');
      await robin.button('Resume boat.zip').tap();
      await state.getByText('Waits for the connection').waitFor();
      await fits();
      await network('there');
      await state.getByText('1.9 MB', { exact: true }).waitFor();
      await robin.box.fill('here it is');
      await robin.button('Send').tap();
      await uploads.waitFor({ state: 'detached' });
      const sent = await eventually(async () => {
        const { items } = await parley.ok('GET', `/conversations/${chat}/messages`);
        return items.find((one: { text: string; direction: string }) => one.text === 'here it is');
      });
      const headers = { authorization: `Bearer ${parley.token}` };
      const answer = await fetch(parley.url + sent.attachments[0].url, { headers });
      const hash = (content: Buffer) => createHash('sha256').update(content).digest('hex');
      expect(hash(Buffer.from(await answer.arrayBuffer()))).toBe(hash(bytes));
    });

    test('a text message says how many parts it takes', async () => {
      await robin.to(`#/c/${texts}`);
      await robin.box.fill('x'.repeat(161));
      await robin.page.getByText('2 SMS parts · 145 characters left').waitFor();
      await fits();
      await robin.box.fill('x😀');
      await robin.page.getByText('1 SMS part · 67 characters left · special characters').waitFor();
      await fits();
      await robin.box.fill('');
    });

    test('what was said is found without the network', async () => {
      await robin.to(`#/c/${chat}`);
      await robin.box.fill('The lighthouse is open on Sunday');
      await robin.button('Send').tap();
      await robin.message('The lighthouse is open').first().waitFor();
      await robin.page.locator('.message-pending').waitFor({ state: 'detached' });
      await robin.link('Back to the list').tap();
      await robin.entry('Ada').waitFor();
      await network('away');
      await robin.button('Search').tap();
      const bar = robin.page.getByRole('dialog', { name: 'Go to' });
      await bar.getByRole('combobox').fill('lighthouse');
      const found = bar.getByRole('option', { name: /lighthouse/ }).first();
      await found.waitFor();
      await fits();
      await found.tap();
      await robin.message('The lighthouse is open').first().waitFor();
      await network('there');
    });

    test('on a tablet, what is pressed by finger is as large as on a phone', async () => {
      const look = { viewport: tablet, touch: true };
      const wide = await Visitor.signedIn(browser, parley.url, look);
      for (const [screen, hash] of [
        ['conversation', `#/c/${chat}`],
        ['settings', '#/settings'],
        ['networks', '#/networks'],
        ['starred', '#/starred'],
      ] as const) {
        await wide.to(hash);
        await wide.page.locator('.pane[aria-busy=true]').waitFor({ state: 'detached' });
        await wide.page.getByRole('main').waitFor();
        expect.soft(await wide.page.evaluate(tooSmall), screen).toEqual([]);
        expect.soft(await wide.overflow(), screen).toEqual([]);
      }
      await wide.leave();
    });

    test('nothing went wrong on the way', () => {
      expect(robin.unexpected(...expected)).toEqual([]);
    });
  });
}

/** In the page: what cannot be hit within 22 px of its middle, up and down and sideways; words in a text aside. */
function tooSmall(): string[] {
  const small: string[] = [];
  for (const one of document.querySelectorAll<HTMLElement>('button, a[href], select, [role=tab]')) {
    if (!one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || one.closest('p, article'))
      continue;
    if (one.matches(':disabled, .skip-link')) continue;
    one.scrollIntoView({ block: 'center' });
    const { left, top, width, height } = one.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    if (width < 2 || x < 0 || x > innerWidth || y < 0 || y > innerHeight) continue;
    const target = one.closest('label') ?? one;
    const misses = ([dx, dy]: [number, number]) => {
      const [px, py] = [x + dx, y + dy];
      if (px < 0 || py < 0 || px >= innerWidth || py >= innerHeight) return false;
      const hit = document.elementFromPoint(px, py);
      return hit === null || !target.contains(hit);
    };
    const reach = 21;
    const around: [number, number][] = [
      [0, -reach],
      [0, reach],
      [-reach, 0],
      [reach, 0],
    ];
    if (around.some(misses)) small.push(`${one.className || one.tagName} ${Math.round(width)}x${Math.round(height)}`);
  }
  return [...new Set(small)];
}
