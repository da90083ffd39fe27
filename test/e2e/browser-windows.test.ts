import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBrowser, phone, Visitor } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { person, Stage, said } from '../support/stage.js';

/** Two windows of one browser and a phone, of one user: whatever happens to the network, each shows every message once. */
const ready = await labOrSkip([], ['browser']);

const away = [/ERR_(CONNECTION|EMPTY|INTERNET|SOCKET|NETWORK)/, /WebSocket connection/, /status of (401|409|503)/];

if (ready) {
  describe('several windows of one user', () => {
    let stage: Stage;
    let parley: Parley;
    let browser: Browser;
    let left: Visitor;
    let right: Visitor;
    let pocket: Visitor;
    let ada: string;
    const written: string[] = [];
    const windows = () => [left, right, pocket].filter((one) => !one.page.isClosed());

    beforeAll(async () => {
      stage = await Stage.make();
      [parley, browser] = await Promise.all([Parley.start(stage.env), openBrowser()]);
      await parley.setUp();
      await parley.online((await parley.signIn('stage', 'name', { name: 'robin' })).id);
      await hear('Hello');
      await stage.deliver('robin', said('Good morning', 'tomas', { from: person('tomas') }));
      ada = await conversation('Ada');
      for (const name of ['Ada', 'Tomas']) await parley.ok('POST', `/conversations/${await conversation(name)}/accept`);
      left = await Visitor.signedIn(browser, parley.url, { worker: true });
      right = await left.another();
      pocket = await Visitor.signedIn(browser, parley.url, { viewport: phone, worker: true });
      for (const one of windows()) {
        await one.to(`#/c/${ada}`);
        await one.message('Hello').waitFor();
      }
    });
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(async () => {
        for (const one of windows()) console.error(await one.picture(`${task.name} ${windows().indexOf(one)}`));
        console.error(parley.said);
      });
    });

    const conversation = (name: string): Promise<string> => parley.idOf('conversations', name);
    const hear = async (...texts: string[]): Promise<void> => {
      written.push(...texts);
      await stage.deliver('robin', ...texts.map((text) => said(text, 'ada', { from: person('ada') })));
    };
    const write = async (visitor: Visitor, ...texts: string[]): Promise<void> => {
      for (const text of texts) {
        await visitor.write(text);
        written.push(text);
      }
    };
    /** Everything that was said, once each, in the order of the server: there, in each window's copy, and at its end on the screen. */
    const inStep = async (): Promise<void> => {
      const stored = await eventually(async () => {
        const { items } = await parley.ok('GET', `/conversations/${ada}/messages?limit=100`);
        const texts: string[] = items.map((one: { text: string }) => one.text).reverse();
        if (texts.length < written.length) throw new Error(`the server has ${texts.length} of ${written.length}`);
        return texts;
      }, 40_000);
      expect([...stored].sort()).toEqual([...written].sort());
      for (const one of windows()) {
        const at = windows().indexOf(one);
        await eventually(async () => {
          const shown = await one.texts();
          if (shown.slice(-5).join() !== stored.slice(-5).join())
            throw new Error(`window ${at} shows ${shown.slice(-5)}`);
          expect(new Set(shown).size).toBe(shown.length);
          return true;
        }, 40_000);
        await eventually(async () => {
          const kept = await copyOf(one);
          if (kept.join() !== stored.join()) throw new Error(`the copy of window ${at} has ${kept.length}: ${kept}`);
          return true;
        }, 40_000);
      }
    };
    const copyOf = (visitor: Visitor): Promise<string[]> =>
      visitor.page.evaluate(async (id) => {
        const [found] = (await indexedDB.databases()).filter(({ name }) => name?.startsWith('parley-0'));
        const db = await new Promise<IDBDatabase>((resolve, reject) => {
          const request = indexedDB.open(found?.name ?? '');
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
        const all = await new Promise<{ text: string; conversationId: string; sentAt: string }[]>((resolve) => {
          const request = db.transaction('messages').objectStore('messages').getAll();
          request.onsuccess = () => resolve(request.result);
        });
        db.close();
        return all
          .filter(({ conversationId }) => conversationId === id)
          .sort((a, b) => (a.sentAt < b.sentAt ? -1 : 1))
          .map(({ text }) => text);
      }, ada);

    test('what comes in, and what is written in one, is in all', async () => {
      await hear(...Array.from({ length: 10 }, (_, index) => `Incoming ${index}`));
      await write(left, 'From the left');
      await write(right, 'From the right');
      await write(pocket, 'From the pocket');
      await inStep();
    });

    test('read in one, read in all', async () => {
      await right.to(`#/c/${await conversation('Tomas')}`);
      await right.message('Good morning').waitFor();
      for (const one of [left, right]) {
        await eventually(async () => (await one.entry('Tomas').locator('.count').count()) === 0 || undefined);
      }
      await right.to(`#/c/${ada}`);
    });

    test('one without the network catches up, and what was written there goes out once', async () => {
      await pocket.offline(true);
      await write(pocket, 'Tunnel 1', 'Tunnel 2', 'Tunnel 3');
      await hear(...Array.from({ length: 12 }, (_, index) => `Meanwhile ${index}`));
      await write(left, 'Where are you?');
      await pocket.offline(false);
      await inStep();
    });

    test('written in two windows without the network, one of them closed: the other sends it all', async () => {
      await left.offline(true);
      await write(left, 'Left in the dark 1', 'Left in the dark 2');
      await write(right, 'Right in the dark');
      // What waits in one window is seen in the other.
      await right.message('Left in the dark 2').waitFor();
      await left.message('Right in the dark').waitFor();
      await left.page.close();
      await hear('Anybody?');
      await right.offline(false);
      await inStep();
      left = await right.another();
      await left.to(`#/c/${ada}`);
      await inStep();
    });

    test('the server is killed and comes back: nothing is missing, nothing is there twice', async () => {
      await Promise.all([write(left, 'Just before'), hear('Also before')]);
      await parley.kill();
      await write(left, 'Left while it was down');
      await write(right, 'Right while it was down');
      await write(pocket, 'Pocket while it was down');
      await pocket.page.reload();
      await pocket.message('Pocket while it was down').waitFor();
      await parley.up();
      await inStep();
      await hear('After all');
      await write(left, 'Indeed');
      await inStep();
      for (const one of windows()) expect(one.unexpected(...away)).toEqual([]);
    });
  });
}
