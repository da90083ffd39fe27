import type { Browser, CDPSession, Worker } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { desktop, openBrowser, phone, Visitor, Visitors } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { PushServiceDouble } from '../support/push-service.js';
import { Stage, said } from '../support/stage.js';

/** What a person is told, when, and where: in the page, and by notifications of the browser. */
const ready = await labOrSkip([], ['browser']);

if (ready) {
  describe('attention', () => {
    let stage: Stage;
    let parley: Parley;
    let browser: Browser;
    let service: PushServiceDouble;
    const visitors = new Visitors();
    const ids = new Map<string, string>();
    const at = (name: string): Visitor => visitors.at(name);
    const idOf = (name: string): string => ids.get(name) ?? '';
    const hears = (text: string, from: string) => stage.deliver('robin', said(text, from));
    const row = (name: string) => parley.ok('GET', `/conversations/${idOf(name)}`);
    const menu = async ({ page }: Visitor, item: string) => {
      await page.getByRole('button', { name: 'Conversation actions' }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };

    beforeAll(async () => {
      [stage, service] = await Promise.all([Stage.make(), PushServiceDouble.start()]);
      const env = { ...stage.env, PARLEY_PUSH_HOSTS: '127.0.0.1' };
      [parley, browser] = await Promise.all([Parley.start(env), openBrowser()]);
      await parley.setUp();
      await parley.online((await parley.signIn('stage', 'name', { name: 'robin' })).id);
      const people = ['ada', 'tomas', 'priya'].map((id) => ({ id, address: `${id}@stage.example`, name: id }));
      await stage.deliver(
        'robin',
        ...people.map((buddy) => ({ type: 'contact', buddy, listed: true }) as const),
        ...people.map((from) => said(`Hello from ${from.id}`, from.id, { from })),
      );
      for (const { id } of people) {
        const found = await parley.idOf('conversations', id);
        ids.set(id, found);
        await parley.ok('POST', `/conversations/${found}/accept`);
      }
      for (const [name, viewport] of [
        ['desktop', desktop],
        ['phone', phone],
      ] as const) {
        const look = { viewport, worker: name === 'desktop' };
        visitors.set(name, await Visitor.signedIn(browser, parley.url, look));
      }
    });
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

    test('what is told is set once for all windows', async () => {
      const one = at('desktop');
      await one.to('#/settings');
      // The switch of the quiet hours takes its time: what is set after it counts all the same.
      await one.page.route('**/api/v1/me', async (route) => {
        if (route.request().postData()?.includes('22:00')) await new Promise((resolve) => setTimeout(resolve, 500));
        await route.continue();
      });
      await one.field('Of groups').selectOption('mentions');
      await one.fill('Keywords', 'invoice, on call');
      await one.field('Keywords').press('Enter');
      await one.page.getByRole('switch', { name: /^Quiet hours/ }).check();
      await one.fill('From', '21:30');
      expect(await one.violations()).toEqual([]);
      await eventually(async () => {
        const { settings } = await parley.ok('GET', '/me');
        return (settings.quietHours?.from === '21:30' && settings.keywords?.length === 2) || undefined;
      });
      await one.page.unroute('**/api/v1/me');
      const other = at('phone');
      await other.to('#/settings');
      await eventually(async () => (await other.field('From').inputValue()) === '21:30' || undefined);
      expect(await other.field('Of groups').inputValue()).toBe('mentions');
      expect(await other.field('Keywords').inputValue()).toBe('invoice, on call');
      expect(await other.violations()).toEqual([]);
      expect(await other.overflow()).toEqual([]);
      await other.page.getByRole('switch', { name: /^Quiet hours/ }).uncheck();
      await one.field('From').waitFor({ state: 'detached' });
      await hears('where is the invoice?', 'tomas');
      await eventually(async () => (await row('tomas')).mentions === 1 || undefined);
    });

    test('what comes in is heard, once where it comes thick and fast', async () => {
      const one = at('desktop');
      await one.to('#/settings');
      await one.heading('Settings').click();
      await one.page.evaluate(() => {
        const heard: Promise<number>[] = [];
        Object.assign(globalThis, { heard });
        const play = HTMLMediaElement.prototype.play;
        HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
          heard.push(new Promise((resolve) => this.addEventListener('ended', () => resolve(this.duration))));
          return play.call(this);
        };
      });
      for (const from of ['ada', 'tomas', 'priya']) await hears('thick and fast', from);
      await eventually(async () => (await row('priya')).unread > 0 || undefined);
      const heard = () => one.page.evaluate(() => Promise.all(Reflect.get(globalThis, 'heard') as Promise<number>[]));
      await expect.poll(heard).toHaveLength(1);
      expect((await heard())[0]).toBeCloseTo(0.36, 1);
    });

    test.each(['desktop', 'phone'])('a conversation is marked unread, snoozed and muted: %s', async (place) => {
      const visitor = at(place);
      const { page } = visitor;
      await visitor.to(`#/c/${idOf('ada')}`);
      await eventually(async () => (await row('ada')).unread === 0 || undefined);
      await menu(visitor, 'Mark as unread');
      await eventually(async () => (await row('ada')).markedUnread || undefined);
      await visitor.to(`#/c/${idOf('ada')}`);
      await eventually(async () => !(await row('ada')).markedUnread || undefined);
      await menu(visitor, 'Notifications…');
      await page.getByRole('radio', { name: 'Nothing', exact: true }).check();
      await visitor.button('For an hour').click();
      await page.getByText(/^Muted until/).waitFor();
      expect(await visitor.violations()).toEqual([]);
      expect(await row('ada')).toMatchObject({ notify: 'none', mutedUntil: expect.any(String) });
      await visitor.button('Unmute').click();
      await page.getByRole('radio', { name: /^As usual/ }).check();
      await visitor.button('Done').click();
      await menu(visitor, 'Snooze…');
      expect(await visitor.violations()).toEqual([]);
      await visitor.button('Snooze').click();
      await visitor.list.waitFor();
      await visitor.entry('ada').waitFor({ state: 'detached' });
      await visitor.button('Undo').click();
      await visitor.entry('ada').waitFor();
      expect(await row('ada')).toMatchObject({ notify: null, snoozedUntil: null });
    });

    test('reminders come due in the page, are put off and put away', async () => {
      const visitor = at('desktop');
      const { page } = visitor;
      await visitor.to(`#/c/${idOf('priya')}`);
      await menu(visitor, 'Remind me…');
      await visitor.button('Remind me').click();
      await page.getByText(/^You will be reminded/).waitFor();
      const soon = new Date(Date.now() + 1000).toISOString();
      await parley.ok('PUT', `/conversations/${idOf('priya')}/reminder`, { at: soon });
      const bar = page.getByRole('region', { name: 'You wanted to be reminded' });
      await bar.waitFor();
      expect(await visitor.violations()).toEqual([]);
      await visitor.to('#/reminders');
      await page.getByText(/Due: /).waitFor();
      expect(await visitor.violations()).toEqual([]);
      await visitor.button('Later').click();
      await visitor.button('Remind me').click();
      await page.getByText(/Due: /).waitFor({ state: 'detached' });
      const narrow = at('phone');
      await narrow.to('#/reminders');
      await narrow.link('priya').waitFor();
      expect(await narrow.violations()).toEqual([]);
      expect(await narrow.overflow()).toEqual([]);
      await narrow.button('Done').click();
      await narrow.page.getByText('No reminders').waitFor();
    });

    describe('pushes', () => {
      let cdp: CDPSession;
      let worker: Worker;
      let registrationId: string;
      // The words of the service worker's own world are not known to the compiler here: it gets them as text.
      const shown = (): Promise<{ title: string; body: string }[]> =>
        worker.evaluate(
          'registration.getNotifications().then((all) => all.map(({ title, body }) => ({ title, body })))',
        );
      const closeAll = (): Promise<void> =>
        worker.evaluate('registration.getNotifications().then((all) => all.forEach((one) => one.close()))');
      const push = (payload: object) =>
        cdp.send('ServiceWorker.deliverPushMessage', {
          origin: parley.url,
          registrationId,
          data: JSON.stringify({ is: 'message', count: 1, at: new Date().toISOString(), ...payload }),
        });
      /** As the browser does when a notification is pressed. */
      const press = (action: string, reply = ''): Promise<void> =>
        worker.evaluate(`(async () => {
          const [notification] = await registration.getNotifications();
          const event = new NotificationEvent('notificationclick', { notification, action: '${action}' });
          const work = [];
          Object.defineProperty(event, 'waitUntil', { value: (one) => work.push(one) });
          Object.defineProperty(event, 'reply', { value: '${reply}' });
          dispatchEvent(event);
          await Promise.all(work);
        })()`);

      beforeAll(async () => {
        const { page } = at('desktop');
        const context = page.context();
        await context.grantPermissions(['notifications'], { origin: parley.url });
        await at('desktop').to('#/settings');
        [worker = await context.waitForEvent('serviceworker')] = context.serviceWorkers();
        cdp = await context.newCDPSession(page);
        registrationId = await new Promise<string>((resolve) => {
          cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
            const own = registrations.find(({ scopeURL }) => scopeURL.startsWith(parley.url));
            if (own) resolve(own.registrationId);
          });
          void cdp.send('ServiceWorker.enable');
        });
      });

      test('a device is added, and told what comes in while nobody looks', async () => {
        const visitor = at('desktop');
        const { page } = visitor;
        const subscription = service.subscription('browser');
        await page.evaluate((given) => {
          // There is no push service to be had without the network of the browser's maker.
          const made = { toJSON: () => given, options: {}, unsubscribe: async () => true };
          PushManager.prototype.subscribe = async () => made as unknown as PushSubscription;
        }, subscription);
        await page.getByRole('switch', { name: /^Notify this device/ }).click();
        await eventually(async () => (await parley.ok('GET', '/push/subscriptions')).items.length === 1 || undefined);
        for (const one of visitors.values()) {
          await one.page.evaluate(() => {
            Object.defineProperty(document, 'hasFocus', { value: () => false, configurable: true });
            window.dispatchEvent(new Event('blur'));
          });
        }
        await hears('are you away?', 'tomas');
        const told = await eventually(() => service.to('browser').find(({ text }) => text === 'are you away?'));
        expect(told).toMatchObject({ is: 'message', title: 'tomas', conversationId: idOf('tomas') });
        expect(await visitor.violations()).toEqual([]);
      });

      test('what is pushed is shown, once for a conversation, and counted', async () => {
        const about = { conversationId: idOf('tomas'), title: 'tomas' };
        await eventually(async () => {
          await closeAll();
          return (await shown()).length === 0 || undefined;
        });
        await push({ ...about, messageId: crypto.randomUUID(), text: 'first' });
        await eventually(async () => (await shown()).some(({ body }) => body === 'first') || undefined);
        await push({ ...about, messageId: crypto.randomUUID(), text: 'second' });
        await eventually(async () => (await shown()).some(({ body }) => /\(2\)\nsecond/.test(body)) || undefined);
        expect(await shown()).toHaveLength(1);
      });

      test('it is answered and read without a page', async () => {
        await press('reply', 'On my way');
        await eventually(async () => {
          const { items } = await parley.ok('GET', `/conversations/${idOf('tomas')}/messages?limit=5`);
          return items.some((one: { text: string; direction: string }) => one.text === 'On my way') || undefined;
        });
        expect(await shown()).toEqual([]);
        const { items } = await parley.ok('GET', `/conversations/${idOf('tomas')}/messages?limit=1`);
        await hears('one more', 'tomas');
        const last = await eventually(async () => {
          const found = await row('tomas');
          return found.lastMessage.text === 'one more' && found.unread > 0 ? found.lastMessage.id : undefined;
        });
        expect(last).not.toBe(items[0].id);
        await push({ conversationId: idOf('tomas'), messageId: last, title: 'tomas', text: 'one more' });
        await eventually(async () => (await shown()).length > 0 || undefined);
        await press('read');
        await eventually(async () => (await row('tomas')).unread === 0 || undefined);
      });

      test('who signs out is told nothing more', async () => {
        const visitor = at('desktop');
        await visitor.to('#/settings');
        await visitor.button('Sign out').click();
        await visitor.heading('Sign in').waitFor();
        expect((await parley.ok('GET', '/push/subscriptions')).items).toEqual([]);
      });
    });
  });
}
