import http from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../src/sdk/index.js';
import { desktop, openBrowser, phone, Visitor, Visitors } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { freePort } from '../support/ports.js';
import { Stage, said } from '../support/stage.js';

/** The page without its server, as an app of the device, and where links and shares of other programs lead. */
const ready = await labOrSkip([], ['browser']);

/** Chromium says so of every call while the server is away, and of the first before anybody signed in. */
const away = [/ERR_(CONNECTION|EMPTY|SOCKET)/, /WebSocket connection/, /status of 401/];
const places = [
  ['desktop', desktop],
  ['phone', phone],
] as const;

if (ready) {
  describe('without the network', () => {
    let stage: Stage;
    let parley: Parley;
    let browser: Browser;
    const visitors = new Visitors();
    const deliver = (...events: Event[]) => stage.deliver('robin', ...events);
    const at = (name: string): Visitor => visitors.at(name);
    const conversation = (name: string): Promise<string> => parley.idOf('conversations', name);

    beforeAll(async () => {
      stage = await Stage.make();
      [parley, browser] = await Promise.all([Parley.start(stage.env), openBrowser()]);
      await parley.setUp();
      await parley.online((await parley.signIn('stage', 'name', { name: 'robin' })).id);
      const people = ['ada', 'tomas', 'priya'].map((id) => ({ id, address: `${id}@stage.example`, name: id }));
      await deliver(
        ...people.map((buddy) => ({ type: 'contact', buddy, listed: true }) as const),
        ...people.map((from) => said(`Hello from ${from.id}`, from.id, { from })),
      );
      for (const { id } of people) await parley.ok('POST', `/conversations/${await conversation(id)}/accept`);
      for (const [name, viewport] of places)
        visitors.set(name, await Visitor.signedIn(browser, parley.url, { viewport, worker: true }));
    });
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(async () => {
        await visitors.pictures(task.name);
        console.error(parley.said);
      });
    });

    test('where nothing was fetched beforehand, a part that cannot be fetched says so, and comes once the network is there', async () => {
      const plain = await Visitor.signedIn(browser, parley.url, { viewport: desktop });
      const { page } = plain;
      await plain.to(`#/c/${await conversation('ada')}`);
      await plain.box.waitFor();
      await plain.offline(true);
      await plain.button('Emoji').click();
      await page.getByText('This part of the page could not be fetched from the server.').waitFor();
      await plain.offline(false);
      await page.getByRole('combobox', { name: 'Search emoji' }).waitFor();
      expect(plain.unexpected(...away, /ERR_INTERNET_DISCONNECTED/, /Loading chunk/)).toEqual([]);
      await plain.leave();
    });

    test('the browser takes it for an app', async () => {
      const { page } = at('desktop');
      const cdp = await page.context().newCDPSession(page);
      const { errors, data } = await cdp.send('Page.getAppManifest');
      expect(errors).toEqual([]);
      const manifest = JSON.parse(data ?? '');
      expect(manifest).toMatchObject({ display: 'standalone', share_target: { action: '/share' } });
      const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors');
      // A window of its own to install from is what a browser without windows lacks.
      expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([]);
      for (const { src } of manifest.icons) expect((await fetch(`${parley.url}${src}`)).status).toBe(200);
    });

    test('server gone: it opens, reads, and queues; server back: each message is sent once', async () => {
      for (const visitor of visitors.values()) {
        await visitor.workerReady();
        await visitor.to(`#/c/${await conversation('ada')}`);
        await visitor.message('Hello from ada').waitFor();
      }
      const hello = (await parley.ok('GET', `/conversations/${await conversation('ada')}/messages`)).items[0];
      await parley.ok('PATCH', `/messages/${hello.id}/marks`, { pinned: true, starred: true });
      for (const visitor of visitors.values())
        await visitor.page.getByRole('region', { name: 'Pinned messages' }).waitFor();
      // The copy is written a moment after.
      await at('desktop').page.waitForTimeout(2500);
      const [ada, tomas] = [await conversation('ada'), await conversation('tomas')];
      await parley.down();
      for (const [name, visitor] of visitors) {
        await visitor.page.goto('about:blank');
        await visitor.to();
        await visitor.entry('tomas').click();
        // Never opened here before.
        await visitor.message('Hello from tomas').waitFor();
        await visitor.page.getByText('Reconnecting to Parley…').locator('visible=true').first().waitFor();
        await visitor.to(`#/c/${ada}`);
        await visitor.page.getByRole('region', { name: 'Pinned messages' }).getByText('Hello from ada').waitFor();
        await visitor.to('#/starred');
        await visitor.page.getByRole('list', { name: 'Starred messages' }).getByText('Hello from ada').waitFor();
        await visitor.to(`#/c/${tomas}`);
        await visitor.message('Hello from tomas').waitFor();
        await visitor.box.fill(`From the ${name}`);
        await visitor.box.press('Enter');
        await visitor.message(`From the ${name}`).waitFor();
        expect(await visitor.violations()).toEqual([]);
        expect(await visitor.overflow()).toEqual([]);
        await visitor.page.reload();
        await visitor.message(`From the ${name}`).waitFor();
      }
      await parley.up();
      const sent = await eventually(async () => {
        const { items } = await parley.ok('GET', `/conversations/${tomas}/messages`);
        const out = items.filter((one: { direction: string }) => one.direction === 'out');
        return out.length >= visitors.size ? out : undefined;
      }, 60_000);
      expect(sent.map((one: { text: string }) => one.text).sort()).toEqual(['From the desktop', 'From the phone']);
      for (const visitor of visitors.values()) {
        await visitor.message('From the desktop').waitFor();
        await visitor.message('From the phone').waitFor();
        await visitor.page.locator('.message-pending').waitFor({ state: 'detached' });
        expect((await visitor.texts()).filter((text) => text.startsWith('From'))).toHaveLength(2);
      }
    });

    test('a link of another program opens the conversation with its words, or asks by which account', async () => {
      for (const visitor of visitors.values()) {
        const own = encodeURIComponent(`web+parley:c/${await conversation('priya')}`);
        await visitor.page.goto(`${parley.url}/?open=${own}`);
        await visitor.message('Hello from priya').waitFor();
        expect(new URL(visitor.page.url()).search).toBe('');
        await visitor.page.goto(`${parley.url}/?open=${encodeURIComponent('xmpp:ada@stage.example')}`);
        await visitor.page.getByText('None of your networks reaches ada@stage.example').waitFor();
        expect(await visitor.violations()).toEqual([]);
        expect(await visitor.overflow()).toEqual([]);
        await visitor.page.goto(`${parley.url}/?open=${encodeURIComponent('gopher:x')}`);
        await visitor.page.getByText('Parley cannot open this link').waitFor();
      }
    });

    test('what another app shares goes into the composer of whom it is for', async () => {
      for (const visitor of visitors.values()) {
        await visitor.to();
        await visitor.list.or(visitor.page.getByRole('main')).first().waitFor();
        await visitor.page.evaluate(() => {
          const form = document.createElement('form');
          form.method = 'post';
          form.action = '/share';
          form.enctype = 'multipart/form-data';
          const text = document.createElement('textarea');
          text.name = 'text';
          text.value = 'A map of the harbour';
          const files = document.createElement('input');
          files.type = 'file';
          files.name = 'files';
          const list = new DataTransfer();
          list.items.add(new File(['north'], 'map.txt', { type: 'text/plain' }));
          files.files = list.files;
          form.append(text, files);
          document.body.append(form);
          form.submit();
        });
        await visitor.heading('Share with').waitFor();
        await visitor.page.getByText('map.txt').waitFor();
        expect(await visitor.violations()).toEqual([]);
        expect(await visitor.overflow()).toEqual([]);
        await visitor.page.getByRole('searchbox', { name: 'Find a conversation' }).fill('ada');
        await visitor.button('ada').click();
        await eventually(async () => (await visitor.box.inputValue()) === 'A map of the harbour' || undefined);
        await visitor.page.getByText('map.txt').waitFor();
        await visitor.box.fill('');
        await visitor.to('#/share');
        await visitor.page.getByText('Nothing is waiting to be shared').waitFor();
      }
    });

    test('a newer page waits until it is asked for, and until no other window is looked at', async () => {
      let newer = false;
      const front = http.createServer((request, response) => {
        const { method, headers, url } = request;
        const asked = http.request(`${parley.url}${url}`, { method, headers }, (answer) => {
          const altered = newer && url === '/worker.js';
          if (altered) delete answer.headers['content-length'];
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          if (altered) response.write('/* newer */');
          answer.pipe(response);
        });
        // Whole and as it is, not "as before".
        if (url === '/worker.js')
          for (const one of ['accept-encoding', 'if-none-match', 'if-modified-since']) asked.removeHeader(one);
        asked.on('error', () => response.destroy());
        request.on('error', () => asked.destroy());
        request.pipe(asked);
      });
      const port = await freePort();
      await new Promise<void>((resolve) => front.listen(port, '127.0.0.1', resolve));
      const visitor = await Visitor.come(browser, `http://127.0.0.1:${port}`, { worker: true });
      try {
        await visitor.to();
        await visitor.signIn();
        await visitor.workerReady();
        await visitor.page.reload();
        await visitor.list.waitFor();
        const other = await visitor.another();
        await other.to();
        await other.list.waitFor();
        await other.page.waitForTimeout(9000);
        newer = true;
        await visitor.page.evaluate(async () => {
          const registration = await navigator.serviceWorker.getRegistration();
          registration?.update().catch((error: unknown) => console.error(`no update: ${error}`));
        });
        for (const one of [visitor, other]) await one.page.getByText('A new version of Parley is ready.').waitFor();
        expect(await visitor.violations()).toEqual([]);
        await visitor.picture('a newer version');
        await visitor.button('Use it now').click();
        for (const one of [visitor, other])
          await one.page.getByText('A new version of Parley is ready.').waitFor({ state: 'detached' });
        const taken = async () => (await navigator.serviceWorker.getRegistration())?.waiting === null;
        await eventually(() => visitor.page.evaluate(taken));
      } finally {
        await visitor.leave();
        front.closeAllConnections();
        front.close();
      }
    });

    test('nothing went wrong on the way', () => {
      for (const visitor of visitors.values()) expect(visitor.unexpected(...away)).toEqual([]);
    });
  });
}
