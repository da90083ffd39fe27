import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { Scene, type SceneMessage } from '../support/scene.js';
import { type Part, partOf, type Stanza, XmppPerson } from '../support/xmpp-person.js';

/** A network of a real server, Prosody, with slixmpp on the other side. */
const lab = await labOrSkip(['prosody'], ['people']);

type Chat = { id: string; accountId: string; joined: boolean; invited?: boolean; topic?: string; memberCount?: number };
type Conversation = { id: string; name: string; contactId: string | null; chats: Chat[] };
type Message = SceneMessage & { conversationId: string; receipts?: { name: string; proves: string }[] };

const markers = 'urn:xmpp:chat-markers:0';
const states = 'http://jabber.org/protocol/chatstates';
/** One dot, as PNG. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

if (lab) {
  const { prosody } = lab;
  describe('an XMPP account', { timeout: 120_000 }, async () => {
    const [you, hers, his] = prosody.users;
    if (!you || !hers || !his) throw new Error('the lab has three people on XMPP');
    const parley = await Parley.start();
    const [alice, bob] = await Promise.all([XmppPerson.signIn(hers, prosody), XmppPerson.signIn(his, prosody)]);
    afterAll(async () => {
      await Promise.all([alice.leave(), bob.leave()]);
      await parley.remove();
    });

    const scene = new Scene('xmpp');
    const frames: { type: string; name?: string; on?: boolean }[] = [];
    const timeline = async (where: string): Promise<Message[]> =>
      (await parley.ok('GET', `/conversations/${where}/messages?limit=100`)).items;
    const conversations = async () => (await parley.ok('GET', '/conversations?limit=100')).items as Conversation[];
    const seen = (where: string, text: string, fits: (message: Message) => boolean = () => true) =>
      eventually(async () => (await timeline(where)).find((one) => one.text === text && fits(one)));
    const reached = (id: string, ...wanted: string[]) =>
      eventually(async () => wanted.includes((await parley.ok('GET', `/messages/${id}`)).status) || undefined);
    const write = async (where: string, body: Record<string, unknown>): Promise<string> => {
      const { message } = await parley.ok('POST', `/conversations/${where}/messages`, body);
      await reached(message.id, 'sent', 'delivered', 'read');
      return message.id;
    };
    const heard = (text: string, by = alice) => by.message(({ body }) => body === text, `"${text}"`);
    const marked = (parts: Part[], name: string, ns: string) => partOf(parts, name, ns)?.attrs.id;
    const setOf = ({ parts }: Stanza) =>
      partOf(parts, 'reactions', 'urn:xmpp:reactions:0')?.children?.map(({ text }) => text);
    const presence = (contact: string, state: string) =>
      eventually(async () => (await parley.ok('GET', `/contacts/${contact}`)).presence.state === state || undefined);
    const buddyOf = async (contact: string) => (await parley.ok('GET', `/contacts/${contact}`)).buddies[0];
    const listen = () =>
      new Promise<void>((resolve) => {
        const socket = new WebSocket(`${parley.url.replace('http', 'ws')}/api/v1/stream`, {
          headers: { authorization: `Bearer ${parley.token}` },
        });
        socket.on('message', (frame) => void frames.push(JSON.parse(String(frame))));
        socket.on('error', () => {});
        socket.once('open', () => resolve());
      });
    const upload = async (name: string, type: string, content: string): Promise<string> => {
      const form = new FormData();
      form.append('file', new Blob([content], { type }), name);
      const headers = { authorization: `Bearer ${parley.token}` };
      const answer = await fetch(`${parley.url}/api/v1/attachments`, { method: 'POST', body: form, headers });
      return ((await answer.json()) as { id: string }).id;
    };

    test('against Prosody', async () => {
      await parley.setUp();
      await listen();

      scene.act('you sign in, with STARTTLS');
      const account = await parley.signIn('xmpp', 'password', {
        ...{ jid: you.jid, password: you.password, host: prosody.host, port: prosody.port, tls: 'starttls' },
        certificate: readFileSync(prosody.caFile, 'utf8'),
      });
      await parley.online(account.id);
      scene.note('Parley', `${account.name} is online`);

      scene.act('Alice asks to see you, and you let her; groups and names');
      await alice.do('presence', { to: you.jid, type: 'subscribe' });
      const request = await eventually(async () =>
        (await conversations()).find((one) => one.chats[0]?.invited === true),
      );
      scene.note('Parley', `${request.name} asks`);
      await parley.ok('POST', `/conversations/${request.id}/accept`);
      await alice.presence(({ type }) => type === 'subscribed', 'to be let');
      await alice.presence(({ type }) => type === 'subscribe', 'to be asked in turn');
      await alice.do('presence', { to: you.jid, type: 'subscribed' });
      const chat = request.id;
      const contact = request.contactId ?? '';
      await presence(contact, 'online');
      const { id: buddy } = await buddyOf(contact);
      await parley.ok('PATCH', `/buddies/${buddy}`, { name: 'Alice', groups: ['Friends', 'Tea'] });
      const listed = await eventually(async () => {
        const one = await buddyOf(contact);
        return one.name === 'Alice' && one.groups.length === 2 ? one : undefined;
      });
      scene.note('your contact list', `${listed.name}: ${[...listed.groups].sort().join(', ')}`);

      scene.act('presence, both ways, and for some alone');
      await alice.do('presence', { show: 'away', status: 'at lunch' });
      await presence(contact, 'away');
      await alice.do('presence', { show: 'dnd' });
      await presence(contact, 'dnd');
      await alice.do('presence', {});
      await presence(contact, 'online');
      scene.note('Parley', 'Alice is away, not to be disturbed, online');
      const shows = (state: string) => (one: Stanza) =>
        one.sender.startsWith(you.jid) && one.parts.some(({ name, text }) => name === 'show' && text === state);
      await parley.ok('PUT', '/presence', { state: 'away', note: 'back soon' });
      await alice.presence(shows('away'), 'you to be away');
      await parley.ok('PUT', '/audiences', { items: [{ name: 'tea', contactIds: [contact] }] });
      await parley.ok('PUT', '/presence', { state: 'dnd', note: 'pouring', audience: 'tea' });
      await alice.presence(shows('dnd'), 'what only the audience is told');
      scene.note('slixmpp shows', 'you are away; to Alice alone: not to be disturbed');

      scene.act('messages, receipts, read markers and typing');
      const hello = await write(chat, { text: 'Hello Alice, <b>&</b> "all"' });
      const greeted = await heard('Hello Alice, <b>&</b> "all"');
      await reached(hello, 'delivered');
      await alice.do('marker', { to: you.jid, target: greeted.id });
      await reached(hello, 'read');
      scene.note('Parley', 'delivered, then read');
      const greeting = String(await alice.do('send', { to: you.jid, body: 'Hello from slixmpp ☕' }));
      const { id: incoming } = await seen(chat, 'Hello from slixmpp ☕');
      await alice.message(({ parts }) => marked(parts, 'received', 'urn:xmpp:receipts') === greeting, 'a receipt');
      await parley.ok('PATCH', `/conversations/${chat}`, { readMessageId: incoming });
      await alice.message(({ parts }) => marked(parts, 'displayed', markers) === greeting, 'a marker');
      scene.note('slixmpp shows', 'delivered, then read');
      await parley.ok('PUT', `/conversations/${chat}/typing`, { on: true });
      await alice.message(({ parts }) => partOf(parts, 'composing', states) !== undefined, 'you to type');
      scene.note('slixmpp shows', 'you type');
      await alice.do('state', { to: you.jid, state: 'composing' });
      const typing = await eventually(() => frames.find((frame) => frame.type === 'typing' && frame.on));
      scene.note('Parley shows', `${typing.name} is typing`);

      scene.act('corrections, reactions, replies and retractions');
      const wrong = await write(chat, { text: 'Tee at five?' });
      const asked = await heard('Tee at five?');
      await parley.ok('PATCH', `/messages/${wrong}`, { text: 'Tea at five?' });
      const right = await heard('Tea at five?');
      scene.note(
        'slixmpp shows',
        marked(right.parts, 'replace', 'urn:xmpp:message-correct:0') === asked.id ? 'a correction' : 'no correction',
      );
      await alice.do('react', { to: you.jid, target: asked.id, set: ['👍', '🫖'] });
      await seen(chat, 'Tea at five?', ({ reactions }) => reactions.length === 2);
      await alice.do('react', { to: you.jid, target: asked.id, set: ['🫖'] });
      await seen(chat, 'Tea at five?', ({ reactions }) => reactions.length === 1);
      await alice.do('reply', { to: you.jid, author: you.jid, target: asked.id, body: 'Gladly' });
      const gladly = await seen(chat, 'Gladly', ({ replyTo }) => replyTo !== undefined);
      await parley.ok('PUT', `/messages/${gladly.id}/reactions/${encodeURIComponent('🎉')}`);
      await alice.message((one) => setOf(one)?.join() === '🎉', 'your reaction');
      await parley.ok('DELETE', `/messages/${gladly.id}/reactions/${encodeURIComponent('🎉')}`);
      await alice.message((one) => setOf(one)?.length === 0, 'your reaction to be gone');
      scene.note('slixmpp shows', '🎉 by you, and then not');
      await write(chat, { text: 'At my place', replyTo: incoming });
      const place = await heard('> Hello from slixmpp ☕\nAt my place');
      scene.note(
        'slixmpp shows',
        marked(place.parts, 'reply', 'urn:xmpp:reply:0') === greeting ? 'an answer' : 'no answer',
      );
      const slip = String(await alice.do('send', { to: you.jid, body: 'I bring caek' }));
      await seen(chat, 'I bring caek');
      await alice.do('edit', { to: you.jid, target: slip, body: 'I bring cake' });
      await seen(chat, 'I bring cake', ({ editedAt }) => editedAt !== undefined);
      const secret = String(await alice.do('send', { to: you.jid, body: 'and the secret is' }));
      await seen(chat, 'and the secret is');
      await alice.do('retract', { to: you.jid, target: secret });
      await seen(chat, '', ({ deletedAt, direction }) => deletedAt !== undefined && direction === 'in');
      const regretted = await write(chat, { text: 'I take this back' });
      const regret = await heard('I take this back');
      await parley.ok('DELETE', `/messages/${regretted}`);
      await alice.message(({ parts }) => marked(parts, 'apply-to', 'urn:xmpp:fasten:0') === regret.id, 'a retraction');

      scene.act('files, and a picture of Alice');
      const file = await upload('menu.txt', 'text/plain', 'Tea. Cake.');
      await write(chat, { text: 'The menu', attachments: [file] });
      await heard('The menu');
      const link = await alice.message(({ parts }) => partOf(parts, 'x', 'jabber:x:oob') !== undefined, 'a link');
      scene.note('slixmpp shows', `a file: ${await (await fetch(link.body ?? '')).text()}`);
      const service = `files.${prosody.domain}`;
      await alice.do('upload', { to: you.jid, service, name: 'cake.png', mime: 'image/png', content: png });
      const cake = await seen(chat, '', ({ attachments }) => attachments.length === 1);
      expect(cake.attachments).toMatchObject([{ name: 'cake.png', type: 'image/png', size: 70 }]);
      await alice.do('avatar', { content: png });
      await eventually(async () => (await buddyOf(contact)).avatarUrl ?? undefined);
      scene.note('Parley shows', 'a picture of Alice');

      scene.act('blocking');
      await parley.ok('PATCH', `/buddies/${buddy}`, { blocked: true });
      await eventually(async () => (await buddyOf(contact)).blocked || undefined);
      await alice.do('send', { to: you.jid, body: 'Can you hear me?' });
      await alice.do('fence');
      await parley.ok('PATCH', `/buddies/${buddy}`, { blocked: false });
      await eventually(async () => !(await buddyOf(contact)).blocked || undefined);
      await alice.do('send', { to: you.jid, body: 'And now?' });
      await seen(chat, 'And now?');

      scene.act('another program of yours');
      const phone = await XmppPerson.signIn(you, prosody);
      const called = String(await phone.do('send', { to: hers.jid, body: 'From my telephone' }));
      await seen(chat, 'From my telephone');
      expect((await heard('From my telephone')).id).toBe(called);
      await phone.leave();

      scene.act('a message to nobody');
      const { conversation: void_ } = await parley.ok('POST', '/chats', {
        accountId: account.id,
        address: `nobody@${prosody.domain}`,
      });
      const { message: lost } = await parley.ok('POST', `/conversations/${void_.id}/messages`, { text: 'Anybody?' });
      await reached(lost.id, 'failed');
      const { items: deliveries } = await parley.ok('GET', `/messages/${lost.id}/deliveries`);
      scene.note('Parley', `failed: ${deliveries[0].attempts.at(-1).reason}`);

      scene.act('a room: Alice makes it, you enter');
      const room = `tea@${prosody.rooms}`;
      const config = {
        'muc#roomconfig_persistentroom': true,
        'muc#roomconfig_roomname': 'Tea Room',
        'muc#roomconfig_changesubject': true,
      };
      await alice.do('join', { room, nick: 'alice', configure: config });
      await alice.do('subject', { room, subject: 'Which tea' });
      const { conversation: tea } = await parley.ok('POST', '/chats', { accountId: account.id, join: room });
      const inside = await eventually(async () => {
        const found = (await conversations()).find((one) => one.id === tea.id);
        return found?.chats[0]?.topic === 'Which tea' && found.chats[0].memberCount === 2 ? found : undefined;
      });
      scene.note(
        'Parley shows',
        `${inside.name}, topic "${inside.chats[0]?.topic}", ${inside.chats[0]?.memberCount} people`,
      );
      const { items: people } = await parley.ok('GET', `/conversations/${tea.id}/members`);
      for (const { name, role } of people.sort((a: { name: string }, b: { name: string }) =>
        a.name.localeCompare(b.name),
      )) {
        scene.note('in the room', `${name}, ${role}`);
      }
      await parley.ok('PATCH', `/conversations/${tea.id}`, { topic: 'Which cake' });
      await alice.message(
        ({ parts, type }) =>
          type === 'groupchat' && parts.some(({ name, text }) => name === 'subject' && text === 'Which cake'),
        'the topic',
      );
      scene.note('slixmpp shows', 'the topic "Which cake"');

      scene.act('in the room');
      const green = await write(tea.id, { text: 'Gren tea' });
      const offered = await heard('Gren tea');
      const given = marked(offered.parts, 'stanza-id', 'urn:xmpp:sid:0');
      await parley.ok('PATCH', `/messages/${green}`, { text: 'Green tea' });
      await heard('Green tea');
      const inRoom = { to: room, type: 'groupchat' };
      await alice.do('react', { ...inRoom, target: given, set: ['🍵'] });
      await seen(tea.id, 'Green tea', ({ reactions }) => reactions.length === 1);
      await alice.do('reply', { ...inRoom, author: `${room}/parley`, target: given, body: 'Mint for me' });
      const mint = await seen(tea.id, 'Mint for me', ({ replyTo }) => replyTo !== undefined);
      await write(tea.id, { text: 'So be it', replyTo: mint.id });
      await heard('> Mint for me\nSo be it');
      const mistyped = String(await alice.do('send', { ...inRoom, body: 'with lemno' }));
      await seen(tea.id, 'with lemno');
      await alice.do('edit', { ...inRoom, target: mistyped, body: 'with lemon' });
      await seen(tea.id, 'with lemon', ({ editedAt }) => editedAt !== undefined);

      scene.act('invitations, both ways');
      await parley.ok('POST', `/conversations/${tea.id}/members`, { address: his.jid });
      await bob.message(
        ({ parts }) => partOf(parts, 'x', 'http://jabber.org/protocol/muc#user') !== undefined,
        'an invitation',
      );
      await bob.do('join', { room, nick: 'bob' });
      await bob.do('send', { ...inRoom, body: 'Thank you for asking me' });
      await seen(tea.id, 'Thank you for asking me');
      const den = `den@${prosody.rooms}`;
      await bob.do('join', { room: den, nick: 'bob', configure: { 'muc#roomconfig_persistentroom': true } });
      await bob.do('invite', { room: den, to: you.jid, reason: 'It is quieter here' });
      const asks = await eventually(async () =>
        (await conversations()).find((one) => one.name === 'den' && one.chats[0]?.invited),
      );
      await parley.ok('POST', `/conversations/${asks.id}/accept`);
      await bob.presence(({ sender }) => sender === `${den}/parley`, 'you to come');
      await write(asks.id, { text: 'It is' });
      await heard('It is', bob);

      scene.act('Parley is away meanwhile');
      await parley.down();
      await alice.do('send', { to: you.jid, body: 'While you were away' });
      await alice.do('send', { ...inRoom, body: 'Said in the room meanwhile' });
      await parley.up();
      await parley.online(account.id);
      await seen(chat, 'While you were away');
      await seen(tea.id, 'Said in the room meanwhile');
      await listen();
      await alice.do('react', { to: you.jid, target: asked.id, set: [] });
      await seen(chat, 'Tea at five?', ({ reactions }) => reactions.length === 0);
      await write(chat, { text: 'Here again' });
      await heard('Here again');
      await write(tea.id, { text: 'And here' });
      await heard('And here');

      scene.act('the server is restarted');
      await prosody.down();
      await eventually(
        async () => (await parley.ok('GET', `/accounts/${account.id}`)).state.is === 'waiting' || undefined,
      );
      scene.note('Parley', 'waiting');
      await prosody.up();
      const [alice2] = await Promise.all([
        XmppPerson.signIn(hers, prosody),
        parley.ok('POST', `/accounts/${account.id}/reconnect`),
      ]);
      await parley.online(account.id);
      await alice2.do('send', { to: you.jid, body: 'Are you back?' });
      await seen(chat, 'Are you back?');
      await write(chat, { text: 'I am' });
      await heard('I am', alice2);

      scene.act('you are shown out, and leave');
      const bob2 = await XmppPerson.signIn(his, prosody);
      await alice2.do('join', { room, nick: 'alice' });
      await alice2.presence(({ sender }) => sender === `${room}/parley`, 'you to be there');
      await alice2.do('kick', { room, nick: 'parley', reason: 'no tea left' });
      await eventually(async () =>
        (await conversations()).find((one) => one.id === tea.id && one.chats[0]?.joined === false),
      );
      await bob2.do('join', { room: den, nick: 'bob' });
      await bob2.presence(({ sender }) => sender === `${den}/parley`, 'you to be there');
      await parley.ok('POST', `/conversations/${asks.id}/leave`);
      await bob2.presence(({ sender, type }) => sender === `${den}/parley` && type === 'unavailable', 'you to leave');
      await Promise.all([alice2.leave(), bob2.leave()]);

      await eventually(async () => {
        const told = (await timeline(chat)).filter(
          (one) => one.direction === 'out' && one.text !== 'From my telephone',
        );
        return told.every(({ status }) => status === 'delivered' || status === 'read') || undefined;
      });
      scene.timeline('Alice', await timeline(chat));
      scene.timeline('Tea Room', await timeline(tea.id));
      scene.timeline('den', await timeline(asks.id));
      await scene.end();
    });
  });
}
