import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MailPeer, own, partner } from '../../../test/support/mail-peer.js';
import {
  AdapterError,
  type Connection,
  type JsonObject,
  type MessageEvent,
  type OutgoingMessage,
} from '../../sdk/index.js';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import { FakeHost } from '../../sdk/testing/fake-host.js';
import { loginContext } from '../../sdk/testing/login-context.js';
import { Book } from './cursor.js';
import adapter from './index.js';

let peer: MailPeer;
let connections: Connection[] = [];

const signIn = async (changes: Record<string, unknown> = {}) => {
  const login = adapter.login('password', loginContext());
  await login.start();
  const step = await login.next({ ...peer.login.inputs[0], ...changes });
  if (step.type !== 'done') throw new Error('the sign-in did not end');
  return step.session;
};

const open = (session: JsonObject, host: FakeHost) => {
  const connection = adapter.open({ id: '1', remoteId: own, name: own, session }, host);
  connections.push(connection);
  connection.start();
  return connection;
};

const online = async (changes: Record<string, unknown> = {}) => {
  const host = new FakeHost();
  const session = await signIn(changes);
  const connection = open(session, host);
  await host.untilState('online');
  return { host, session, connection };
};

let sends = 0;
const message = (text: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  key: `key-${++sends}`,
  text,
  attachments: [],
  signal: new AbortController().signal,
  ...more,
});

const failure = async (work: Promise<unknown>): Promise<AdapterError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AdapterError)) throw new Error(`expected an AdapterError, got ${String(error)}`);
  return error;
};

const header = (raw: string, name: string) =>
  new RegExp(`^${name}:\\s*(.*(?:\\r\\n[ \\t].*)*)`, 'im').exec(raw)?.[1]?.replace(/\r\n[ \t]+/g, ' ');
const messages = (host: FakeHost) => host.events.filter((event): event is MessageEvent => event.type === 'message');

const inboxPlace = (host: FakeHost) => new Book(host.cursor, '').places.get('INBOX');

beforeEach(async () => {
  peer = await MailPeer.start();
  connections = [];
});
afterEach(async () => {
  await Promise.all(connections.map((connection) => connection.stop()));
  await peer.stop();
});

