import { afterEach, describe, expect, it } from 'vitest';
import { keepingCaps } from '../../../test/support/irc-peer-server.js';
import {
  chats,
  endAll,
  failure,
  Host,
  online,
  open,
  presences,
  send,
  signIn,
  start,
} from '../../../test/support/irc-rig.js';
import { IrcWebPeer } from '../../../test/support/irc-web-peer.js';
import type { Event } from '../../sdk/index.js';

afterEach(endAll);

const of = <T extends Event['type']>(host: Host, type: T) =>
  host.events.filter((event): event is Extract<Event, { type: T }> => event.type === type);

describe('typing', () => {
  it('is told at most every three seconds, ends, and is heard', async () => {
    const peer = await start();
    const { connection, host } = await online(peer);
    const { typing } = connection.chat('alice');
    for (let at = 0; at < 5; at++) await typing?.set(true);
    await peer.until(() => peer.tagged.length === 1, 'one TAGMSG');
    host.clock.skip(3_100);
    await typing?.set(true);
    await typing?.set(false);
    await typing?.set(false);
    await peer.until(() => peer.tagged.length === 3, 'three TAGMSG');
    expect(peer.tagged.map(({ tags }) => tags['+typing'])).toEqual(['active', 'active', 'done']);
    await typing?.set(true);
    await send(connection, 'alice', 'said it');
    await typing?.set(false);
    peer.client.from('alice', 'TAGMSG parley', { '+typing': 'active' });
    peer.client.from('alice', 'TAGMSG parley', { '+typing': 'paused' });
    await host.until(() => of(host, 'typing').length === 2, 'alice to type');
    expect(of(host, 'typing').map(({ on }) => on)).toEqual([true, false]);
    expect(peer.tagged.map(({ tags }) => tags['+typing'])).toEqual(['active', 'active', 'done', 'active']);
  });

  it('is left out while messages wait to go', async () => {
    const peer = await start();
    const { connection } = await online(peer, { pace: '0.2' });
    const sending = send(connection, 'alice', Array.from({ length: 14 }, (_, at) => `line ${at}`).join('\n'));
    sending.catch(() => {});
    await connection.chat('bob').typing?.set(true);
    await peer.heard('line 4');
    expect(peer.tagged).toEqual([]);
  });
});

