import { createHash, randomBytes } from 'node:crypto';
import type { Browser, CDPSession } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../src/sdk/index.js';
import { openBrowser, phone, Visitor } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { holdsPlace, photo } from '../support/photo.js';
import { person, Stage, said } from '../support/stage.js';
import { noPictures, picture, polyglot, sound } from '../support/stage-files.js';
import { Website } from '../support/website.js';

/** What messages hold beside words: pictures, sounds, files, code, and where links lead. */
const ready = await labOrSkip([], ['browser']);

const by = (text: string, more: Parameters<typeof said>[2] = {}) => said(text, 'ada', { from: person('ada'), ...more });
/** A browser with a microphone that hears a tone. */
const microphone = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
/** Told by Chromium itself, where a test takes the network away or before anybody is signed in. */
const expected = [/status of 401/, /ERR_INTERNET_DISCONNECTED/, /ERR_NETWORK_IO_SUSPENDED/, /WebSocket connection/];

if (ready) {
  describe('what messages hold', () => {
    let stage: Stage;
    let parley: Parley;
    let browser: Browser;
    let robin: Visitor;
    let conversation: string;
    let site: Website;
    let session: CDPSession | undefined;
    const deliver = (...events: Event[]) => stage.deliver('robin', ...events);

    beforeAll(async () => {
      stage = await Stage.make();
      [parley, browser] = await Promise.all([Parley.start(stage.env), openBrowser(...microphone)]);
      await parley.setUp();
      const { id } = await parley.signIn('stage', 'name', { name: 'robin' });
      await parley.online(id);
      site = await Website.start();
      site.html('/shed', '<title>The boat shed</title><meta name="description" content="Open on Saturday">');
      await deliver(by('hello'));
      conversation = await eventually(async () => (await parley.ok('GET', '/conversations')).items[0]?.id);
      await parley.ok('POST', `/conversations/${conversation}/accept`);
      robin = await Visitor.signedIn(browser, parley.url);
      await robin.entry('Ada').click();
      await robin.message('hello').waitFor();
    });
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
      site?.stop();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(async () => console.error(`the page: ${await robin.picture(task.name)}\n${parley.said}`));
    });

    const network = async (is: 'there' | 'slow' | 'away') => {
      session ??= await robin.page.context().newCDPSession(robin.page);
      const uploadThroughput = is === 'slow' ? 60_000 : -1;
      const conditions = { offline: is === 'away', latency: 0, downloadThroughput: -1, uploadThroughput };
      await session.send('Network.emulateNetworkConditions', conditions);
    };
    const uploads = () => robin.page.locator('.uploads');
    const choose = (name: string, buffer: Buffer, mimeType = 'application/zip') =>
      robin.page.locator('form.composer input[type=file]').setInputFiles({ name, mimeType, buffer });

    test('pictures are looked at one after the other, by mouse and by key', async () => {
      await deliver(by('from the shed', { attachments: [picture('a.png'), picture('b.png'), picture('c.png')] }));
      const message = robin.message('from the shed');
      await message.getByRole('link', { name: 'c.png' }).waitFor();
      await message.getByRole('link', { name: 'b.png' }).click();
      const viewer = robin.page.getByRole('dialog', { name: 'Pictures of this conversation' });
      await viewer.getByText('2 / 3').waitFor();
      expect(await robin.violations()).toEqual([]);
      await robin.page.keyboard.press('ArrowRight');
      await viewer.getByText('3 / 3').waitFor();
      await viewer.locator('.viewer-caption').getByText('c.png').waitFor();
      await viewer.getByRole('button', { name: 'Zoom in' }).click();
      await robin.page.keyboard.press('Escape');
      await viewer.waitFor({ state: 'detached' });
      await eventually(() =>
        message.getByRole('link', { name: 'b.png' }).evaluate((link) => link === document.activeElement),
      );
    });

    test('what only says that it is a picture is a file to be saved, in the same box', async () => {
      const names = noPictures.map(({ name }) => name ?? '');
      await deliver(by('strange pictures', { attachments: [...noPictures, polyglot] }));
      const message = robin.message('strange pictures');
      for (const name of names) await message.locator('.picture-broken').getByText(name).waitFor();
      const sizes = await message
        .locator('.picture')
        .evaluateAll((boxes) => boxes.map((one) => Math.round(one.getBoundingClientRect().height)));
      expect(new Set(sizes)).toEqual(new Set([132]));
      expect(await robin.violations()).toEqual([]);
      for (const name of [...names, 'both.gif']) {
        const href = await message.getByRole('link', { name }).getAttribute('href');
        const open = await robin.another();
        await open.page.goto(new URL(href ?? '', parley.url).href);
        expect([name, await open.page.title()]).not.toEqual([name, 'taken over']);
        await open.page.close();
      }
    });

    test('a file is paused, goes on after the network was away and the page loaded anew, and arrives whole', async () => {
      const bytes = randomBytes(3_000_000);
      await network('slow');
      await choose('boat.zip', bytes);
      const state = uploads().locator('.upload-state');
      await state.getByText(/ of 2\.9 MB$/).waitFor();
      await eventually(async () => (await uploads().getByRole('progressbar').getAttribute('value')) !== '0');
      await robin.button('Pause boat.zip').click();
      await state.getByText('Paused at').waitFor();
      await network('away');
      await robin.button('Resume boat.zip').click();
      await state.getByText('Waits for the connection').waitFor();
      await network('there');
      await robin.page.reload();
      await uploads().getByText('boat.zip').waitFor();
      await state.getByText('2.9 MB', { exact: true }).waitFor();
      await robin.write('here it is');
      const sent = await eventually(async () => {
        const { items } = await parley.ok('GET', `/conversations/${conversation}/messages`);
        return items.find((one: { text: string }) => one.text === 'here it is');
      });
      const answer = await fetch(parley.url + sent.attachments[0].url, {
        headers: { authorization: `Bearer ${parley.token}` },
      });
      const hash = (content: Buffer) => createHash('sha256').update(content).digest('hex');
      expect(hash(Buffer.from(await answer.arrayBuffer()))).toBe(hash(bytes));
      await uploads().waitFor({ state: 'detached' });
    });

    test('files are dropped on the conversation and pasted; a message waits for its files', async () => {
      const carry = (type: string) =>
        robin.page.evaluate((kind) => {
          const files = new DataTransfer();
          files.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }));
          const event =
            kind === 'paste'
              ? new ClipboardEvent(kind, { clipboardData: files, bubbles: true, cancelable: true })
              : new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true });
          document.querySelector('.composer-text')?.dispatchEvent(event);
        }, type);
      await carry('dragenter');
      await robin.page.getByText('Drop files to attach them').waitFor();
      await carry('drop');
      await robin.page.getByText('Drop files to attach them').waitFor({ state: 'detached' });
      await carry('paste');
      expect(await eventually(async () => (await uploads().getByText('dropped.txt').count()) === 2)).toBe(true);
      await robin.button('Remove dropped.txt').first().click();
      await network('slow');
      await choose('slow.zip', randomBytes(400_000));
      await robin.box.fill('with its file');
      await robin.box.press('Enter');
      await robin.page.getByText('Goes out as soon as its files are there.').waitFor();
      expect(await robin.violations()).toEqual([]);
      await network('there');
      await robin.message('with its file').getByText('slow.zip').waitFor();
    });

    test('a photo goes out without where it was taken', async () => {
      const taken = await photo('jpeg');
      expect(holdsPlace(taken)).toBe(true);
      await choose('quay.jpg', taken, 'image/jpeg');
      await robin.box.fill('at the quay');
      await robin.box.press('Enter');
      const message = robin.message('at the quay');
      const link = await message.getByRole('link', { name: 'quay.jpg' }).getAttribute('href');
      const sent = await robin.page.evaluate(async (href) => {
        const answer = await fetch(href ?? '');
        return [...new Uint8Array(await answer.arrayBuffer())];
      }, link);
      expect([sent.length, holdsPlace(Uint8Array.from(sent))]).toEqual([taken.length, false]);
    });

    test('a voice message is recorded, sent, played and sought in', async () => {
      await robin.button('Record a voice message').click();
      await robin.page.getByRole('timer', { name: 'Recording' }).getByText('0:01').waitFor();
      expect(await robin.violations()).toEqual([]);
      await robin.button('Send the voice message').click();
      const voice = robin.log
        .getByRole('article')
        .filter({ has: robin.page.locator('.wave') })
        .last();
      await robin.page.locator('.message-pending').waitFor({ state: 'detached' });
      await voice.getByRole('button', { name: 'Play Voice message' }).click();
      await voice.getByRole('button', { name: 'Pause Voice message' }).waitFor();
      expect(await voice.locator('.wave > rect').count()).toBeGreaterThan(8);
      await voice.getByRole('button', { name: 'Speed: 1 times' }).click();
      await voice.getByRole('button', { name: 'Play Voice message' }).waitFor();
      const { items } = await parley.ok('GET', `/conversations/${conversation}/messages?limit=1`);
      await robin.page.locator('.row-preview').getByText('You: Voice message').waitFor();
      expect(items[0].attachments[0]).toMatchObject({ type: 'audio/webm', voice: { durationMs: expect.any(Number) } });
      await robin.button('Record a voice message').click();
      await robin.page.getByRole('timer', { name: 'Recording' }).waitFor();
      await robin.page.keyboard.press('Escape');
      await robin.page.locator('.voice-bar').waitFor({ state: 'detached' });
      expect(await uploads().count()).toBe(0);
    });

    test('a voice message that waits for the network can be read, and goes out later', async () => {
      await robin.button('Record a voice message').click();
      await robin.page.getByRole('timer', { name: 'Recording' }).getByText('0:01').waitFor();
      let isAway = true;
      await robin.page.route('**/conversations/*/messages', (route) =>
        isAway ? route.abort('internetdisconnected') : route.continue(),
      );
      await robin.button('Send the voice message').click();
      const waits = robin.page.locator('.message-pending');
      await waits.getByRole('button', { name: 'Speed: 1 times' }).waitFor();
      expect(await robin.violations()).toEqual([]);
      isAway = false;
      await waits.waitFor({ state: 'detached' });
    });

    test('a sound is sought in by key, and fetched in parts', async () => {
      const parts: number[] = [];
      robin.page.on('response', (response) => {
        if (response.request().resourceType() === 'media') parts.push(response.status());
      });
      await deliver(by('listen', { attachments: [sound('bell.wav')] }));
      const position = robin.message('listen').getByRole('slider', { name: 'Position in bell.wav' });
      await eventually(() => position.isEnabled());
      await position.focus();
      await position.press('ArrowRight');
      expect(await position.getAttribute('aria-valuetext')).toBe('0:01 of 0:01');
      expect(parts).toContain(206);
    });

    test('links show where they lead, once for all windows', async () => {
      const page = `${site.url}/shed`;
      await deliver(by(`see ${page}`));
      const card = robin.message('see http').locator('a.link-card');
      await card.getByText('The boat shed').waitFor();
      await card.getByText('Open on Saturday').waitFor();
      expect(await card.getAttribute('href')).toBe(page);
      expect(await card.getAttribute('rel')).toContain('noreferrer');
      await robin.to('#/settings');
      await robin.page.getByRole('switch', { name: 'Show where links lead' }).click();
      await robin.entry('Ada').click();
      await robin.message('see http').waitFor();
      expect(await card.count()).toBe(0);
      await parley.ok('PATCH', '/me', { settings: { linkPreviews: true } });
      await card.waitFor();
    });

    test('code is coloured, of others as they fence it and of oneself as Markdown', async () => {
      await deliver(by('try\n```js\nconst boat = "red";\n```'));
      const theirs = robin.message('const boat');
      await theirs.locator('.hljs-keyword').getByText('const').waitFor();
      expect(await theirs.locator('pre').innerText()).toBe('const boat = "red";');
      const { message } = await parley.ok('POST', `/conversations/${conversation}/messages`, {
        text: '**mine**\n```python\ndef row(): pass\n```',
        format: 'markdown',
      });
      expect(message.html).toContain('language-python');
      const own = robin.message('def row');
      await own.locator('.hljs-keyword').getByText('def').waitFor();
      await own.locator('strong').getByText('mine').waitFor();
    });

    test('nothing is wrong with any of it, on a phone either', async () => {
      expect(await robin.violations()).toEqual([]);
      expect(robin.unexpected(...expected)).toEqual([]);
      const small = await Visitor.signedIn(browser, parley.url, { viewport: phone, theme: 'dark' });
      await small.entry('Ada').click();
      await small.message('const boat').waitFor();
      await small.message('see http').locator('a.link-card').getByText('The boat shed').waitFor();
      expect(await small.violations()).toEqual([]);
      expect(await small.overflow()).toEqual([]);
      await small.message('from the shed').getByRole('link', { name: 'a.png' }).click();
      await small.page.getByRole('dialog', { name: 'Pictures of this conversation' }).waitFor();
      expect(await small.violations()).toEqual([]);
      expect(small.unexpected(...expected)).toEqual([]);
      await small.leave();
    });
  });
}