describe('receiving', () => {
  it('delivers new mail through IDLE and keeps the place', async () => {
    const { host } = await online();
    await peer.until(() => peer.lines.some((line) => / IDLE$/.test(line)), 'IDLE');
    await peer.say('good morning');
    const mail = await host.untilMessage('good morning');
    expect(mail).toMatchObject({
      from: { id: partner, name: 'Alice' },
      chat: { kind: 'direct', subject: 'Hello' },
      format: 'plain',
    });
    expect(mail.backfill).toBeUndefined();
    expect(inboxPlace(host)).toMatchObject({ uidValidity: '1', lastUid: 1 });
  });

  it('polls where the server has no IDLE', async () => {
    await peer.stop();
    peer = await MailPeer.start({ idle: false });
    const clock = new FakeClock();
    const host = new FakeHost({ clock });
    open(await signIn(), host);
    await host.untilState('online');
    await peer.until(() => peer.lines.filter((line) => /UID SEARCH/.test(line)).length >= 1, 'the first look');
    await peer.say('polled');
    await peer.until(() => {
      clock.advance(6_000);
      return messages(host).some((event) => event.text === 'polled');
    }, 'the poll');
  });

  it('takes the newest mails as history at the first sign-in and only news after a restart', async () => {
    for (const text of ['one', 'two', 'three']) await peer.say(text);
    const { host, session, connection } = await online({ backfill: 2 });
    expect(messages(host).map((event) => [event.text, event.backfill])).toEqual([
      ['two', true],
      ['three', true],
    ]);
    await connection.stop();
    expect(peer.lines.at(-1)).toMatch(/LOGOUT$/);
    await peer.say('four');
    const again = new FakeHost({ cursor: host.cursor });
    open(session, again);
    await again.untilMessage('four');
    expect(messages(again).map((event) => event.text)).toEqual(['four']);
  });

  it('finds its place again when the server renumbers its mail, under the same ids', async () => {
    const { host, session, connection } = await online();
    await peer.say('before');
    const before = await host.untilMessage('before');
    await connection.stop();
    peer.renumber();
    await peer.say('after');
    const again = new FakeHost({ cursor: host.cursor });
    open(session, again);
    await again.untilMessage('after');
    const seen = messages(again).find((event) => event.text === 'before');
    expect(seen).toMatchObject({ id: before.id, chat: { id: before.chat.id } });
    expect(inboxPlace(again)).toMatchObject({ uidValidity: '2', lastUid: 101 });
  });

  it('loses nothing while the store is away', async () => {
    const { host } = await online();
    host.deliverError = new AdapterError('temporary', 'database away');
    await peer.say('first');
    await peer.say('second');
    await peer.until(() => peer.lines.some((line) => /BODY/.test(line)), 'the fetch');
    expect(messages(host)).toEqual([]);
    host.deliverError = undefined;
    await host.untilMessage('second', 15_000);
    expect(messages(host).map((event) => event.text)).toEqual(['first', 'second']);
  });

  it('passes a mail that the server cannot hand over and goes on', async () => {
    const clock = new FakeClock();
    const host = new FakeHost({ clock });
    open(await signIn(), host);
    await host.untilState('online');
    peer.imapReplies.set('UID FETCH', 'CUT');
    await peer.say('heavy');
    const tries = () => peer.lines.filter((line) => /UID FETCH/.test(line)).length;
    const retry = () => {
      if (host.current?.is === 'waiting') clock.advance(400_000);
      return false;
    };
    await peer.until(() => retry() || tries() >= 3, 'three tries');
    peer.imapReplies.delete('UID FETCH');
    peer.brokenUid = 1;
    await peer.say('light');
    await peer.until(() => retry() || messages(host).length >= 2, 'both mails', 20_000);
    expect(messages(host)[0]).toMatchObject({ format: 'system', text: expect.stringContaining('could not be read') });
    expect(messages(host)[1]?.text).toBe('light');
    expect(inboxPlace(host)).toMatchObject({ lastUid: 2 });
  });
});