describe('what the server lets pass', () => {
  it('is what chats can do', async () => {
    const peer = await start({ support: ['CLIENTTAGDENY=*,-typing,-reply'] });
    const { connection } = await online(peer);
    const { typing, reactions, send: sending, history, deletions, readReceipts } = connection.chat('alice');
    expect([typing !== undefined, sending.replies]).toEqual([true, 'full']);
    expect([reactions, history, deletions, readReceipts]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('is more on a server that keeps messages', async () => {
    const peer = await start({ caps: keepingCaps });
    const { connection } = await online(peer, { channels: '#parley' });
    await peer.line(/^JOIN #parley/);
    const can = ({ history, deletions, readReceipts, members, topic, invites }: object & Record<string, unknown>) =>
      [history, deletions, readReceipts, members, topic, invites].map((one) => one !== undefined);
    expect(can(connection.chat('alice'))).toEqual([true, true, true, false, false, false]);
    expect(can(connection.chat('#elsewhere'))).toEqual([true, true, true, false, false, false]);
    expect(can((await connection.resolve('#parley', { join: true })).chat && connection.chat('#parley'))).toEqual([
      ...[true, true, true, true, true, true],
    ]);
  });
});

describe('reactions and what is taken back', () => {
  it('go both ways', async () => {
    const peer = await start({ caps: keepingCaps });
    const { connection, host } = await online(peer);
    await peer.say('funny');
    const { id } = await host.untilMessage('funny');
    const chat = connection.chat('alice');
    await chat.reactions?.set(id, '😀', true);
    await chat.reactions?.set(id, '😀', false);
    expect(peer.tagged.map(({ tags }) => tags)).toEqual([
      { '+reply': id, '+draft/reply': id, '+draft/react': '😀' },
      { '+reply': id, '+draft/reply': id, '+draft/unreact': '😀' },
    ]);
    const { remoteId = '' } = await send(connection, 'alice', 'a slip');
    await chat.deletions?.message(remoteId);
    expect(await failure(chat.deletions?.message('peer-99999') ?? Promise.resolve())).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('does not exist'),
    });
    peer.client.from('alice', 'TAGMSG parley', { '+draft/react': '🎉', '+draft/reply': remoteId });
    peer.client.from('alice', `REDACT parley ${id} :oops`);
    await host.until(() => of(host, 'deletion').some((one) => one.target === id), 'the deletion');
    expect(of(host, 'reaction').at(-1)).toMatchObject({
      target: remoteId,
      emoji: '🎉',
      on: true,
      from: { id: 'alice' },
    });
    const minted = await failure(chat.reactions?.set('~t123', '👍', true) ?? Promise.resolve());
    expect(minted.kind).toBe('rejected');
  });
});

describe('messages in parts', () => {
  it('go out as one and come in as one', async () => {
    const peer = await start({ caps: keepingCaps });
    const { connection, host } = await online(peer, { pace: '0.2' });
    const text = Array.from({ length: 500 }, (_, at) => (at % 7 === 3 ? '' : `line ${at} of a long paste`)).join('\n');
    const sent = await send(connection, 'alice', text.trim());
    expect(peer.texts().join('\n').replace(/\n+/g, '\n')).toBe(text.replace(/\n+/g, '\n'));
    expect(sent.parts).toBe(peer.texts().length);
    expect(peer.texts().length).toBeLessThan(10);
    const { client } = peer;
    client.from('alice', 'BATCH +p draft/multiline parley', { msgid: 'whole' });
    client.from('alice', 'PRIVMSG parley :one', { batch: 'p' });
    client.from('alice', 'PRIVMSG parley :', { batch: 'p' });
    client.from('alice', 'PRIVMSG parley :two', { batch: 'p' });
    client.from('alice', 'PRIVMSG parley : and a half', { batch: 'p', 'draft/multiline-concat': '' });
    client.server('BATCH -p');
    expect(await host.untilMessage('one\n\ntwo and a half')).toMatchObject({ id: 'whole', from: { id: 'alice' } });
    expect(host.messages).toHaveLength(1);
  });
});

describe('a channel', () => {
  it('has members, who come, go and are away', async () => {
    const peer = await start();
    const { connection, host } = await online(peer, { channels: '#parley' });
    await host.until(() => chats(host).some((one) => 'memberCount' in one), 'the count');
    const members = async () =>
      (await connection.chat('#parley').members?.list(AbortSignal.timeout(5_000)))?.map(({ buddy, role, presence }) =>
        [buddy.id, role, presence].join(' '),
      );
    peer.client.from('alice', 'JOIN #parley');
    peer.people.set('alice', true);
    await expect.poll(members).toEqual(['op moderator ', 'parley member ', 'alice member away']);
    peer.client.from('op', 'MODE #parley +v-o alice op');
    peer.client.from('op', 'AWAY :gone');
    peer.client.from('parley2', 'NICK :somebody');
    await expect.poll(members).toEqual(['op member away', 'parley member ', 'alice voice away']);
    peer.client.from('alice', 'PRIVMSG #parley :hello all');
    await host.untilMessage('hello all');
    peer.client.from('alice', 'PART #parley');
    peer.client.from('op', 'QUIT :bye');
    await expect.poll(members).toEqual(['parley member ']);
    expect(presences(host, 'alice')).toEqual(['online', 'unknown']);
  });

  it('has a topic to set and people to invite, and says why not', async () => {
    const peer = await start();
    const { connection, host } = await online(peer, { channels: '#parley' });
    await host.until(() => chats(host).length > 0, 'the channel');
    const chat = connection.chat('#parley');
    await chat.topic?.set('tea\r\nQUIT');
    expect(peer.topics.get('#parley')).toBe('tea QUIT');
    expect(await failure(chat.topic?.set('x'.repeat(400)) ?? Promise.resolve())).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('300 bytes'),
    });
    peer.refusals.set('#parley', '482');
    expect(await failure(chat.topic?.set('coffee') ?? Promise.resolve())).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('not channel operator'),
    });
    await chat.invites?.invite('alice');
    for (const bad of ['nobody', 'two words', '', 'a\r\nQUIT']) {
      expect((await failure(chat.invites?.invite(bad) ?? Promise.resolve())).kind).toBe('rejected');
    }
    expect(peer.received.filter((line) => line.startsWith('QUIT'))).toEqual([]);
    peer.client.from('alice', 'TOPIC #parley :cake');
    expect(await host.untilMessage('changed the topic to: cake')).toMatchObject({
      format: 'system',
      from: { id: 'alice' },
    });
  });

  it('tells a netsplit in one line', async () => {
    const peer = await start();
    const { connection, host } = await online(peer, { channels: '#parley' });
    await host.until(() => chats(host).length > 0, 'the channel');
    const { client } = peer;
    for (let at = 0; at < 50; at++) client.from(`guest${at}`, 'JOIN #parley');
    client.from('guest7', 'PRIVMSG #parley :hello');
    await host.untilMessage('hello');
    client.server('BATCH +split netsplit hub.test leaf.test');
    for (let at = 0; at < 50; at++) client.from(`guest${at}`, 'QUIT :hub.test leaf.test', { batch: 'split' });
    client.server('BATCH -split');
    const told = await host.untilMessage(/cut off/);
    expect(told).toMatchObject({ chat: { id: '#parley' }, format: 'system' });
    expect(told.text).toBe('50 people were cut off: the network was split between hub.test and leaf.test');
    expect(presences(host, 'guest7')).toEqual(['online', 'offline']);
    const left = await connection.chat('#parley').members?.list(AbortSignal.timeout(5_000));
    expect(left?.map(({ buddy }) => buddy.id)).toEqual(['op', 'parley']);
  });
});

