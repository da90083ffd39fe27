import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { Forwarder } from '../support/forwarder.js';
import { labOrSkip } from '../support/lab.js';
import { labInput, XmppAccount } from '../support/xmpp-account.js';
import { XmppPeer } from '../support/xmpp-peer.js';
import { XmppPerson } from '../support/xmpp-person.js';
import type { Script } from '../support/xmpp-server.js';

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function scripted(script: Script = {}): Promise<XmppPeer> {
  const peer = await XmppPeer.start(script);
  endings.push(() => peer.stop());
  return peer;
}

async function signIn(input: Record<string, unknown> | undefined, options = {}): Promise<XmppAccount> {
  const account = await XmppAccount.open(input ?? {}, options);
  endings.push(() => account.connection.stop());
  return account;
}

const body = (text: string) => `<body>${text}</body>`;
const from = (peer: XmppPeer, id: string = crypto.randomUUID()) => ({ from: `${peer.partner}/desk`, type: 'chat', id });

describe('a long backlog', () => {
  const count = 20_000;

  test('comes whole and once over cuts in the middle, in little memory', async () => {
    const peer = await scripted();
    const { server } = peer;
    const me = await signIn(peer.login.inputs[0]);
    await me.online();
    await peer.say('before');
    await me.host.untilMessage('before');
    await me.connection.stop();
    for (let n = 0; n < count; n++) server.deliver(body(`missed ${n}`), from(peer));

    const back = XmppAccount.with(me.session, { cursor: me.host.cursor });
    endings.push(() => back.connection.stop());
    // In turn: a cut the session survives, and one that it does not.
    server.onPage = (page) => {
      if (page % 60 !== 0) return;
      if (page % 120 === 0) server.forget();
      setImmediate(() => server.cut());
    };
    global.gc?.();
    const before = process.memoryUsage().heapUsed;
    let most = 0;
    const watching = setInterval(() => {
      most = Math.max(most, process.memoryUsage().heapUsed - before);
    }, 100);
    const deadline = Date.now() + 50_000;
    const seen = new Set<string>();
    let events = 0;
    while (seen.size < count && Date.now() < deadline) {
      if (back.host.current?.is === 'waiting') back.host.clock.skipTo(back.host.current.retryAt + 1);
      await sleep(20);
      for (const event of back.host.events.splice(0)) {
        if (event.type !== 'message') continue;
        expect(event.backfill).toBeUndefined();
        events += 1;
        seen.add(event.text);
      }
    }
    clearInterval(watching);
    expect(seen.size).toBe(count);
    // A page that was cut short may come again, with the same ids.
    expect(events).toBeLessThan(count * 1.03);
    expect(server.pages).toBeGreaterThanOrEqual(count / 100);
    expect(most / 1024 / 1024).toBeLessThan(150);
    await back.online();
    await peer.say('after');
    await back.host.untilMessage('after');
  }, 90_000);
});

describe('a room of ten thousand', () => {
  test('is entered, told by its size and listed, and tells no presence', async () => {
    const occupants = function* () {
      for (let n = 0; n < 10_000; n++) yield `person ${n}`;
    };
    const peer = await scripted({ occupants });
    const me = await signIn(peer.login.inputs[0]);
    await me.online();
    const { chat } = await me.connection.resolve('big@rooms.scripted.test', { join: true });
    expect(chat.memberCount).toBe(10_001);
    await me.event('chat', (one) => one.chat.topic === 'a large room', 'the topic');
    const features = me.connection.chat(chat.id);
    const members = (await features.members?.list(AbortSignal.timeout(10_000))) ?? [];
    expect(members).toHaveLength(10_001);
    expect(new Set(members.map((one) => one.buddy.id)).size).toBe(10_001);
    expect(features.readReceipts).toBeUndefined();
    expect(me.host.events.filter((one) => one.type === 'presence')).toEqual([]);
    await me.send(chat.id, 'hello, all of you');
    await peer.heard('hello, all of you');
  });
});