describe('threads', () => {
  it('answers in a thread somebody else began, with its headers', async () => {
    const { host, connection } = await online();
    await peer.say('question');
    const { chat, id } = await host.untilMessage('question');
    const sent = await connection.chat(chat.id).send.message(message('answer'));
    const raw = peer.submitted[0]!.raw;
    expect(header(raw, 'Subject')).toBe('Re: Hello');
    expect(header(raw, 'In-Reply-To')).toBe(id);
    expect(header(raw, 'References')).toBe(id);
    expect(header(raw, 'Message-ID')).toBe(sent.remoteId);
    expect(sent.providerId).toContain('queued as PEER1');
    peer.append(
      `From: ${partner}\nTo: ${own}\nSubject: Re: Hello\nMessage-ID: <r1@x>\nIn-Reply-To: ${sent.remoteId}\nReferences: ${id} ${sent.remoteId}\n\nthanks\n\nOn Tue, 3 Nov 2026, Me wrote:\n> answer\n`,
    );
    const reply = await host.untilMessage('thanks');
    expect(reply).toMatchObject({ chat: { id: chat.id }, replyTo: sent.remoteId });
    expect(reply.html).toContain('&gt; answer');
  });

  it('lands the answer to a mail we began in the chat it was written in, even after everything is forgotten', async () => {
    const { host, session, connection } = await online();
    const { chat } = await connection.resolve('Alice@Parley.test', { join: false });
    const sent = await connection.chat(chat.id).send.message(message('Dinner?\nAt eight.'));
    expect(header(peer.submitted[0]!.raw, 'Subject')).toBe('Dinner?');
    await connection.stop();
    const again = new FakeHost({ cursor: undefined });
    void host;
    open(session, again);
    await again.untilState('online');
    peer.append(
      `From: ${partner}\nTo: ${own}\nSubject: Re: Dinner?\nMessage-ID: <r2@x>\nIn-Reply-To: ${sent.remoteId}\n\nYes\n`,
    );
    expect((await again.untilMessage('Yes')).chat.id).toBe(`to:${partner}`);
  });

  it('still knows its mails after a new sign-in', async () => {
    const { host, connection } = await online();
    const sent = await connection.chat(`to:${partner}`).send.message(message('before the new password'));
    await connection.stop();
    const again = new FakeHost({ cursor: host.cursor });
    open(await signIn(), again);
    await again.untilState('online');
    peer.append(`From: ${partner}\nTo: ${own}\nMessage-ID: <r3@x>\nIn-Reply-To: ${sent.remoteId}\n\nafter\n`);
    expect((await again.untilMessage('after')).chat.id).toBe(`to:${partner}`);
  });

  it('keeps a third person out of a chat of two', async () => {
    const { host, connection } = await online();
    const sent = await connection.chat(`to:${partner}`).send.message(message('secret plan'));
    peer.append(
      `From: bob@parley.test\nTo: ${own}\nMessage-ID: <b@x>\nIn-Reply-To: ${sent.remoteId}\n\nforwarded to me\n`,
    );
    const mail = await host.untilMessage('forwarded to me');
    expect(mail.chat.id).toBe(sent.remoteId);
    expect(mail.from?.id).toBe('bob@parley.test');
  });

  it('answers everybody in a group and looks up a forgotten thread in the mailbox', async () => {
    peer.append(
      `From: ${partner}\nTo: ${own}, bob@parley.test\nCc: carol@parley.test\nSubject: Plan\nMessage-ID: <root@x>\n\nhi all\n`,
    );
    const { host, connection } = await online({ backfill: 0 });
    expect(messages(host)).toEqual([]);
    await connection.chat('<root@x>').send.message(message('count me in'));
    expect(peer.submitted[0]!.to).toEqual([partner, 'bob@parley.test', 'carol@parley.test']);
    expect(header(peer.submitted[0]!.raw, 'In-Reply-To')).toBe('<root@x>');
    expect(header(peer.submitted[0]!.raw, 'Subject')).toBe('Re: Plan');
    expect((await failure(connection.chat('<gone@x>').send.message(message('?')))).kind).toBe('rejected');
    await peer.say('still here');
    await host.untilMessage('still here');
  });

  it('shows a mail to ourselves once', async () => {
    const { host, connection } = await online();
    const sent = await connection.chat(`to:${own}`).send.message(message('note to self'));
    const echo = await host.untilMessage('note to self');
    expect(echo).toMatchObject({ id: sent.remoteId, chat: { id: `to:${own}` } });
    expect(echo.from).toBeUndefined();
    expect(peer.submitted).toHaveLength(1);
  });
});

describe('read state, where the server does not count changes', () => {
  const seen = (host: FakeHost) => host.events.filter((event) => event.type === 'seen');

  it('goes out and comes in', async () => {
    const { host, connection } = await online();
    for (const text of ['one', 'two', 'three']) await peer.say(text);
    const mails = await host.until(() => (messages(host).length === 3 ? messages(host) : undefined), 'three mails');
    await connection.chat(mails[0]!.chat.id).readReceipts!.upTo(mails[0]!.id);
    await peer.until(() => peer.inbox[0]!.seen, 'the mark');
    await peer.until(() => peer.lines.at(-1)?.endsWith('IDLE') ?? false, 'IDLE');
    expect(peer.inbox.map((mail) => mail.seen)).toEqual([true, false, false]);
    peer.markSeen(2);
    await host.until(() => seen(host).length > 0, 'the second as read');
    expect(seen(host)).toMatchObject([{ target: mails[1]!.id, chat: { id: mails[1]!.chat.id } }]);
  });
});

