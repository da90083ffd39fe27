import type { Browser, CDPSession, Worker } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { desktop, openBrowser, phone, Visitor, Visitors } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, OWNER, Parley } from '../support/parley.js';
import { PushServiceDouble } from '../support/push-service.js';
import { Stage, said } from '../support/stage.js';

/** What the service worker does while no page is open: it sends what waits, and keeps being told of messages. */
const ready = await labOrSkip([], ['browser']);

const places = [
  ['desktop', desktop],
  ['phone', phone],
] as const;
const tag = 'parley-outbox';

/** The browser as it is to a service worker: it calls it when the network is back. */
class Registered {
  private constructor(
    private readonly cdp: CDPSession,
    private readonly origin: string,
    private readonly registrationId: string,
  ) {}

  static async of({ page }: Visitor, origin: string): Promise<Registered> {
    const cdp = await page.context().newCDPSession(page);
    const id = new Promise<string>((resolve) => {
      cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const own = registrations.find(({ scopeURL, isDeleted }) => scopeURL.startsWith(origin) && !isDeleted);
        if (own) resolve(own.registrationId);
      });
    });
    await cdp.send('ServiceWorker.enable');
    return new Registered(cdp, origin, await id);
  }

  async networkIsBack(): Promise<void> {
    const { origin, registrationId } = this;
    await this.cdp.send('ServiceWorker.dispatchSyncEvent', { origin, registrationId, tag, lastChance: false });
  }
}