describe('people who are not wanted', () => {
  it('are not heard in any way, until they are again', async () => {
    const peer = await start();
    const { connection, host } = await online(peer, { channels: '#parley' });
    await connection.blocking?.set('troll', true);
    expect(of(host, 'contact').at(-1)).toMatchObject({ buddy: { id: 'troll' }, blocked: true });
    await connection.settings?.change({ ignore: 'troll, *!*@bad.test, $a:evil' });
    const { client } = peer;
    const line = (text: string) => `PRIVMSG #parley :${text}`;
    client.from('TROLL', line('one'));
    client.from('troll', 'TAGMSG parley', { '+typing': 'active' });
    client.from('troll', 'INVITE parley #trap');
    client.from('troll', 'PRIVMSG parley :\x01VERSION\x01');
    client.raw(`:x!y@bad.test ${line('two')}`);
    client.raw(`@account=evil :z!y@h ${line('three')}`);
    client.raw(`@account=good :z!y@h ${line('four')}`);
    await host.untilMessage('four');
    expect(host.messages.map((event) => event.text)).toEqual(['four']);
    expect(of(host, 'typing')).toEqual([]);
    expect(peer.received.some((one) => one.includes('VERSION'))).toBe(false);
    await connection.blocking?.set('troll', false);
    client.from('troll', line('five'));
    await host.untilMessage('five');
    expect(host.sessions.at(-1)).toMatchObject({ ignore: ['*!*@bad.test', '$a:evil'] });
  });

  it('cannot flood us with invitations', async () => {
    const peer = await start();
    const { host } = await online(peer);
    for (let at = 0; at < 200; at++) peer.client.from('bob', `INVITE parley #room${at % 120}`);
    peer.client.from('bob', 'PRIVMSG parley :there');
    await host.untilMessage('there');
    expect(of(host, 'chat').filter((one) => one.invite)).toHaveLength(50);
  });
});

