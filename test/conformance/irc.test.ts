import { describe, expect, test } from 'vitest';
import irc from '../../src/adapters/irc/index.js';
import type { Connection, Event, OutgoingMessage } from '../../src/sdk/index.js';
import { conformance } from '../../src/sdk/testing/conformance.js';
import { FakeHost } from '../../src/sdk/testing/fake-host.js';
import { loginContext } from '../../src/sdk/testing/login-context.js';
import { RunningClock } from '../../src/sdk/testing/running-clock.js';
import { IrcLabPeer, RawClient } from '../support/irc-lab-peer.js';
import { IrcPeer } from '../support/irc-peer.js';
import { keepingCaps } from '../support/irc-peer-server.js';
import { IrcWebPeer } from '../support/irc-web-peer.js';
import { labOrSkip } from '../support/lab.js';

const common = {
  adapter: irc,
  badAddresses: ['', 'two words', '#', '#a b', '#a,b', ':alice', 'alice,bob', '@alice', '$*', 'alice\r\nQUIT'],
  losesWhileAway: true,
};

/** A server without message tags. */
const plain = { typing: false, reactions: false, send: { replies: 'dropped' as const } };

conformance({ ...common, name: 'irc against a scripted server', room: '#parley', start: () => IrcPeer.start() });

conformance({ ...common, name: 'irc over a WebSocket', room: '#parley', start: () => IrcWebPeer.open() });

/** As Ergo and soju do; there is no package of one to test against. */
conformance({
  ...common,
  name: 'irc against a scripted server that keeps messages',
  losesWhileAway: false,
  room: '#parley',
  differs: { history: true, deletions: true, readReceipts: true },
  start: () => IrcPeer.start({ caps: keepingCaps }),
});

const lab = await labOrSkip(['inspircd', 'ngircd']);

if (lab) {
  const { inspircd, ngircd } = lab;
  const onInspircd = () => IrcLabPeer.onInspircd(inspircd);
  const onNgircd = () => IrcLabPeer.onNgircd(ngircd);
  conformance({ ...common, name: 'irc against InspIRCd', real: true, room: '#room', start: onInspircd });
  conformance({ ...common, name: 'irc against ngIRCd', real: true, room: '#room', start: onNgircd, differs: plain });
  ownTests('InspIRCd', inspircd.port, onInspircd);
  ownTests('ngIRCd', ngircd.port, onNgircd);

  test('InspIRCd proves a message by its echo, with its id and time', () =>
    signedIn(onInspircd, async ({ connection, peer, host }) => {
      const sent = await send(connection, peer.partner, 'with a proof');
      expect(sent).toMatchObject({ proof: 'sent', parts: 1 });
      expect(sent.remoteId).toBeTruthy();
      expect(Math.abs((sent.at ?? 0) - Date.now())).toBeLessThan(60_000);
      await peer.say('with an id');
      const event = await host.untilMessage('with an id');
      expect(event.id.startsWith('~')).toBe(false);
    }));

  test('InspIRCd is not trusted without its certificate', async () => {
    const peer = await onInspircd();
    const host = new FakeHost();
    const connection = irc.open(await account({ ...peer.login.inputs[0], certificate: '' }), host);
    connection.start();
    await host.untilState('waiting');
    expect(host.current).toMatchObject({ why: expect.stringContaining('self-signed') });
    await connection.stop();
    await peer.stop();
  });

  test('InspIRCd refuses a wrong SASL password', async () => {
    const peer = await onInspircd();
    const host = new FakeHost();
    const connection = irc.open(await account({ ...peer.login.inputs[0], password: 'wrong' }), host);
    connection.start();
    await host.untilState('needs-login');
    await connection.stop();
    await peer.stop();
  });
}

type Rig = { peer: IrcLabPeer; host: FakeHost & { clock: RunningClock }; connection: Connection; own: string };

class Host extends FakeHost {
  override readonly clock = new RunningClock();
}

async function account(input: Record<string, unknown>) {
  const login = irc.login('server', loginContext());
  await login.start();
  const step = await login.next(input);
  if (step.type !== 'done') throw new Error('the sign-in did not end');
  return { id: '1', remoteId: step.remoteId, name: step.remoteName, session: step.session };
}

async function signedIn(start: () => Promise<IrcLabPeer>, body: (rig: Rig) => Promise<void>, more = {}): Promise<void> {
  const peer = await start();
  const input = { ...peer.login.inputs[0], ...more };
  const host = new Host();
  const connection = irc.open(await account(input), host);
  connection.start();
  try {
    await host.untilState('online');
    await body({ peer, host, connection, own: String(peer.login.inputs[0]?.nick) });
  } finally {
    await connection.stop();
    await peer.stop();
  }
}

function send(connection: Connection, chat: string, text: string) {
  const message: OutgoingMessage = {
    ...{ key: crypto.randomUUID(), text, attachments: [], signal: new AbortController().signal },
  };
  return connection.chat(chat).send.message(message);
}

const presenceOf = (host: FakeHost, id: string) =>
  host.events.findLast(
    (event): event is Extract<Event, { type: 'presence' }> => event.type === 'presence' && event.buddy.id === id,
  );