if (ready) {
  describe('without a page', () => {
    let stage: Stage;
    let parley: Parley;
    let browser: Browser;
    let service: PushServiceDouble;
    let ada: string;
    const visitors = new Visitors();
    const said = async (start: string): Promise<string[]> => {
      const { items } = await parley.ok('GET', `/conversations/${ada}/messages?limit=50`);
      const texts: string[] = items.map((one: { text: string }) => one.text);
      return texts.filter((text) => text.startsWith(start));
    };
    const tags = ({ page }: Visitor): Promise<string[]> =>
      page.evaluate(async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        return Reflect.get(registration ?? {}, 'sync').getTags();
      });

    /** How many messages the worker would find. */
    const entrusted = ({ page }: Visitor): Promise<number> =>
      page.evaluate(
        () =>
          new Promise((resolve) => {
            const opening = indexedDB.open('parley-outbox');
            opening.onsuccess = () => {
              const counting = opening.result.transaction('messages').objectStore('messages').count();
              counting.onsuccess = () => resolve(counting.result);
              opening.result.close();
            };
          }),
      );
    const isEntrusted = (visitor: Visitor, count: number) =>
      eventually(async () => (await tags(visitor)).includes(tag) && (await entrusted(visitor)) === count);
    const nothingWaits = ({ page }: Visitor) =>
      eventually(async () => (await page.locator('.message-pending').count()) === 0);

    beforeAll(async () => {
      [stage, service] = await Promise.all([Stage.make(), PushServiceDouble.start()]);
      const env = { ...stage.env, PARLEY_PUSH_HOSTS: '127.0.0.1' };
      [parley, browser] = await Promise.all([Parley.start(env), openBrowser()]);
      await parley.setUp();
      await parley.online((await parley.signIn('stage', 'name', { name: 'robin' })).id);
      await parley.ok('PATCH', '/me', { undoSeconds: 0 });
      const from = { id: 'ada', address: 'ada@stage.example', name: 'ada' };
      await stage.deliver('robin', { type: 'contact', buddy: from, listed: true }, hello(from));
      ada = await parley.idOf('conversations', 'ada');
      await parley.ok('POST', `/conversations/${ada}/accept`);
      for (const [name, viewport] of places)
        visitors.set(name, await Visitor.signedIn(browser, parley.url, { viewport, worker: true }));
      for (const visitor of visitors.values()) await visitor.workerReady();
    }, 90_000);
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
      service?.stop();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(async () => {
        await visitors.pictures(task.name);
        console.error(parley.said);
      });
    });

    test.each(['desktop', 'phone'])('what waits goes out in order though the page was closed: %s', async (place) => {
      const visitor = visitors.at(place);
      const { page } = visitor;
      await page.context().grantPermissions(['background-sync'], { origin: parley.url });
      await visitor.to(`#/c/${ada}`);
      await visitor.message('Hello from ada').waitFor();
      const registered = await Registered.of(visitor, parley.url);
      await parley.down();
      const words = [1, 2, 3].map((n) => `Closed ${place} ${n}`);
      for (const text of words) await visitor.write(text);
      await isEntrusted(visitor, words.length);
      await page.goto('about:blank');
      await parley.up();
      expect(await said(`Closed ${place}`)).toEqual([]);
      await registered.networkIsBack();
      await eventually(async () => (await said(`Closed ${place}`)).length === words.length || undefined);
      await registered.networkIsBack();
      await visitor.to(`#/c/${ada}`);
      for (const text of words) await visitor.message(text).waitFor();
      await nothingWaits(visitor);
      await visitor.write(`After ${place}`);
      await nothingWaits(visitor);
      expect((await said(`Closed ${place}`)).sort()).toEqual(words);
      const log = (await visitor.texts()).filter((text) => text.startsWith(`Closed ${place}`));
      expect(log).toEqual(words);
    });

    test('page and worker at once: each message once', async () => {
      const visitor = visitors.at('desktop');
      const other = await visitor.another();
      const registered = await Registered.of(visitor, parley.url);
      for (const one of [visitor, other]) {
        await one.to(`#/c/${ada}`);
        await one.message('Hello from ada').waitFor();
      }
      await parley.down();
      const words = Array.from({ length: 8 }, (_, n) => `Both ${n}`);
      for (const [n, text] of words.entries()) await (n % 2 === 0 ? visitor : other).write(text);
      await isEntrusted(visitor, words.length);
      await parley.up();
      await Promise.all([registered.networkIsBack(), registered.networkIsBack()]);
      await eventually(async () => (await said('Both')).length >= words.length || undefined);
      for (const one of [visitor, other]) {
        await nothingWaits(one);
        await eventually(async () => (await one.texts()).filter((text) => text.startsWith('Both')).length === 8);
      }
      await registered.networkIsBack();
      expect((await said('Both')).sort()).toEqual(words);
      await other.page.close();
    });

    test('what waited is not sent for somebody else, but for who wrote it', async () => {
      const visitor = visitors.at('phone');
      await visitor.to(`#/c/${ada}`);
      await visitor.message('Hello from ada').waitFor();
      const registered = await Registered.of(visitor, parley.url);
      await parley.down();
      await visitor.write('Secret of the phone');
      await isEntrusted(visitor, 1);
      await parley.up();
      // Another account of the same browser: what the worker finds is not theirs.
      await visitor.page.goto('about:blank');
      await parley.ok('POST', '/users', { name: 'Kim', email: 'kim@parley.example', password: 'a long password 1' });
      const signInAs = async (data: { email: string; password: string }) => {
        await visitor.page.context().clearCookies();
        const answer = await visitor.page.context().request.post(`${parley.url}/api/v1/sessions`, { data });
        expect(answer.ok()).toBe(true);
      };
      await signInAs({ email: 'kim@parley.example', password: 'a long password 1' });
      await registered.networkIsBack();
      await visitor.page.waitForTimeout(2000);
      expect(await said('Secret')).toEqual([]);
      // It has waited for who wrote it.
      await signInAs({ email: OWNER.email, password: OWNER.password });
      await registered.networkIsBack();
      await eventually(async () => (await said('Secret')).length > 0 || undefined);
      await registered.networkIsBack();
      expect(await said('Secret')).toEqual(['Secret of the phone']);
    });

    test('a browser that is given another push address is still told, as the same device', async () => {
      const visitor = visitors.at('desktop');
      const { page } = visitor;
      const context = page.context();
      await context.grantPermissions(['notifications'], { origin: parley.url });
      await visitor.to('#/settings');
      const [before, after] = ['before', 'after'].map((name) => service.subscription(name));
      await page.evaluate((given) => {
        const made = { toJSON: () => given, options: {}, unsubscribe: async () => true };
        PushManager.prototype.subscribe = async () => made as unknown as PushSubscription;
      }, before);
      await page.getByRole('switch', { name: /^Notify this device/ }).click();
      const [device] = await eventually(async () => {
        const { items } = await parley.ok('GET', '/push/subscriptions');
        return items.length === 1 ? items : undefined;
      });
      // Nobody looks at any window.
      for (const one of visitors.values()) await one.page.goto('about:blank');
      const [worker = await context.waitForEvent('serviceworker')]: Worker[] = context.serviceWorkers();
      // The words of the worker's own world are not known to the compiler here: it gets them as text.
      await worker.evaluate(`(async () => {
        PushManager.prototype.subscribe = async () => ({ toJSON: () => (${JSON.stringify(after)}) });
        const event = new ExtendableEvent('pushsubscriptionchange');
        const work = [];
        Object.defineProperty(event, 'waitUntil', { value: (one) => work.push(one) });
        Object.defineProperty(event, 'oldSubscription', { value: ${JSON.stringify(before)} });
        dispatchEvent(event);
        await Promise.all(work);
      })()`);
      const { items } = await parley.ok('GET', '/push/subscriptions');
      expect(items.map(({ id }: { id: string }) => id)).toEqual([device.id]);
      await stage.deliver('robin', hello({ id: 'ada', address: 'ada@stage.example', name: 'ada' }, 'are you there?'));
      await eventually(() => service.to('after').some(({ text }) => text === 'are you there?') || undefined);
      expect(service.to('before').some(({ text }) => text === 'are you there?')).toBe(false);
    });
  });
}

const hello = (from: { id: string; address: string; name: string }, text = 'Hello from ada') =>
  said(text, from.id, { from });
