import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { XmppLab } from '../lab/types.js';
import { labOrSkip } from '../support/lab.js';
import { labInput, XmppAccount } from '../support/xmpp-account.js';
import { partOf, XmppPerson } from '../support/xmpp-person.js';

const lab = await labOrSkip(['prosody', 'ejabberd'], ['people']);

if (lab) {
  talks('Prosody', lab.prosody);
  talks('ejabberd', lab.ejabberd);
}

const markers = 'urn:xmpp:chat-markers:0';
const states = 'http://jabber.org/protocol/chatstates';
/** One dot, as PNG. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Everything the network has, both ways, with slixmpp on the other side. */
function talks(name: string, server: XmppLab): void {
  describe(`xmpp with slixmpp on ${name}`, () => {
    const own = `me@${server.domain}`;
    const alice = `alice@${server.domain}`;
    let me: XmppAccount;
    let her: XmppPerson;

    beforeAll(async () => {
      await server.setPassword('me', 'my password');
      const user = server.users.find((one) => one.name === 'alice');
      if (!user) throw new Error('alice has no account');
      [me, her] = await Promise.all([
        XmppAccount.open(labInput(server, own, 'my password')),
        XmppPerson.signIn(user, server),
      ]);
      await me.online();
    });
    afterAll(async () => {
      await her?.leave();
      await me?.connection.stop();
    });

    const said = (text: string) => her.message((one) => one.body === text, `"${text}"`);

    test('contacts, groups, subscriptions and presence', async () => {
      await me.connection.roster?.add(alice, { name: 'Alice', groups: ['Friends', 'Work'] });
      await me.event('contact', (one) => one.buddy.id === alice && one.listed === true, 'the contact');
      expect(me.host.events.findLast((one) => one.type === 'contact')).toMatchObject({
        groups: expect.arrayContaining(['Friends', 'Work']),
        buddy: { id: alice, name: 'Alice' },
      });
      await her.presence((one) => one.type === 'subscribe', 'to be asked');
      await her.do('presence', { to: own, type: 'subscribed' });
      await her.do('presence', { to: own, type: 'subscribe' });
      await me.event('presence', (one) => one.buddy.id === alice && one.state === 'online', 'her presence');
      await her.presence((one) => one.type === 'subscribed', 'to be let see us');
      await her.presence((one) => one.sender.startsWith(`${own}/`) && one.type === '', 'our presence');
      await her.do('presence', { show: 'away', status: 'lunch' });
      await me.event('presence', (one) => one.state === 'away' && one.note === 'lunch', 'her to be away');
      await me.connection.presence?.({ state: 'dnd', note: 'writing' });
      const shown = (state: string) => (one: { parts: { name: string; text: string }[] }) =>
        one.parts.some((part) => part.name === 'show' && part.text === state);
      await her.presence(shown('dnd'), 'us not to be disturbed');
      await me.connection.presence?.({ state: 'away' }, [alice]);
      await her.presence(shown('away'), 'what only she is told');
      await me.connection.presence?.({ state: 'offline' });
      await me.connection.presence?.({ state: 'online' });
      await her.do('presence', {});
      await me.connection.roster?.change(alice, { groups: ['Family'] });
      await me.event('contact', (one) => one.groups?.join() === 'Family', 'another group');
    });

    test('somebody asks to see us, and is let or not', async () => {
      const bob = server.users.find((one) => one.name === 'bob');
      if (!bob) throw new Error('bob has no account');
      const him = await XmppPerson.signIn(bob, server);
      try {
        await him.do('presence', { to: own, type: 'subscribe' });
        const asked = await me.event(
          'chat',
          (one) => one.invite !== undefined && one.chat.id === bob.jid,
          'his request',
        );
        expect(asked).toMatchObject({ chat: { kind: 'direct' }, invite: { from: { id: bob.jid } } });
        await me.connection.invitations?.decline(bob.jid);
        await him.presence((one) => one.type === 'unsubscribed', 'to be refused');
        await him.do('presence', { to: own, type: 'subscribe' });
        await me.host.until(
          () => me.host.events.filter((one) => one.type === 'chat' && one.invite && one.chat.id === bob.jid).length > 1,
          'him to ask again',
        );
        await me.connection.invitations?.accept(bob.jid);
        await him.presence((one) => one.type === 'subscribed', 'to be let');
        await him.presence((one) => one.type === 'subscribe', 'to be asked in turn');
        await me.connection.roster?.remove(bob.jid);
        await me.event(
          'contact',
          (one) => one.buddy.id === bob.jid && one.listed === false,
          'him to be gone from the list',
        );
      } finally {
        await him.leave();
      }
    });

    test('messages, receipts, markers and typing, both ways', async () => {
      const sent = await me.send(alice, 'hello & <welcome>');
      const heard = await said('hello & <welcome>');
      expect(sent).toMatchObject({ proof: 'sent', remoteId: `>${heard.id}` });
      await me.event('receipt', (one) => one.target === sent.remoteId && one.proves === 'delivered', 'her receipt');
      await her.do('marker', { to: own, target: heard.id });
      const read = await me.event('receipt', (one) => one.proves === 'read', 'her marker');
      expect(read).toMatchObject({ target: sent.remoteId, upTo: { id: alice } });

      const id = await her.do('send', { to: own, body: 'hello yourself' });
      const event = await me.host.untilMessage('hello yourself');
      expect(event).toMatchObject({
        id: `<${id}`,
        from: { id: alice, name: 'Alice' },
        chat: { id: alice, kind: 'direct' },
      });
      await her.message((one) => partOf(one.parts, 'received', 'urn:xmpp:receipts')?.attrs.id === id, 'our receipt');
      await me.connection.chat(alice).readReceipts?.upTo(event.id);
      await her.message((one) => partOf(one.parts, 'displayed', markers)?.attrs.id === id, 'our marker');

      await her.do('state', { to: own, state: 'composing' });
      await me.event('typing', (one) => one.on && one.from.id === alice, 'her to type');
      await her.do('state', { to: own, state: 'paused' });
      await me.event('typing', (one) => !one.on, 'her to stop');
      await me.connection.chat(alice).typing?.set(true);
      await her.message((one) => partOf(one.parts, 'composing', states) !== undefined, 'us to type');
    });

    test('corrections, reactions, replies and retractions, both ways', async () => {
      const { remoteId = '' } = await me.send(alice, 'a mistkae');
      const mistake = await said('a mistkae');
      const features = me.connection.chat(alice);
      await features.edits?.message(remoteId, { key: crypto.randomUUID(), text: 'a mistake' });
      const corrected = await said('a mistake');
      expect(partOf(corrected.parts, 'replace', 'urn:xmpp:message-correct:0')?.attrs.id).toBe(mistake.id);

      await her.do('react', { to: own, target: mistake.id, set: ['👍', '🎉'] });
      const liked = (emoji: string, on: boolean) =>
        me.event(
          'reaction',
          (one) => one.target === remoteId && one.emoji === emoji && one.on === on,
          `${emoji} ${on}`,
        );
      await liked('👍', true);
      await liked('🎉', true);
      await her.do('react', { to: own, target: mistake.id, set: ['🎉'] });
      expect(await liked('👍', false)).toMatchObject({ from: { id: alice } });

      const id = String(await her.do('send', { to: own, body: 'a frist try' }));
      const event = await me.host.untilMessage('a frist try');
      await her.do('edit', { to: own, target: id, body: 'a first try' });
      await me.event('edit', (one) => one.target === event.id && one.text === 'a first try', 'her correction');
      await features.reactions?.set(event.id, '❤️', true);
      await features.reactions?.set(event.id, '😀', true);
      await features.reactions?.set(event.id, '❤️', false);
      const setOf = (one: { parts: Parameters<typeof partOf>[0] }) =>
        partOf(one.parts, 'reactions', 'urn:xmpp:reactions:0')
          ?.children?.map((child) => child.text)
          .join();
      await her.message((one) => setOf(one) === '❤️,😀', 'both reactions');
      await her.message((one) => setOf(one) === '😀', 'one reaction');

      const answered = { remoteId: event.id, text: 'a first try', senderName: 'Alice' };
      await me.send(alice, 'an answer', { replyTo: answered });
      const answer = await said('> a first try\nan answer');
      expect(partOf(answer.parts, 'reply', 'urn:xmpp:reply:0')?.attrs).toEqual({ id, to: alice });
      await her.do('reply', { to: own, author: own, target: mistake.id, body: 'noted' });
      expect(await me.host.untilMessage('noted')).toMatchObject({ replyTo: remoteId });

      await her.do('retract', { to: own, target: id });
      await me.event('deletion', (one) => one.target === event.id, 'her retraction');
      await features.deletions?.message(remoteId);
      const gone = await her.message((one) => partOf(one.parts, 'apply-to', 'urn:xmpp:fasten:0') !== undefined, 'ours');
      expect(partOf(gone.parts, 'retract', 'urn:xmpp:message-retract:1')?.attrs.id).toBe(mistake.id);
      expect(me.messages(/retracted|unsupported/)).toEqual([]);
    });

    test('files, both ways, and a picture of her', async () => {
      const bytes = new TextEncoder().encode('what is in it');
      const file = {
        name: 'ours.txt',
        type: 'text/plain',
        size: bytes.length,
        open: async () => new Blob([bytes]).stream(),
      };
      expect(await me.send(alice, 'with a file', { attachments: [file] })).toMatchObject({ parts: 2 });
      await said('with a file');
      const link = await her.message((one) => partOf(one.parts, 'x', 'jabber:x:oob') !== undefined, 'the link');
      expect(await (await fetch(link.body ?? '')).text()).toBe('what is in it');

      await her.do('upload', {
        to: own,
        service: `files.${server.domain}`,
        name: 'hers.txt',
        mime: 'text/plain',
        content: Buffer.from('hers').toString('base64'),
      });
      const got = await me.event('message', (one) => one.attachments !== undefined, 'her file');
      expect(got).toMatchObject({ text: '', attachments: [{ name: 'hers.txt', size: 4 }] });
      expect(Buffer.from(got.attachments?.[0]?.content ?? []).toString()).toBe('hers');

      await her.do('avatar', { content: png });
      const pictured = await me.event('contact', (one) => one.avatar != null, 'her picture');
      expect(pictured).toMatchObject({ buddy: { id: alice }, avatar: { type: 'image/png' } });
      expect(Buffer.from(pictured.avatar?.content ?? []).toString('base64')).toBe(png);
    });

    test('blocking', async () => {
      await me.connection.blocking?.set(alice, true);
      await me.event('contact', (one) => one.blocked === true && one.buddy.id === alice, 'her to be blocked');
      await her.do('send', { to: own, body: 'can you hear me' });
      await her.do('fence');
      await me.connection.blocking?.set(alice, false);
      await me.event('contact', (one) => one.blocked === false && one.buddy.id === alice, 'her not to be blocked');
      await her.do('send', { to: own, body: 'and now' });
      await me.host.untilMessage('and now');
      expect(me.messages('can you hear me')).toEqual([]);
    });

    test('what another client of ours does', async () => {
      const other = await XmppPerson.signIn({ jid: own, password: 'my password' }, server);
      try {
        const id = await other.do('send', { to: alice, body: 'from my telephone' });
        const event = await me.host.untilMessage('from my telephone');
        expect(event).toMatchObject({ id: `>${id}`, chat: { id: alice } });
        expect(event.from).toBeUndefined();
        const theirs = await her.do('send', { to: own, body: 'seen there' });
        const seen = await me.host.untilMessage('seen there');
        await other.message((one) => one.body === 'seen there', 'it there too');
        await other.do('marker', { to: alice, target: theirs });
        await me.event('seen', (one) => one.target === seen.id, 'to have been seen there');
      } finally {
        await other.leave();
      }
    });

    test('a message to nobody comes back', async () => {
      const key = crypto.randomUUID();
      const sending = me.send(`nobody@${server.domain}`, 'is there anybody', { key });
      const failed = await sending.then(
        () => me.event('receipt', (one) => one.target === `>${key}` && one.proves === 'failed', 'the failure'),
        (error: unknown) => error,
      );
      expect(failed).toMatchObject(
        failed instanceof Error
          ? { kind: expect.stringMatching(/rejected|temporary/) }
          : { reason: expect.any(String) },
      );
    });

    test('a room: entering, talking, everything in it, being removed, coming back', async () => {
      const room = `tea-${name.toLowerCase()}@${server.rooms}`;
      await her.do('join', { room, nick: 'me', configure: { 'muc#roomconfig_persistentroom': true } });
      await her.do('subject', { room, subject: 'about tea' });
      const { chat } = await me.connection.resolve(room, { join: true });
      expect(chat).toMatchObject({ id: room, kind: 'group', memberCount: 2 });
      await me.event('chat', (one) => one.chat.id === room && one.chat.topic === 'about tea', 'the topic');
      const features = me.connection.chat(room);
      const members = (await features.members?.list(AbortSignal.timeout(5_000))) ?? [];
      expect(members.map((one) => [one.buddy.name, one.role, one.presence]).sort()).toEqual([
        ['me', 'owner', 'online'],
        ['me_', 'member', 'online'],
      ]);

      const sent = await me.send(room, 'into the room');
      const inRoom = (text: string) => her.message((one) => one.type === 'groupchat' && one.body === text, text);
      const heard = await inRoom('into the room');
      expect(heard.sender).toBe(`${room}/me_`);
      const given = partOf(heard.parts, 'stanza-id', 'urn:xmpp:sid:0')?.attrs.id;
      expect(sent).toEqual({ remoteId: `=${given}`, proof: 'sent', parts: 1 });
      const mine = sent.remoteId ?? '';

      await her.do('send', { to: room, type: 'groupchat', body: 'hers in the rom' });
      const event = await me.host.untilMessage('hers in the rom');
      expect(event).toMatchObject({ chat: { id: room }, from: { name: 'me', address: `${room}/me` } });
      const hers = (await inRoom('hers in the rom')).id;
      await her.do('edit', { to: room, type: 'groupchat', target: hers, body: 'hers in the room' });
      await me.event('edit', (one) => one.target === event.id && one.text === 'hers in the room', 'her correction');
      await features.edits?.message(mine, { key: crypto.randomUUID(), text: 'into the room!' });
      expect(partOf((await inRoom('into the room!')).parts, 'replace', 'urn:xmpp:message-correct:0')?.attrs.id).toBe(
        heard.id,
      );
      await her.do('react', { to: room, type: 'groupchat', target: given, set: ['☕'] });
      await me.event('reaction', (one) => one.target === mine && one.emoji === '☕' && one.on, 'her reaction');
      await features.reactions?.set(event.id, '🍵', true);
      await her.message(
        (one) => partOf(one.parts, 'reactions', 'urn:xmpp:reactions:0')?.attrs.id === event.id.slice(1),
        'ours',
      );
      await her.do('reply', { to: room, type: 'groupchat', author: `${room}/me_`, target: given, body: 'agreed' });
      expect(await me.host.untilMessage('agreed')).toMatchObject({ replyTo: mine });
      await her.do('retract', { to: room, type: 'groupchat', target: hers });
      await me.event('deletion', (one) => one.target === event.id, 'her retraction');
      await features.deletions?.message(mine);
      await her.message(
        (one) =>
          one.type === 'groupchat' && partOf(one.parts, 'retract', 'urn:xmpp:message-retract:1')?.attrs.id === given,
        'our retraction',
      );
      await features.topic
        ?.set('about coffee')
        .catch((error: unknown) => expect(error).toMatchObject({ kind: 'rejected' }));
      await her.do('state', { to: room, type: 'groupchat', state: 'composing' });
      await me.event('typing', (one) => one.chat.id === room && one.on, 'her to type');

      await her.do('send', { to: `${room}/me_`, body: 'between us' });
      const quiet = await me.host.untilMessage('between us');
      expect(quiet.chat).toMatchObject({ id: `${room}/me`, kind: 'direct' });
      await me.send(quiet.chat.id, 'only for you');
      await her.message((one) => one.body === 'only for you' && one.sender === `${room}/me_`, 'the private answer');

      const back = await me.again();
      await back.event('chat', (one) => one.chat.id === room && one.joined === true, 'to be in again');
      await her.do('send', { to: room, type: 'groupchat', body: 'welcome back' });
      await back.host.untilMessage('welcome back');
      expect(back.messages(/hers in the rom|into the room|agreed/)).toEqual([]);
      const page = await back.connection.chat(room).history?.before({}, 50, AbortSignal.timeout(10_000));
      const past = page?.events.flatMap((one) => (one.type === 'message' ? [[one.id, one.text]] : []));
      expect(past).toContainEqual([mine, 'into the room']);
      expect(past).toContainEqual([event.id, 'hers in the rom']);
      expect(page?.next).toBeUndefined();

      await her.do('kick', { room, nick: 'me_', reason: 'enough tea' });
      expect((await back.host.untilMessage(/^You were removed/)).text).toContain('enough tea');
      await back.event('chat', (one) => one.chat.id === room && one.joined === false, 'to be out');
      await her.do('invite', { room, to: own, reason: 'come back' });
      const invited = await back.event(
        'chat',
        (one) => one.chat.id === room && one.invite !== undefined,
        'the invitation',
      );
      expect(invited.invite?.text).toBe('come back');
      await back.connection.invitations?.accept(room);
      await back.connection.chat(room).invites?.invite(`bob@${server.domain}`);
      await back.connection.leave?.(room);
      await expect(back.send(room, 'gone')).rejects.toMatchObject({
        kind: expect.stringMatching(/rejected|temporary/),
      });
      me = back;
    });
  });
}
