import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ImapFlow } from 'imapflow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Book } from '../../src/adapters/email/cursor.js';
import email from '../../src/adapters/email/index.js';
import type {
  AdapterError,
  Connection,
  Event,
  Json,
  JsonObject,
  MessageEvent,
  OutgoingMessage,
} from '../../src/sdk/index.js';
import { FakeHost } from '../../src/sdk/testing/fake-host.js';
import { loginContext } from '../../src/sdk/testing/login-context.js';
import { RunningClock } from '../../src/sdk/testing/running-clock.js';
import { labOrSkip } from '../support/lab.js';
import { eventually } from '../support/parley.js';

const lab = await labOrSkip(['mail']);

/** One mailbox, seen by the adapter and by another program at the same time, at the lab's Dovecot. */
if (lab) {
  const { mail } = lab;
  const certificate = await readFile(mail.caFile, 'utf8');
  const [me, alice] = mail.users as [(typeof mail.users)[number], (typeof mail.users)[number]];
  let other: ImapFlow;
  let open: Connection[] = [];
  let sends = 0;

  const signIn = async (changes: object = {}): Promise<JsonObject> => {
    const login = email.login('password', loginContext());
    const step = await login.next({
      ...{ address: me.address, username: me.username, password: me.password, certificate, backfill: 0 },
      ...{ imapHost: '127.0.0.1', imapPort: mail.imapsPort, smtpHost: '127.0.0.1', smtpPort: mail.submissionPort },
      ...{ smtpTls: 'starttls', ...changes },
    });
    if (step.type !== 'done') throw new Error('the sign-in did not end');
    return step.session;
  };

  const start = async (changes: object = {}, cursor?: Json, set: object = {}) => {
    const clock = new RunningClock();
    const host = new FakeHost({ clock, ...(cursor !== undefined && { cursor }) });
    const session = { ...(await signIn(changes)), ...set };
    const connection = email.open({ id: '1', remoteId: me.address, name: me.address, session }, host);
    open.push(connection);
    connection.start();
    await host.untilState('online');
    return { host, clock, connection, session };
  };

  const message = (text: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
    ...{ key: `key-${++sends}`, text, attachments: [], signal: new AbortController().signal },
    ...more,
  });

  const messages = (host: FakeHost) => host.events.filter((event): event is MessageEvent => event.type === 'message');
  const shown = (host: FakeHost) => new Map(messages(host).map((event) => [`${event.chat.id} ${event.id}`, event]));

  /** Mail as a server hands it over. */
  const raw = (text: string, head: Record<string, string> = {}) =>
    `${Object.entries({
      From: `Alice <${alice.address}>`,
      To: me.address,
      Subject: 'Hello',
      Date: new Date().toUTCString(),
      ...head,
    })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n${text}\r\n`;

  const put = (folder: string, source: string, flags: string[] = [], at = new Date()) =>
    other.append(folder, source, flags, at);

  const inFolder = async (folder: string) => {
    const lock = await other.getMailboxLock(folder);
    try {
      await other.noop();
      const list = await other.fetchAll('1:*', { uid: true, flags: true, envelope: true });
      return list.map((one) => ({ uid: one.uid, seen: one.flags?.has('\\Seen'), id: one.envelope?.messageId }));
    } finally {
      lock.release();
    }
  };

  const signInOther = async () => {
    other = new ImapFlow({
      ...{ host: mail.host, port: mail.imapsPort, secure: true, logger: false },
      ...{ auth: { user: me.username, pass: me.password }, tls: { rejectUnauthorized: false } },
    });
    other.on('error', () => {});
    await other.connect();
  };

  beforeEach(async () => {
    await signInOther();
    for (const folder of ['INBOX', 'Sent', 'Archive']) {
      await other.mailboxCreate(folder).catch(() => {});
      const lock = await other.getMailboxLock(folder);
      await other.messageDelete('1:*').catch(() => {});
      lock.release();
    }
  });
  afterEach(async () => {
    await Promise.all(open.map((connection) => connection.stop()));
    open = [];
    await other.logout().catch(() => {});
  });

  describe('what we sent', () => {
    it('has one copy in the folder for it, which is known as our own', async () => {
      const { host, clock, connection } = await start();
      const mine = message('with a copy');
      const sent = await connection.chat(`to:${alice.address}`).send.message(mine);
      await eventually(async () => (await inFolder('Sent')).length === 1);
      await connection.chat(`to:${alice.address}`).send.message(mine);
      clock.skip(20_000);
      const echo = await host.untilMessage('with a copy');
      expect(echo).toMatchObject({ id: sent.remoteId, key: mine.key, chat: { id: `to:${alice.address}` } });
      expect(echo.from).toBeUndefined();
      expect(await inFolder('Sent')).toEqual([{ uid: expect.any(Number), seen: true, id: sent.remoteId }]);
    });

    it('has none where the person wants none', async () => {
      const { host, connection } = await start();
      await connection.settings!.change({ sentCopy: 'off' });
      await host.until(() => host.states.filter((state) => state.is === 'online').length === 2, 'the new connection');
      await connection.chat(`to:${alice.address}`).send.message(message('no copy'));
      await connection.stop();
      expect(await inFolder('Sent')).toEqual([]);
    });

    it('is proved delivered where the person asked for reports', async () => {
      const { host, connection } = await start({}, undefined, { deliveryReports: true });
      const sent = await connection.chat(`to:${alice.address}`).send.message(message('has it come?'));
      const receipt = await host.until(() => host.events.find((event) => event.type === 'receipt'), 'the report');
      expect(receipt).toMatchObject({ target: sent.remoteId, proves: 'delivered' });
    });

    it('gets its copy before the account stops', async () => {
      const { connection, clock } = await start();
      await connection.chat(`to:${alice.address}`).send.message(message('on the way out'));
      await connection.stop();
      expect(clock.pending).toBe(0);
      expect(await inFolder('Sent')).toHaveLength(1);
    });

    it('appears as ours in the right chat when another program sent it, and so does the answer', async () => {
      const { host, clock } = await start();
      await put('Sent', raw('from my phone', { From: me.address, To: alice.address, 'Message-ID': '<phone@x>' }));
      clock.skip(20_000);
      const mine = await host.untilMessage('from my phone');
      expect(mine.chat).toMatchObject({ id: `to:${alice.address}`, kind: 'direct' });
      expect(mine.from).toBeUndefined();
      await put(
        'INBOX',
        raw('an answer', { 'Message-ID': '<answer@x>', 'In-Reply-To': '<phone@x>', Subject: 'Re: Hello' }),
      );
      const answer = await host.untilMessage('an answer');
      expect(answer).toMatchObject({ chat: { id: `to:${alice.address}` }, replyTo: '<phone@x>' });
      expect(answer.from?.id).toBe(alice.address);
    });
  });

  describe('folders', () => {
    it('are chosen from those there are, and each has a place of its own', async () => {
      const { host, clock, connection, session } = await start();
      const field = connection.settings!.fields().find(({ name }) => name === 'folders');
      expect(field).toMatchObject({ kind: 'list', value: 'Sent', help: expect.stringContaining('Archive') });
      const refused = await connection.settings!.change({ folders: 'Nowhere' }).catch((error: AdapterError) => error);
      expect(refused).toMatchObject({ kind: 'rejected', fields: { folders: expect.stringContaining('Archive') } });
      await connection.settings!.change({ folders: ['archive', 'Sent'] });
      await host.until(() => host.states.filter((state) => state.is === 'online').length === 2, 'the new connection');
      expect(host.sessions.at(-1)).toMatchObject({ folders: ['Archive', 'Sent'] });
      await put('Archive', raw('filed by a rule', { 'Message-ID': '<filed@x>' }));
      clock.skip(20_000);
      expect((await host.untilMessage('filed by a rule')).backfill).toBeUndefined();
      await connection.stop();
      await put('Archive', raw('filed while away', { 'Message-ID': '<away@x>' }));
      const again = await start({}, host.cursor, { ...session, folders: ['Archive', 'Sent'] });
      await again.host.untilMessage('filed while away');
      expect(messages(again.host)).toHaveLength(1);
    });

    it('show a mail once that is moved between them', async () => {
      const { host, clock, connection } = await start({}, undefined, { folders: ['Archive', 'Sent'] });
      await put(
        'Sent',
        raw('begun', { From: me.address, To: alice.address, 'Message-ID': '<begun@x>', Subject: 'Plan' }),
      );
      clock.skip(20_000);
      await host.untilMessage('begun');
      // Neither of these says by its own header where it belongs.
      await put(
        'INBOX',
        raw('by its parent', { 'Message-ID': '<p@x>', 'In-Reply-To': '<begun@x>', Subject: 'Re: Plan' }),
      );
      await put('INBOX', raw('by its subject', { 'Message-ID': '<s@x>', Subject: 'RE: plan' }));
      await host.untilMessage('by its subject');
      expect(new Set(messages(host).map((event) => event.chat.id))).toEqual(new Set([`to:${alice.address}`]));
      const before = shown(host);
      const lock = await other.getMailboxLock('INBOX');
      await other.messageMove('1:*', 'Archive');
      lock.release();
      await put('Archive', raw('last', { 'Message-ID': '<last@x>' }));
      clock.skip(20_000);
      await host.untilMessage('last');
      expect([...shown(host).keys()].filter((key) => !before.has(key))).toEqual(['<last@x> <last@x>']);
      await connection.stop();
    });

    it('are read on without doubles when the server was away and has renumbered its mail', async () => {
      const { host, clock } = await start({}, undefined, { folders: ['Archive', 'Sent'] });
      for (const one of ['one', 'two']) await put('INBOX', raw(one, { 'Message-ID': `<${one}@x>` }));
      await host.untilMessage('two');
      const before = new Book(host.cursor, '').places.get('INBOX')?.uidValidity;
      await other.logout();
      const folder = mail.maildir(me.address);
      await mail.down();
      await host.untilState('waiting');
      for (const name of ['dovecot-uidlist', 'dovecot.index', 'dovecot.index.cache', 'dovecot.index.log']) {
        await rm(join(folder, name), { force: true });
      }
      await mail.up();
      await signInOther();
      await put('INBOX', raw('three', { 'Message-ID': '<three@x>' }));
      const online = () => {
        if (host.current?.is === 'waiting') clock.skipTo(host.current.retryAt);
        return host.current?.is === 'online';
      };
      await host.until(online, 'the server again');
      await host.untilMessage('three');
      expect(new Book(host.cursor, '').places.get('INBOX')?.uidValidity).not.toBe(before);
      expect(new Set(shown(host).keys())).toEqual(
        new Set(['one', 'two', 'three'].map((one) => `<${one}@x> <${one}@x>`)),
      );
    });
  });

  describe('read state', () => {
    const seenIn = async (folder: string) => (await inFolder(folder)).filter((one) => one.seen).map((one) => one.id);
    const isSeen = (event: Event): event is Extract<Event, { type: 'seen' }> => event.type === 'seen';

    it('goes out: what was read here is marked there, in this chat and no further', async () => {
      const { host, connection } = await start();
      for (const [id, parent] of [['<a@x>'], ['<b@x>', '<a@x>'], ['<c@x>'], ['<d@x>', '<a@x>']] as const) {
        await put('INBOX', raw(`mail ${id}`, { 'Message-ID': id, ...(parent && { References: parent }) }));
      }
      await host.untilMessage('mail <d@x>');
      const features = connection.chat('<a@x>');
      await features.readReceipts!.upTo('<b@x>');
      await eventually(async () => (await seenIn('INBOX')).length === 2);
      expect((await seenIn('INBOX')).sort()).toEqual(['<a@x>', '<b@x>']);
      await host.untilState('online');
      expect(host.events.filter(isSeen)).toEqual([]);
    });

    it('comes in: what was read there is read here, also while we were away', async () => {
      const { host, connection } = await start();
      await put('INBOX', raw('first', { 'Message-ID': '<first@x>' }));
      await put('INBOX', raw('second', { 'Message-ID': '<second@x>' }));
      await host.untilMessage('second');
      const mark = async (uid: string) => {
        const lock = await other.getMailboxLock('INBOX');
        await other.messageFlagsAdd(uid, ['\\Seen'], { uid: true });
        lock.release();
      };
      const uids = (await inFolder('INBOX')).map((one) => String(one.uid));
      await mark(uids[0]!);
      const seen = await host.untilEvent(isSeen, 'the first as read');
      expect(seen).toMatchObject({ target: '<first@x>', chat: { id: '<first@x>' } });
      await connection.stop();
      await mark(uids[1]!);
      const again = await start({}, host.cursor);
      expect(await again.host.untilEvent(isSeen, 'the second as read')).toMatchObject({ target: '<second@x>' });
      expect(messages(again.host)).toEqual([]);
    });

    it('stays out of it where the person wants so: nothing is opened for writing', async () => {
      const { host, connection } = await start({}, undefined, { readState: false });
      expect(connection.chat('<a@x>').readReceipts).toBeUndefined();
      await put('INBOX', raw('unread', { 'Message-ID': '<u@x>' }), ['\\Seen']);
      expect((await host.untilMessage('unread')).backfill).toBeUndefined();
    });

    it('raises no unread count for what was read before it came here', async () => {
      const { host } = await start();
      await put('INBOX', raw('read on the phone', { 'Message-ID': '<r@x>' }), ['\\Seen']);
      expect((await host.untilMessage('read on the phone')).backfill).toBe(true);
    });
  });

  describe('history', () => {
    const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n));
    const dated = (n: number) => ({ Date: day(n).toUTCString() });

    it('pages back through all that two people wrote to each other, each mail once', async () => {
      for (let n = 0; n < 60; n++) {
        const id = `<h${n}@x>`;
        if (n % 3 === 2) {
          const head = { From: me.address, To: alice.address, 'Message-ID': id, ...dated(n) };
          await put('Sent', raw(`history ${n}`, head), ['\\Seen'], day(n));
        } else {
          await put('INBOX', raw(`history ${n}`, { 'Message-ID': id, ...dated(n) }), [], day(n));
        }
      }
      await put('INBOX', raw('not hers', { From: 'bob@lab.test', 'Message-ID': '<bob@x>', ...dated(30) }), [], day(30));
      const { host, connection } = await start();
      const { history } = connection.chat(`to:${alice.address}`);
      const signal = new AbortController().signal;
      let position: Json | undefined;
      let pages = 0;
      do {
        const page = await history!.before({ ...(position !== undefined && { position }) }, 25, signal);
        const times = page.events.map((event) => (event.type === 'message' ? event.at : 0));
        expect(times).toEqual([...times].sort((a, b) => a - b));
        await host.deliver(page.events);
        position = page.next;
        pages += 1;
      } while (position !== undefined && pages < 10);
      expect(pages).toBe(3);
      const texts = messages(host).map((event) => event.text);
      expect(texts).toHaveLength(60);
      expect(new Set(texts).size).toBe(60);
      expect(texts).not.toContain('not hers');
      expect(messages(host).every((event) => event.backfill)).toBe(true);
      const mine = messages(host).filter((event) => event.from === undefined);
      expect(mine).toHaveLength(20);
      expect(new Set(mine.map((event) => event.chat.id))).toEqual(new Set([`to:${alice.address}`]));
    });

    it('of a thread is that thread alone, and begins above what is stored', async () => {
      for (let n = 0; n < 6; n++) {
        const parent: Record<string, string> = n === 0 ? {} : { References: '<t0@x>' };
        const head = { To: `${me.address}, bob@lab.test`, 'Message-ID': `<t${n}@x>`, ...parent, ...dated(n) };
        await put('INBOX', raw(`thread ${n}`, head), [], day(n));
      }
      await put('INBOX', raw('another', { 'Message-ID': '<n@x>', ...dated(3) }), [], day(3));
      const { connection } = await start();
      const oldest = { id: '<t3@x>', at: day(3).getTime() };
      const page = await connection.chat('<t0@x>').history!.before({ oldest }, 50, new AbortController().signal);
      expect(page.next).toBeUndefined();
      const texts = page.events.map((event) => (event.type === 'message' ? event.text : event.type));
      expect(texts.slice(0, 4)).toEqual(['thread 0', 'thread 1', 'thread 2', 'thread 3']);
      expect(texts).not.toContain('another');
    });

    it('is asked for in vain while the mailbox is away', async () => {
      const { connection } = await start();
      const { history } = connection.chat('<t0@x>');
      await connection.stop();
      const asked = history!.before({}, 50, new AbortController().signal);
      await expect(asked).rejects.toMatchObject({ kind: 'temporary' });
    });
  });
}
