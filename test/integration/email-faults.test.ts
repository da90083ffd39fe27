import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Book } from '../../src/adapters/email/cursor.js';
import email from '../../src/adapters/email/index.js';
import type { Connection, Event, Json } from '../../src/sdk/index.js';
import { FakeHost } from '../../src/sdk/testing/fake-host.js';
import { loginContext } from '../../src/sdk/testing/login-context.js';
import { RunningClock } from '../../src/sdk/testing/running-clock.js';
import { MailPeer, own, partner } from '../support/mail-peer.js';

const backlog = 20_000;

/** A host that keeps no more of what it is given than how much it was. */
class CountingHost extends FakeHost {
  readonly ids = new Map<string, number>();
  largest = 0;
  heap = 0;

  override async deliver(events: Event[], cursor?: Json): Promise<void> {
    this.largest = Math.max(this.largest, events.length);
    this.heap = Math.max(this.heap, process.memoryUsage().heapUsed);
    for (const event of events) if (event.type === 'message') this.ids.set(event.id, (this.ids.get(event.id) ?? 0) + 1);
    await super.deliver([], cursor);
  }
}

let peer: MailPeer;
let open: Connection[] = [];
beforeEach(async () => {
  peer = await MailPeer.start();
});
afterEach(async () => {
  await Promise.all(open.map((connection) => connection.stop()));
  open = [];
  await peer.stop();
});

const connect = async (host: FakeHost) => {
  const login = email.login('password', loginContext());
  const step = await login.next(peer.login.inputs[0]!);
  if (step.type !== 'done') throw new Error('the sign-in did not end');
  const connection = email.open({ id: '1', remoteId: own, name: own, session: step.session }, host);
  open.push(connection);
  connection.start();
  return connection;
};

const beginning = new Book(undefined, 'AAAA').at('INBOX', { uidValidity: '1', lastUid: 0, lastAt: 0, fromUid: 1 });

describe('a backlog of 20,000 mails', { timeout: 120_000 }, () => {
  it('comes in whole, in pages, through cuts and restarts, each mail once', async () => {
    const body = 'x'.repeat(200);
    for (let n = 0; n < backlog; n++) {
      peer.append(`From: ${partner}\nTo: ${own}\nSubject: Mail ${n}\nMessage-ID: <m${n}@x>\n\n${body}\n`);
    }
    const clock = new RunningClock();
    let host = new CountingHost({ clock, cursor: beginning });
    const before = process.memoryUsage().heapUsed;
    let connection = await connect(host);
    for (const part of [4_000, 8_000, 12_000]) {
      await host.until(() => host.ids.size >= part, `${part} mails`, 60_000);
      if (part === 8_000) {
        await connection.stop();
        const next = new CountingHost({ clock, ...(host.cursor !== undefined && { cursor: host.cursor }) });
        for (const [id, times] of host.ids) next.ids.set(id, times);
        expect(host.largest).toBeLessThanOrEqual(25);
        host = next;
        connection = await connect(host);
        continue;
      }
      await peer.cut();
      const waiting = await host.untilState('waiting');
      if (waiting.is === 'waiting') clock.skipTo(waiting.retryAt);
    }
    await host.until(() => host.ids.size === backlog, 'all mails', 90_000);
    expect(host.largest).toBeLessThanOrEqual(25);
    // What a cut interrupted is fetched again, under the same ids: no more than the pages that were on their way.
    expect([...host.ids.values()].filter((times) => times > 1).length).toBeLessThanOrEqual(75);
    expect((host.heap - before) / 1024 / 1024).toBeLessThan(200);
    expect(await host.untilState('online')).toEqual({ is: 'online' });
    const place = new Book(host.cursor, '').places.get('INBOX');
    expect(place?.lastUid).toBe(backlog);
    expect(JSON.stringify(host.cursor).length).toBeLessThan(100_000);
  });
});

describe('a mail of 40 MB', () => {
  it('is shown by its beginning, and what follows it comes too', async () => {
    const host = new FakeHost();
    await connect(host);
    await host.untilState('online');
    const head = `From: ${partner}\r\nTo: ${own}\r\nSubject: Huge\r\nMessage-ID: <huge@x>\r\n\r\nbeginning `;
    peer.append(Buffer.concat([Buffer.from(head), Buffer.alloc(40 * 1024 * 1024, 'y')]));
    await peer.say('after it');
    await host.untilMessage('after it');
    expect(await host.untilMessage(/^beginning y+/)).toMatchObject({
      id: '<huge@x>',
      text: expect.stringContaining('too large to fetch whole'),
    });
  });
});

describe('a clock that is wrong', () => {
  it.each([
    ['behind', -40 * 86_400_000],
    ['ahead', 40 * 86_400_000],
  ])('by weeks, ours being %s, dates mail by its arrival', async (_which, skew) => {
    const clock = new RunningClock();
    const wrong = { now: () => clock.now() + skew, after: clock.after.bind(clock) };
    const host = new FakeHost({ clock: wrong });
    const connection = await connect(host);
    await host.untilState('online');
    await peer.say('what time is it');
    const mail = await host.untilMessage('what time is it');
    expect(Math.abs(mail.at - Date.now())).toBeLessThan(120_000);
    await connection.chat(mail.chat.id).send.message({
      ...{ key: 'k', text: 'no idea', attachments: [], signal: new AbortController().signal },
    });
    expect(peer.submitted).toHaveLength(1);
  });
});