describe('what becomes of a message when the connection is lost', () => {
  test('the session goes on: it is sent once more, and arrives once', async () => {
    const peer = await scripted();
    const me = await signIn(peer.login.inputs[0]);
    await me.online();
    peer.server.deaf = true;
    const sending = me.send(peer.partner, 'into a dead line');
    await sleep(100);
    peer.server.cut();
    peer.server.deaf = false;
    await me.host.until(() => me.host.current?.is === 'waiting', 'to wait');
    await me.online();
    expect(await sending).toMatchObject({ proof: 'sent' });
    expect(peer.server.resumptions).toBe(1);
    expect(peer.count('into a dead line')).toBe(1);
  });

  test('the session is lost: nobody knows, until the archive tells that it arrived', async () => {
    const peer = await scripted();
    const me = await signIn(peer.login.inputs[0]);
    await me.online();
    peer.server.silent = true;
    const key = crypto.randomUUID();
    const sending = me.send(peer.partner, 'did it arrive', { key });
    const outcome = expect(sending).rejects.toMatchObject({ kind: 'unknown-outcome' });
    await peer.heard('did it arrive');
    peer.server.forget();
    peer.server.cut();
    peer.server.silent = false;
    await me.host.until(() => me.host.current?.is === 'waiting', 'to wait');
    await me.online();
    await outcome;
    const echo = await me.host.untilMessage('did it arrive');
    expect(echo).toMatchObject({ id: `>${key}`, key });
    expect(echo.from).toBeUndefined();
    expect(peer.count('did it arrive')).toBe(1);
  });

  test('a server without stream management confirms by its answer to a ping', async () => {
    const peer = await scripted({ unmanaged: true });
    const me = await signIn(peer.login.inputs[0]);
    await me.online();
    expect(await me.send(peer.partner, 'confirmed')).toMatchObject({ proof: 'sent' });
    peer.server.silent = true;
    const sending = expect(me.send(peer.partner, 'and then')).rejects.toMatchObject({ kind: 'unknown-outcome' });
    await peer.heard('and then');
    peer.server.cut();
    peer.server.silent = false;
    await sending;
    await me.host.until(() => me.host.current?.is === 'waiting', 'to wait');
    await me.online();
    expect(await me.host.untilMessage('and then')).toMatchObject({ key: expect.any(String) });
  });

  test('a line that is dead without a word is noticed', async () => {
    const peer = await scripted();
    const me = await signIn(peer.login.inputs[0]);
    await me.online();
    peer.server.silent = true;
    for (let step = 0; step < 10 && me.host.current?.is === 'online'; step++) {
      me.host.clock.skip(30_000);
      await sleep(50);
    }
    expect(me.host.states).toContainEqual(
      expect.objectContaining({ is: 'waiting', why: expect.stringContaining('no longer answers') }),
    );
  });
});

describe('a server that ends the stream', () => {
  const error = (condition: string) =>
    `<stream:error>${condition.replace(/^<([\w-]+)/, "<$1 xmlns='urn:ietf:params:xml:ns:xmpp-streams'")}</stream:error>`;

  test.each([
    ['<conflict/>', 'another program signed in with the same resource', 200_000],
    ['<system-shutdown/>', 'shutting down', 0],
    ['<host-unknown/>', 'does not serve this domain', 200_000],
    ['<policy-violation/>', 'breaking its rules', 40_000],
  ])('with %s is tried again after a fitting time', async (condition, why, leastMs) => {
    const peer = await scripted();
    const me = await signIn(peer.login.inputs[0]);
    await me.online();
    for (const link of peer.server.links) link.write(error(condition));
    await me.host.untilState('waiting');
    const { current, clock } = me.host;
    expect(current).toMatchObject({ why: expect.stringContaining(why) });
    expect(current?.is === 'waiting' && current.retryAt - clock.now()).toBeGreaterThan(leastMs);
    await me.online();
  });

  test('because the session is no longer wanted needs the person', async () => {
    const peer = await scripted();
    const me = await signIn(peer.login.inputs[0]);
    await me.online();
    for (const link of peer.server.links) link.write(error('<not-authorized/>'));
    await me.host.untilState('needs-login');
  });

  test('to send us to another server is followed there', async () => {
    const [here, there] = [await scripted(), await scripted()];
    const me = await signIn(here.login.inputs[0]);
    await me.online();
    const to = `<see-other-host>127.0.0.1:${there.server.port}</see-other-host>`;
    for (const link of here.server.links) link.write(error(to));
    await me.host.untilState('waiting');
    await me.online();
    expect(there.server.signIns).toBe(1);
    await there.say('over here');
    await me.host.untilMessage('over here');
  });
});