describe('sending', () => {
  it('gives a repeated send the same Message-ID', async () => {
    const { connection } = await online();
    const once = message('again');
    const first = await connection.chat(`to:${partner}`).send.message(once);
    const second = await connection.chat(`to:${partner}`).send.message(once);
    expect(second.remoteId).toBe(first.remoteId);
    expect(header(peer.submitted[1]!.raw, 'In-Reply-To')).toBeUndefined();
  });

  it('opens few connections at once, and gives up what waits when it stops', async () => {
    const { connection } = await online();
    peer.mode = 'hang';
    const controller = new AbortController();
    const open = peer.open;
    const send = (signal: AbortSignal) =>
      failure(connection.chat(`to:${partner}`).send.message(message('x', { signal })));
    const some = Array.from({ length: 10 }, () => send(new AbortController().signal));
    const one = send(controller.signal);
    controller.abort();
    expect((await one).kind).toBe('temporary');
    await peer.until(() => peer.open === open + 3, 'three connections');
    await connection.stop();
    for (const error of await Promise.all(some)) expect(error.kind).toBe('temporary');
    await peer.until(() => peer.open === 0, 'no socket left');
  });

  it('cannot be injected into', async () => {
    const { connection } = await online({ name: 'Eve "X" <evil@x>, y' });
    const chat = connection.chat(`to:${partner}`);
    const text = 'Hi\r\n.\r\nMAIL FROM:<x@y>\n.\nRCPT TO:<z@z>\r.\rQUIT';
    const subject = await failure(chat.send.message(message('x', { subject: 'a\r\nBcc: evil@parley.test' })));
    expect(subject.kind).toBe('rejected');
    const content = new Uint8Array([1, 2, 3]);
    const file = {
      name: 'a"\r\nX-Evil: 1\r\n../b.txt',
      type: 'text/plain\r\nX-Evil: 2',
      size: 3,
      open: async () => new Blob([content]).stream(),
    };
    await chat.send.message(message(text, { attachments: [file] }));
    expect(peer.submitted).toHaveLength(1);
    const mail = peer.submitted[0]!;
    expect(mail.to).toEqual([partner]);
    expect(mail.raw).not.toMatch(/^X-Evil|^Bcc/im);
    expect(peer.lines.filter((line) => /MAIL FROM/.test(line))).toHaveLength(1);
    expect((await failure(connection.chat('to:a@b>\r\nRCPT TO:<evil@x').send.message(message('x')))).kind).toBe(
      'rejected',
    );
    expect(peer.lines.join('\n')).not.toContain('evil@x');
  });

  it('says what a refusal means', async () => {
    const { connection } = await online();
    const send = () => failure(connection.chat(`to:${partner}`).send.message(message('hello')));
    peer.smtpReplies.set(`RCPT ${partner}`, '550 5.1.1 no such user');
    expect(await send()).toMatchObject({ kind: 'rejected', message: expect.stringContaining('no such user') });
    peer.smtpReplies.set(`RCPT ${partner}`, '450 4.2.0 Greylisted, try again in 120 seconds');
    expect(await send()).toMatchObject({ kind: 'rate-limited', retryAfterMs: 120_000, scope: 'chat' });
    peer.smtpReplies.clear();
    peer.smtpReplies.set(`RCPT ${partner}`, '452 4.2.2 Mailbox full');
    expect(await send()).toMatchObject({
      ...{ kind: 'rate-limited', scope: 'chat' },
      message: expect.stringContaining('4.2.2 Mailbox full'),
    });
    peer.smtpReplies.set(`RCPT ${partner}`, '421 4.7.0 too many messages, slow down');
    expect(await send()).toMatchObject({ kind: 'rate-limited', scope: 'account' });
    peer.smtpReplies.set(`RCPT ${partner}`, '552 5.2.2 Over quota');
    expect(await send()).toMatchObject({ kind: 'rejected', message: expect.stringContaining('5.2.2 Over quota') });
    peer.smtpReplies.clear();
    peer.smtpReplies.set('.', '451 4.3.0 disk trouble');
    expect(await send()).toMatchObject({ kind: 'temporary' });
    peer.smtpReplies.set('.', '554 5.7.1 spam');
    expect(await send()).toMatchObject({ kind: 'rejected', message: expect.stringContaining('spam') });
    peer.smtpReplies.clear();
    peer.smtpReplies.set('AUTH', '535 5.7.8 wrong password');
    expect(await send()).toMatchObject({ kind: 'auth' });
    peer.smtpReplies.clear();
    peer.cutAfterData = true;
    expect(await send()).toMatchObject({ kind: 'unknown-outcome' });
    peer.cutAfterData = false;
    peer.mode = 'garbage';
    expect(await send()).toMatchObject({ kind: 'temporary', message: expect.stringContaining('did not speak SMTP') });
  });

  it('asks for reports only if the person wants them, and says what can then be proved', async () => {
    const { host, connection } = await online();
    const send = () => connection.chat(`to:${partner}`).send.message(message('hello'));
    await send();
    expect(peer.lines.join('\n')).not.toMatch(/NOTIFY|RET=/);
    expect(peer.submitted[0]!.raw).not.toMatch(/^Disposition-Notification-To/im);
    expect(connection.chat('x').send.proves).toBe('sent');
    await connection.settings!.change({ deliveryReports: 'on' });
    expect(connection.chat('x').send.proves).toBe('delivered');
    await connection.settings!.change({ readReports: true });
    expect(connection.chat('x').send.proves).toBe('read');
    await host.until(() => host.current?.is === 'online', 'the new connection');
    await send();
    expect(peer.lines.find((line) => /RCPT TO/.test(line) && /NOTIFY/.test(line))).toContain(
      'NOTIFY=SUCCESS,FAILURE,DELAY',
    );
    expect(header(peer.submitted[1]!.raw, 'Disposition-Notification-To')).toBe(own);
  });

  it('answers nothing by itself: no read report, no mail', async () => {
    const { host, connection } = await online();
    peer.append(
      `From: ${partner}\nTo: ${own}\nMessage-ID: <mdn@x>\nDisposition-Notification-To: ${partner}\nReturn-Receipt-To: ${partner}\n\nplease confirm\n`,
    );
    const mail = await host.untilMessage('please confirm');
    await connection.chat(mail.chat.id).readReceipts!.upTo(mail.id);
    await peer.until(() => peer.lines.some((line) => /UID STORE .*\\Seen/.test(line)), 'the mark');
    expect(peer.submitted).toEqual([]);
  });

  it('sends to the others when one recipient is refused, and says so', async () => {
    peer.append(`From: ${partner}\nTo: ${own}, bob@parley.test\nSubject: Plan\nMessage-ID: <root@x>\n\nhi all\n`);
    const { host, connection } = await online();
    peer.smtpReplies.set('RCPT bob@parley.test', '550 5.1.1 gone');
    await connection.chat('<root@x>').send.message(message('still'));
    expect(peer.submitted[0]!.to).toEqual([partner]);
    expect(await host.untilMessage(/Not sent to bob@parley\.test: 550/)).toMatchObject({ format: 'system' });
  });

  it('turns a bounce into a failed receipt of the mail it is about, and only of ours', async () => {
    const { host, connection } = await online();
    const sent = await connection.chat(`to:${partner}`).send.message(message('hello'));
    const bounce = (id: string) =>
      `From: MAILER-DAEMON@parley.test\nTo: ${own}\nSubject: Undelivered\nMessage-ID: <dsn${Math.random()}@x>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n\nIt failed.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; parley.test\n\nFinal-Recipient: rfc822; ${partner}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such\n mailbox\n\n--b\nContent-Type: message/rfc822\n\nFrom: ${own}\nMessage-ID: ${id}\n\nhello\n--b--\n`;
    peer.append(bounce('<somebody-elses@x>'));
    peer.append(bounce(sent.remoteId!));
    const receipt = await host.until(() => host.events.find((event) => event.type === 'receipt'), 'the receipt');
    expect(receipt).toMatchObject({
      target: sent.remoteId,
      proves: 'failed',
      reason: `${partner}: 550 5.1.1 no such mailbox`,
    });
    expect(messages(host)).toMatchObject([{ format: 'notice' }]);
  });
});