/** What only IRC has, on a real server. */
function ownTests(name: string, port: number, start: () => Promise<IrcLabPeer>): void {
  describe(`channels and people on ${name}`, () => {
    test('a channel is joined, talked in, retitled, left by force and joined again', () =>
      signedIn(start, async ({ peer, host, connection, own }) => {
        const { person } = peer;
        const channel = `#Room${own}`;
        person.write(`JOIN ${channel}`);
        person.write(`TOPIC ${channel} :first topic`);
        await person.fence();
        const { chat } = await connection.resolve(channel, { join: true });
        expect(chat).toEqual({ id: channel.toLowerCase(), kind: 'channel', name: channel });
        const retitled = (topic: string) => host.events.some((one) => one.type === 'chat' && one.chat.topic === topic);
        await host.until(() => retitled('first topic'), 'the topic');
        // InspIRCd wants a pause between two changes of a topic.
        for (let step = 0; step < 30 && !retitled('second topic'); step++) {
          person.write(`TOPIC ${channel} :second topic`);
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
        expect(retitled('second topic')).toBe(true);
        person.write(`PRIVMSG ${channel} :\x01ACTION enters\x01`);
        person.write(`NOTICE ${channel} :listen`);
        expect(await host.untilMessage('enters')).toMatchObject({ format: 'action', chat: { id: chat.id } });
        expect(await host.untilMessage('listen')).toMatchObject({ format: 'notice', from: { address: person.nick } });
        await send(connection, chat.id, '/me nods');
        await person.line(new RegExp(`PRIVMSG ${channel} :\x01ACTION nods\x01$`, 'i'));
        person.write(`MODE ${channel} +m`);
        await person.fence();
        await expect(send(connection, chat.id, 'hushed')).rejects.toMatchObject({ kind: 'rejected' });
        person.write(`KICK ${channel} ${own} :out`);
        expect((await host.untilMessage(/^removed you/)).text).toContain('out');
        person.write(`MODE ${channel} +b ${own}!*@*`);
        await person.fence();
        const refused = connection.resolve(channel, { join: true });
        await expect(refused).rejects.toMatchObject({
          kind: 'rejected',
          message: expect.stringMatching(/\(\+b\)|ban/i),
        });
        person.write(`MODE ${channel} -b ${own}!*@*`);
        person.write(`INVITE ${own} ${channel}`);
        await host.until(() => host.events.find((one) => one.type === 'chat' && one.invite), 'the invitation');
        await connection.invitations?.accept(chat.id);
        await peer.cut();
        host.clock.skip(2_000);
        await host.until(() => host.states.filter((one) => one.is === 'online').length === 2, 'to be back');
        person.write(`MODE ${channel} -m`);
        await person.fence();
        await send(connection, chat.id, 'back again');
        await connection.leave?.(chat.id);
        expect(host.sessions.at(-1)).toMatchObject({ channels: [] });
      }));

    test('nobody is told to be nobody', () =>
      signedIn(start, async ({ connection }) => {
        const sending = send(connection, 'nobodyhere', 'hello?');
        await expect(sending).rejects.toMatchObject({
          kind: 'rejected',
          message: expect.stringMatching(/no such nick/i),
        });
      }));

    test('people come, are away and go', () =>
      signedIn(start, async ({ host, connection, own }) => {
        const nick = `zoe${own}`.slice(0, 20);
        await connection.resolve(nick, { join: false });
        const state = async (wanted: string) => {
          for (let step = 0; step < 300 && presenceOf(host, nick)?.state !== wanted; step++) {
            await new Promise((resolve) => setTimeout(resolve, 20));
            host.clock.skip(1_000);
          }
          expect(presenceOf(host, nick)?.state).toBe(wanted);
        };
        await state('offline');
        const zoe = await RawClient.signIn(port, nick);
        await state('online');
        zoe.write('AWAY :gone fishing');
        await zoe.fence();
        await send(connection, nick, 'are you there?');
        await state('away');
        zoe.leave();
        await state('offline');
      }));

    test('a taken nick is given up for another and taken back', async () => {
      const taken = `tom${process.pid % 1000}`;
      const tom = await RawClient.signIn(port, taken);
      await signedIn(
        start,
        async ({ host, connection, peer }) => {
          await send(connection, peer.partner, 'who am I');
          await peer.person.line(new RegExp(`^:${taken}_!\\S+ PRIVMSG`));
          tom.leave();
          for (let step = 0; step < 100; step++) {
            await new Promise((resolve) => setTimeout(resolve, 50));
            host.clock.skip(2_000);
          }
          await send(connection, peer.partner, 'and now');
          await peer.person.line(new RegExp(`^:${taken}!\\S+ PRIVMSG \\S+ :and now$`));
        },
        { nick: taken },
      );
    });

    test('a long text arrives whole, whatever it is made of', () =>
      signedIn(start, async ({ connection, peer }) => {
        const text = `${'日本語 größer 👩‍👩‍👧‍👦 '.repeat(60)}${'x'.repeat(1200)}`;
        const sent = await send(connection, peer.partner, text);
        await peer.person.until(() => peer.texts().length === sent.parts, 'every line');
        // ngIRCd takes spaces off the end of a line.
        const unspaced = (words: string) => words.replaceAll(' ', '');
        expect(unspaced(peer.texts().join(''))).toBe(unspaced(text));
        for (const line of peer.person.lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(510);
      }));
  });
}