describe('a hostile server or stranger', () => {
  test('never gets the bare password without encryption', async () => {
    const peer = await scripted({ plainOnly: true });
    const me = await signIn(peer.login.inputs[0]);
    await me.host.untilState('needs-login');
    expect(me.host.current).toMatchObject({ why: expect.stringContaining('in the clear') });
    expect(peer.server.commands).not.toContain('auth');
  });

  test.each([
    ['a document type', "<!DOCTYPE x [<!ENTITY a 'aaaa'>]>"],
    ['an entity', '<message><body>&bomb;</body></message>'],
    ['a stanza without end', `<message><body>${'x'.repeat(3_000_000)}`],
    ['XML without bottom', '<a>'.repeat(1_000)],
    ['no XML', 'hello? <presence/>'],
    ['a stanza that ends another', '<message></presence>'],
  ])('%s ends in a state', async (_what, bytes) => {
    const peer = await scripted();
    const me = await signIn(peer.login.inputs[0]);
    await me.online();
    for (const link of peer.server.links) link.write(bytes);
    await me.host.until(() => me.host.current?.is === 'waiting', 'to wait');
    expect(me.host.current).toMatchObject({ why: expect.stringContaining('did not speak XMPP') });
    await me.online();
    await peer.say('well again');
    await me.host.untilMessage('well again');
  });

  test('a forged carbon, a forged archive and a stranger’s word on others’ messages count for nothing', async () => {
    const peer = await scripted();
    const me = await signIn(peer.login.inputs[0]);
    await me.online();
    const { server } = peer;
    const sent = await me.send(peer.partner, 'mine');
    const mine = (sent.remoteId ?? '').slice(1);
    const inner = `<message xmlns='jabber:client' from='${server.jid}/x' to='${peer.partner}' type='chat' id='forged-forged-1'>${body('I never said this')}</message>`;
    const forwarded = `<forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded>`;
    const stranger = { from: 'mallory@evil.test/x', type: 'chat', id: crypto.randomUUID() };
    server.deliver(`<sent xmlns='urn:xmpp:carbons:2'>${forwarded}</sent>`, stranger);
    server.deliver(`<result xmlns='urn:xmpp:mam:2' id='1' queryid='q'>${forwarded}</result>`, stranger);
    server.deliver(`${body('not mine')}<replace xmlns='urn:xmpp:message-correct:0' id='${mine}'/>`, from(peer));
    server.deliver(`<retract xmlns='urn:xmpp:message-retract:1' id='${mine}'/>`, from(peer));
    server.send(
      "<iq type='set' id='push' from='mallory@evil.test'><query xmlns='jabber:iq:roster'><item jid='m@evil.test'/></query></iq>",
    );
    await peer.say('the end');
    await me.host.untilMessage('the end');
    const texts = me.host.events.flatMap((one) => (one.type === 'message' ? [one.text] : []));
    expect(texts).toEqual(['the end']);
    const targets = me.host.events.flatMap((one) =>
      one.type === 'edit' || one.type === 'deletion' ? [one.target] : [],
    );
    expect(targets).not.toContain(sent.remoteId);
    expect(me.host.events.filter((one) => one.type === 'contact')).toEqual([]);
  });

  test('an invitation does not turn a chat with a person into a room', async () => {
    const peer = await scripted();
    const me = await signIn(peer.login.inputs[0]);
    await me.online();
    const into = (jid: string) => `<x xmlns='jabber:x:conference' jid='${jid}'/>`;
    const mallory = { from: 'mallory@evil.test/x', id: crypto.randomUUID() };
    for (const jid of [peer.partner, 'mallory@evil.test', 'not an address']) peer.server.deliver(into(jid), mallory);
    peer.server.deliver(into('den@rooms.evil.test'), mallory);
    const asked = await me.event('chat', (one) => one.invite !== undefined, 'the invitation');
    expect(asked.chat.id).toBe('den@rooms.evil.test');
    expect(me.host.events.filter((one) => one.type === 'chat')).toHaveLength(1);
    expect(me.connection.chat(peer.partner).members).toBeUndefined();
    await me.send(peer.partner, 'still to you alone');
    expect(peer.server.messages.at(-1)?.attrs.type).toBe('chat');
  });

  test('a message in OMEMO is shown as what it is', async () => {
    const peer = await scripted();
    const me = await signIn(peer.login.inputs[0]);
    await me.online();
    const encrypted =
      "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload>AAAA</payload></encrypted>";
    peer.server.deliver(encrypted + body('I sent you an OMEMO encrypted message'), from(peer));
    const event = await me.event('message', (one) => one.unreadable !== undefined, 'the message');
    expect(event).toMatchObject({ text: '', unreadable: expect.stringContaining('OMEMO') });
  });
});

test('with a server whose clock is two hours ahead, times are ours', async () => {
  const peer = await scripted({ skewMs: 2 * 3_600_000 });
  const me = await signIn(peer.login.inputs[0]);
  await me.online();
  await peer.say('before');
  await me.host.untilMessage('before');
  const resting = me.connection.stop();
  await resting;
  await peer.say('missed');
  const told = Date.now();
  const back = XmppAccount.with(me.session, { cursor: me.host.cursor });
  endings.push(() => back.connection.stop());
  await back.online();
  expect(Math.abs((await back.host.untilMessage('missed')).at - told)).toBeLessThan(5_000);
  const last = await back.host.untilMessage('missed');
  const page = await back.connection
    .chat(peer.partner)
    .history?.before({ oldest: last }, 50, AbortSignal.timeout(5_000));
  expect(page?.events.map((one) => one.type === 'message' && one.text)).toEqual(['before']);
});

const lab = await labOrSkip(['prosody', 'ejabberd'], ['people']);