describe('settings', () => {
  it('take effect at once and last', async () => {
    const peer = await start({ caps: [...keepingCaps] });
    const { connection, host } = await online(peer, { channels: '#first' });
    await peer.line(/^JOIN #first/);
    await host.until(() => chats(host).some((one) => one.joined), 'the channel');
    await connection.settings?.change({
      ...{ channels: '#second', realname: 'Robin R', ctcp: 'off', pace: '5' },
      commands: 'MODE $nick +i; msg HelpServ hello',
    });
    await peer.line(/^PART #first/);
    await peer.line(/^JOIN #second/);
    await peer.line(/^SETNAME :Robin R/);
    peer.client.from('alice', 'PRIVMSG parley :\x01VERSION\x01');
    peer.client.from('alice', 'PRIVMSG parley :done');
    await host.untilMessage('done');
    expect(peer.received.some((line) => line.includes('VERSION'))).toBe(false);
    await connection.stop();
    const again = open(host.sessions.at(-1) ?? {});
    await again.host.untilState('online');
    await peer.line(/^MODE parley \+i/);
    await peer.line(/^PRIVMSG HelpServ :hello/);
    const shown = Object.fromEntries(again.connection.settings?.fields().map(({ name, value }) => [name, value]) ?? []);
    expect(shown).toMatchObject({ channels: '#second', realname: 'Robin R', ctcp: 'off', pace: '5' });
  });

  it('refuse commands that would sign in, leave or be two', async () => {
    const peer = await start();
    const { connection } = await online(peer);
    for (const commands of ['QUIT', 'MODE x; PASS secret', ['MODE x\r\nQUIT'], 'x '.repeat(400)]) {
      const error = await failure(connection.settings?.change({ commands }) ?? Promise.resolve());
      expect([error.kind, Object.keys(error.fields ?? {})]).toEqual(['rejected', ['commands']]);
    }
  });

  it('and channels joined later outlive a new sign-in', async () => {
    const peer = await start();
    const { connection, host } = await online(peer, { channels: '#first' });
    await connection.resolve('#later', { join: true });
    await connection.settings?.change({ ignore: 'troll' });
    await connection.stop();
    const fresh = await signIn({ ...peer.login.inputs[0], channels: '#other' });
    const next = new Host();
    next.secrets = host.secrets;
    const again = open(fresh, next);
    await again.host.untilState('online');
    await peer.line(/^JOIN #other,#first,#later/);
    expect(again.host.sessions.at(-1)).toMatchObject({ ignore: ['troll'], fresh: false });
  });
});

describe('our nick', () => {
  it('is asked back from services, once they know us, and never with the password', async () => {
    const peer = await start();
    peer.takenNicks.add('parley');
    const session = await signIn({ ...peer.login.inputs[0], account: 'parley' });
    const { host } = open({ ...session, recover: 'GHOST' });
    await host.untilState('online');
    await peer.line(/^(@\S+ )?PRIVMSG NickServ :GHOST parley$/);
    peer.takenNicks.clear();
    await host.passing(1_000, () => peer.client.nick === 'parley', 'the nick');
    expect(peer.received.filter((line) => line.includes(peer.password))).toEqual([]);
  });
});

describe('the password', () => {
  it('is told to no server that offers SASL, and to none that only pretends to know it', async () => {
    const peer = await start({ mechanisms: ['SCRAM-SHA-256'] });
    const { host, connection } = await online(peer);
    expect(peer.client.pass).toBeUndefined();
    await host.until(() => host.sessions.at(-1)?.mechanism === 'SCRAM-SHA-256', 'the session');
    await connection.stop();
    peer.lies = true;
    const again = open(host.sessions.at(-1) ?? {});
    await again.host.untilState('waiting');
    expect(again.host.why()).toContain('could not prove that it knows the password');
    peer.lies = false;
    await again.host.passing(5_000, () => again.host.current?.is === 'online', 'state online');
    await again.connection.stop();
    Object.assign(peer.options, { mechanisms: ['PLAIN'] });
    const third = open(again.host.sessions.at(-1) ?? host.sessions.at(-1) ?? {});
    await third.host.untilState('waiting');
    expect(third.host.why()).toContain('no SASL sign-in that keeps the password to us');
  });

  it('is given as PASS to a server that knows no capabilities at all', async () => {
    const peer = await start({ sasl: false });
    peer.mute.add('CAP');
    const { host } = open(await signIn({ ...peer.login.inputs[0] }));
    await host.passing(500, () => host.current?.is === 'online', 'state online');
    expect(peer.client.pass).toBe(peer.password);
  });

  it('and encryption: the account says what is not hidden', async () => {
    const peer = await start();
    const { connection } = await online(peer);
    expect(connection.setup?.()).toMatchObject([
      { label: 'No encryption', value: expect.stringContaining('password') },
    ]);
  });
});

describe('read markers', () => {
  it('go to our other clients and come from them', async () => {
    const peer = await start({ caps: keepingCaps });
    const { connection, host } = await online(peer);
    await peer.say('first');
    await peer.say('second');
    const [first, second] = [await host.untilMessage('first'), await host.untilMessage('second')];
    await connection.chat('alice').readReceipts?.upTo(first.id);
    expect(peer.markers.get('alice')).toBe(`timestamp=${new Date(first.at).toISOString()}`);
    peer.client.server(`MARKREAD alice timestamp=${new Date(second.at).toISOString()}`);
    await host.until(() => of(host, 'seen').some((one) => one.target === second.id), 'the marker');
    peer.client.server('MARKREAD alice *');
    peer.client.server('MARKREAD alice timestamp=rubbish');
    peer.client.server('MARKREAD');
    await send(connection, 'alice', 'still well');
    expect(of(host, 'seen').at(-1)).toMatchObject({ chat: { id: 'alice' }, target: second.id });
  });

  it('go out for messages from before this start too, as far as the server keeps them', async () => {
    const peer = await start({ caps: keepingCaps });
    const { msgid = '', time } = peer.keep('alice', 'alice', 'PRIVMSG parley :long ago');
    const { connection } = await online(peer);
    await connection.chat('alice').readReceipts?.upTo(msgid);
    expect(peer.markers.get('alice')).toBe(`timestamp=${time}`);
    for (const id of ['peer-9999', '~minted', 'no such message']) {
      expect((await failure(connection.chat('alice').readReceipts?.upTo(id) ?? Promise.resolve())).kind).toBe(
        'rejected',
      );
    }
  });
});

describe('a server without labels', () => {
  it('is asked all the same, and its answers are told apart', async () => {
    const caps = keepingCaps.filter((cap) => cap !== 'labeled-response');
    const peer = await start({ caps });
    for (let at = 0; at < 5; at++) {
      peer.keep('alice', 'alice', `PRIVMSG parley :from alice ${at}`);
      peer.keep('bob', 'bob', `PRIVMSG parley :from bob ${at}`);
    }
    const { connection, host } = await online(peer, { channels: '#parley' });
    await host.until(() => chats(host).length > 0, 'the channel');
    const signal = AbortSignal.timeout(5_000);
    const pages = ['alice', 'bob'].map((chat) => connection.chat(chat).history?.before({}, 3, signal));
    const texts = (await Promise.all(pages)).map((page) => page?.events.map((event) => 'text' in event && event.text));
    expect(texts).toEqual(['alice', 'bob'].map((who) => [2, 3, 4].map((at) => `from ${who} ${at}`)));
    const { remoteId = '' } = await send(connection, 'alice', 'a slip');
    const alice = connection.chat('alice');
    await alice.reactions?.set(remoteId, '😀', true);
    await alice.deletions?.message(remoteId);
    expect((await failure(alice.deletions?.message('peer-9999') ?? Promise.resolve())).kind).toBe('rejected');
    peer.refusals.set('#parley', '482');
    const topic = connection.chat('#parley').topic?.set('x') ?? Promise.resolve();
    expect(await failure(topic)).toMatchObject({ kind: 'rejected', message: expect.stringContaining('operator') });
    await connection.chat('#parley').invites?.invite('alice');
    expect((await failure(connection.chat('#parley').invites?.invite('nobody') ?? Promise.resolve())).kind).toBe(
      'rejected',
    );
    await send(connection, 'alice', 'one\n\ntwo');
    expect(peer.texts().at(-1)).toBe('one\n\ntwo');
  });
});

describe('a WebSocket', () => {
  it('of a server older than the specification is opened without its names, and a line without end closes it', async () => {
    const peer = await IrcWebPeer.open(false);
    const { connection, host } = await online(peer);
    await send(connection, 'alice', 'over the web');
    expect(peer.texts()).toEqual(['over the web']);
    peer.client.raw(`:alice!a@h PRIVMSG parley :${'x'.repeat(70_000)}`);
    await host.untilState('waiting');
    expect(host.why()).toContain('sent a line without end');
    await connection.stop();
    await peer.stop();
  });
});