describe('trouble', () => {
  it('comes back after a cut', async () => {
    const { host } = await online();
    await peer.cut();
    await host.untilState('waiting');
    await host.untilState('online');
    await peer.say('back again');
    await host.untilMessage('back again');
  });

  it.each([
    ['down', 'connection refused by 127.0.0.1:'],
    ['garbage', 'did not speak IMAP'],
  ] as const)('waits with a reason: %s', async (trouble, why) => {
    const { host } = await online();
    await peer[trouble]();
    await host.until(() => host.states.some((state) => state.is === 'waiting' && state.why.includes(why)), why, 4500);
    if (trouble === 'down') await peer.up();
  });

  it('asks for a new sign-in when the password is refused and leaves the server alone', async () => {
    const { host, connection } = await online();
    await peer.refuseAuth();
    expect(await host.untilState('needs-login')).toMatchObject({
      why: expect.stringContaining('refused the password'),
    });
    const before = peer.imapConnections;
    expect((await failure(connection.chat(`to:${partner}`).send.message(message('x')))).kind).toBe('auth');
    expect(peer.imapConnections).toBe(before);
  });

  it('notices a server that has gone silent', async () => {
    const clock = new FakeClock();
    const host = new FakeHost({ clock });
    const connection = open(await signIn(), host);
    await host.untilState('online');
    await peer.until(() => peer.lines.some((line) => / IDLE$/.test(line)), 'IDLE');
    peer.frozen = true;
    clock.advance(120_000);
    await peer.until(() => peer.lines.includes('I DONE'), 'the heartbeat');
    clock.advance(20_000);
    expect(await host.untilState('waiting')).toMatchObject({
      why: expect.stringContaining('did not answer within 20 s'),
    });
    await connection.stop();
    expect(clock.pending).toBe(0);
    await peer.until(() => peer.open === 0, 'no socket left');
  });

  describe('certificates', () => {
    const files = mkdtempSync(join(tmpdir(), 'parley-mail-'));
    const make = () =>
      execFileSync(
        'openssl',
        [
          ...'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=mail.test'.split(' '),
          '-keyout',
          join(files, 'key'),
          '-out',
          join(files, 'cert'),
        ],
        { stdio: 'ignore' },
      );
    const read = (name: string) => readFileSync(join(files, name), 'utf8');
    afterAll(() => rmSync(files, { recursive: true }));

    it('are checked, unless this very one is trusted', async () => {
      await peer.stop();
      make();
      const [key, cert] = [read('key'), read('cert')];
      peer = await MailPeer.start({ tls: { key, cert } });
      const host = new FakeHost();
      open(await signIn(), host);
      expect(await host.untilState('waiting')).toMatchObject({
        why: expect.stringMatching(/certificate of .* is self-signed/),
      });
      expect(peer.lines).toEqual([]);
      const { connection } = await online({ certificate: cert.replaceAll('\n', ' ') });
      await connection.chat(`to:${partner}`).send.message(message('over TLS'));
      make();
      const other = new FakeHost();
      const wrong = open(await signIn({ certificate: read('cert') }), other);
      await other.untilState('waiting');
      const error = await failure(wrong.chat(`to:${partner}`).send.message(message('never')));
      expect(error).toMatchObject({ kind: 'temporary', message: expect.stringContaining('certificate') });
      expect(peer.count('never')).toBe(0);
    });

    it('are never gone without: plain text where encryption was asked for is a reason to wait', async () => {
      for (const [imapTls, why] of [
        ['on', 'did not speak TLS'],
        ['starttls', 'does not offer STARTTLS'],
      ] as const) {
        const host = new FakeHost();
        open(await signIn({ imapTls, smtpTls: imapTls }), host);
        expect(await host.untilState('waiting')).toMatchObject({ why: expect.stringContaining(why) });
      }
      expect(peer.lines.join()).not.toMatch(/LOGIN|AUTH PLAIN|secret/);
    });
  });

  it('stops while it is connecting to a server that hangs', async () => {
    await peer.hang();
    const host = new FakeHost();
    const connection = open(await signIn(), host);
    await peer.until(() => peer.open > 0, 'the connection');
    const started = performance.now();
    await Promise.all([connection.stop(), connection.stop()]);
    expect(performance.now() - started).toBeLessThan(3000);
    await peer.until(() => peer.open === 0, 'no socket left');
    expect(host.current).toEqual({ is: 'stopped' });
  });
});