if (lab) {
  describe.each([
    ['Prosody', lab.prosody],
    ['ejabberd', lab.ejabberd],
  ] as const)('%s', (_name, server) => {
    const own = (name: string) => `${name}@${server.domain}`;

    test('is restarted: nothing is lost, nothing comes twice', async () => {
      await server.setPassword('restarted', 'secret');
      const me = await signIn(labInput(server, own('restarted'), 'secret'));
      await me.online();
      const [user] = server.users.filter(({ name }) => name === 'alice');
      if (!user) throw new Error('alice has no account');
      const her = await XmppPerson.signIn(user, server);
      await her.do('send', { to: own('restarted'), body: 'before the restart' });
      await me.host.untilMessage('before the restart');
      await her.leave();
      await server.restart();
      await me.host.until(() => me.host.states.filter((one) => one.is === 'waiting').length > 0, 'to wait');
      const again = await XmppPerson.signIn(user, server);
      await again.do('send', { to: own('restarted'), body: 'after the restart' });
      await me.online();
      await me.host.untilMessage('after the restart');
      await me.send(user.jid, 'still here');
      await again.message((one) => one.body === 'still here', 'our message');
      await again.leave();
      const ids = me.host.events.flatMap((one) => (one.type === 'message' ? [one.id] : []));
      expect(new Set(ids).size).toBe(2);
    });

    test('no longer takes the password: only the person can help', async () => {
      await server.setPassword('revoked', 'secret');
      const forwarder = await Forwarder.start(server.port);
      endings.push(() => forwarder.down());
      const me = await signIn({ ...labInput(server, own('revoked'), 'secret'), port: String(forwarder.port) });
      await me.online();
      await server.setPassword('revoked', 'another');
      forwarder.cut();
      await me.host.until(() => {
        if (me.host.current?.is === 'waiting') me.host.clock.skipTo(me.host.current.retryAt + 1);
        return me.host.current?.is === 'needs-login';
      }, 'to need the person');
      expect(me.host.current).toMatchObject({ why: expect.stringContaining('did not accept') });
      await expect(me.send(own('alice'), 'x')).rejects.toMatchObject({ kind: 'auth' });
    });

    test('is not trusted with a certificate of nobody, or of another name', async () => {
      const good = labInput(server, own('alice'), 'alice-xmpp');
      const unknown = await signIn({ ...good, certificate: '' });
      await unknown.host.untilState('waiting');
      expect(unknown.host.current).toMatchObject({ why: expect.stringContaining('self-signed') });
      const tls = await signIn({ ...good, certificate: '', tls: 'on', port: String(server.tlsPort) });
      await tls.host.untilState('waiting');
      expect(tls.host.current).toMatchObject({ why: expect.stringContaining('certificate') });
    });

    test('is used without encryption only if that is chosen, and never with the bare password', async () => {
      const me = await signIn({ ...labInput(server, own('alice'), 'alice-xmpp'), tls: 'off', certificate: '' });
      await me.online();
    });
  });

  test('a cut in the middle of a real archive loses nothing', async () => {
    const { prosody } = lab;
    await prosody.setPassword('away', 'secret');
    const own = `away@${prosody.domain}`;
    const me = await signIn(labInput(prosody, own, 'secret'));
    await me.online();
    const [user] = prosody.users.filter(({ name }) => name === 'bob');
    if (!user) throw new Error('bob has no account');
    const him = await XmppPerson.signIn(user, prosody);
    await him.do('send', { to: own, body: 'first' });
    await me.host.untilMessage('first');
    await me.connection.stop();
    for (let n = 0; n < 500; n++)
      await him.do('send', { to: own, body: `missed ${n}`, receipt: false, markable: false });
    await him.do('fence');
    await him.leave();
    const forwarder = await Forwarder.start(prosody.port);
    endings.push(() => forwarder.down());
    const session = { ...me.session, port: forwarder.port };
    const back = XmppAccount.with(session, { cursor: me.host.cursor });
    endings.push(() => back.connection.stop());
    await back.host.untilState('backfilling');
    for (let cuts = 0; cuts < 3; cuts++) {
      forwarder.cutAfter(60_000);
      await back.host.until(() => back.host.current?.is === 'waiting' || back.host.current?.is === 'online', 'a cut');
      if (back.host.current?.is === 'online') break;
      back.host.clock.skipTo((back.host.current?.is === 'waiting' ? back.host.current.retryAt : 0) + 1);
      await back.host.until(() => back.host.current?.is !== 'waiting', 'another try');
    }
    await back.online();
    await back.host.untilMessage('missed 499');
    const missed = back.messages(/^missed/);
    expect(new Set(missed.map((one) => one.text)).size).toBe(500);
    expect(new Set(missed.map((one) => one.id)).size).toBe(500);
  });
}
