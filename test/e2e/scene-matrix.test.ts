import { afterAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { browse } from '../support/browse.js';
import { labOrSkip } from '../support/lab.js';
import { OtherDevice } from '../support/matrix-other-device.js';
import { MatrixPerson, type PersonEvent } from '../support/matrix-person.js';
import { eventually, Parley } from '../support/parley.js';
import { Scene, type SceneMessage } from '../support/scene.js';

const lab = await labOrSkip(['synapse']);

type Chat = {
  id: string;
  accountId: string;
  encrypted?: boolean;
  invited?: boolean;
  memberCount?: number;
  topic?: string;
};
type Conversation = { id: string; name: string; contactId?: string; unread: number; chats: Chat[] };
type Message = Omit<SceneMessage, 'attachments'> & {
  html?: string;
  receipts?: { name: string; proves: string }[];
  attachments: { name: string; type: string; url: string }[];
};
type Frame = { type: string; name?: string; on?: boolean };

/**
 * Synapse, with Alice and Bob on matrix-nio, whose encryption is another one (libolm). The one thing that only another
 * device of our own account can have done before, the recovery key, is set up with matrix-js-sdk.
 */
if (lab) {
  const { synapse } = lab;
  const parley = await Parley.start();
  const leaving: (() => unknown)[] = [];
  afterAll(async () => {
    for (const leave of leaving) await leave();
    await parley.remove();
  });
  const scene = new Scene('matrix');

  const conversations = async (): Promise<Conversation[]> => (await parley.ok('GET', '/conversations?limit=200')).items;
  const conversation = (name: string, fits: (one: Conversation) => boolean = () => true) =>
    eventually(async () => (await conversations()).find((one) => one.name === name && fits(one)), 30_000);
  const timeline = async (id: string, limit = 100): Promise<Message[]> =>
    (await parley.ok('GET', `/conversations/${id}/messages?limit=${limit}`)).items;
  const seen = (where: string, text: string, fits: (message: Message) => boolean = () => true) =>
    eventually(async () => (await timeline(where)).find((one) => one.text === text && fits(one)), 30_000);
  const write = async (where: string, body: Record<string, unknown>): Promise<Message> => {
    const { message } = await parley.ok('POST', `/conversations/${where}/messages`, body);
    return eventually(async () => {
      const now = await parley.ok('GET', `/messages/${message.id}`);
      return ['sent', 'delivered', 'read'].includes(now.status) ? now : undefined;
    }, 30_000);
  };
  const upload = async (name: string, type: string, content: string): Promise<string> => {
    const form = new FormData();
    form.append('file', new Blob([content], { type }), name);
    const headers = { authorization: `Bearer ${parley.token}` };
    const answer = await fetch(`${parley.url}/api/v1/attachments`, { method: 'POST', body: form, headers });
    return ((await answer.json()) as { id: string }).id;
  };
  const contentOf = async (message: Message, name: string): Promise<string> => {
    const file = message.attachments.find((one) => one.name === name);
    const answer = await fetch(`${parley.url}${file?.url}`, { headers: { authorization: `Bearer ${parley.token}` } });
    return answer.text();
  };
  const sealed = ({ encrypted }: PersonEvent) => (encrypted ? 'encrypted' : 'in the clear');
  const presence = (contact: string, state: string) =>
    eventually(
      async () => (await parley.ok('GET', `/contacts/${contact}`)).presence.state === state || undefined,
      30_000,
    );

  test('a Matrix account, both ways, over a restart', { timeout: 240_000 }, async () => {
    await parley.setUp();
    const me = '@parley:lab.test';
    const alice = await MatrixPerson.signIn(synapse, 'alice');
    const bob = await MatrixPerson.signIn(synapse, 'bob');
    leaving.push(
      () => alice.stop(),
      () => bob.stop(),
    );

    scene.act(
      'before Parley: an encrypted room with Bob, on another device of yours; a room of Alice with a long past',
    );
    const other = await OtherDevice.start(synapse, 'parley');
    leaving.push(() => other.stop());
    const old = String((await bob.do('create', { name: 'Old times', invite: [me], encrypted: true })).room);
    await other.client.joinRoom(old);
    await bob.saw('you', ({ stateKey, content }) => stateKey === me && content?.membership === 'join');
    await bob.text(old, 'Remember the summer?');
    const books = String((await alice.do('create', { name: 'Book club', alias: 'books', public: true })).room);
    for (let n = 1; n <= 60; n++) await alice.text(books, `Chapter ${n}`);
    await other.backedUp(1);

    scene.act('you sign in: by single sign-on, by an access token, by password');
    const sso = await parley.ok('POST', '/logins', { network: 'matrix', flow: 'sso' });
    const { step } = await parley.ok('POST', `/logins/${sso.id}`, { input: { homeserver: synapse.url } });
    expect(step.type).toBe('redirect');
    const back = await browse(step.url, `${parley.url}/api/v1/logins/callback`);
    await fetch(back, { redirect: 'manual', headers: { authorization: `Bearer ${parley.token}` } });
    const carol = await eventually(async () => {
      const now = await parley.ok('GET', `/logins/${sso.id}`);
      return now.step.type === 'done' ? now.step.account : undefined;
    });
    const { token } = await synapse.addUser('tom');
    const tom = await parley.signIn('matrix', 'token', { homeserver: synapse.url, accessToken: token });
    for (const { id, name } of [carol, tom]) {
      await parley.online(id);
      scene.note('signed in', name);
      await parley.ok('DELETE', `/accounts/${id}`);
    }
    const credentials = { homeserver: synapse.url, username: 'parley', password: 'parley-matrix' };
    const account = await parley.signIn('matrix', 'password', credentials);
    await parley.online(account.id);
    scene.note('signed in', account.name);
    const frames: Frame[] = [];
    const listen = () => {
      const socket = new WebSocket(`${parley.url.replace('http', 'ws')}/api/v1/stream`, {
        headers: { authorization: `Bearer ${parley.token}` },
      });
      socket.on('message', (data) => frames.push(JSON.parse(String(data))));
      socket.on('error', () => {});
      leaving.push(() => socket.terminate());
    };
    listen();

    scene.act('the old room cannot be read, until you enter the recovery key');
    const { id: oldTimes } = await conversation('Old times');
    scene.timeline(
      'Old times, before',
      await eventually(async () => {
        const all = await timeline(oldTimes);
        return all.some(({ unreadable }) => unreadable) ? all : undefined;
      }),
    );
    await parley.ok('PUT', `/accounts/${account.id}/settings`, { input: { recoveryKey: other.recoveryKey } });
    await seen(oldTimes, 'Remember the summer?');
    await write(oldTimes, { text: 'As if it were today' });
    scene.note('Bob reads', `"As if it were today", ${sealed(await bob.heard('As if it were today'))}`);
    scene.timeline('Old times, after', await timeline(oldTimes));
    other.stop();

    scene.act('Alice invites you to an encrypted chat; you accept');
    const room = String((await alice.do('create', { invite: [me], direct: true, encrypted: true })).room);
    const asked = await conversation('Alice', ({ chats }) => chats.some(({ invited }) => invited));
    scene.note('Parley', `${asked.name} invites you`);
    await parley.ok('POST', `/conversations/${asked.id}/accept`);
    await alice.saw(
      'you',
      ({ stateKey, content, room: where }) => where === room && stateKey === me && content?.membership === 'join',
    );
    const chat = asked.id;

    scene.act('you talk');
    await alice.text(room, 'Hello from nio');
    const hello = await seen(chat, 'Hello from nio');
    await alice.do('send', { room, content: { msgtype: 'm.emote', body: 'waves' } });
    await seen(chat, 'waves');
    await alice.do('send', {
      room,
      content: {
        msgtype: 'm.text',
        body: 'Bold news',
        format: 'org.matrix.custom.html',
        formatted_body: '<b>Bold</b> news<script>x</script>',
      },
    });
    scene.note('Parley keeps of the HTML', (await seen(chat, 'Bold news')).html ?? 'nothing');
    const answer = await write(chat, { text: 'Hello **Alice**', format: 'markdown', replyTo: hello.id });
    const heard = await alice.heard('Hello');
    const { body, formatted_body: html, 'm.relates_to': relation } = heard.content ?? {};
    scene.note(
      'Alice reads',
      `"${body}", as HTML "${html}", ${sealed(heard)}, ${relation ? 'an answer' : 'no answer'}`,
    );
    await parley.ok('PATCH', `/messages/${answer.id}`, { text: 'Good evening Alice' });
    const edit = await alice.heard('Good evening Alice');
    scene.note('Alice reads', `the edit, ${sealed(edit)}`);
    const mine = await alice.text(room, 'A mistke');
    await alice.text(room, '* A mistake', {
      'm.new_content': { msgtype: 'm.text', body: 'A mistake' },
      'm.relates_to': { rel_type: 'm.replace', event_id: mine },
    });
    await seen(chat, 'A mistake', ({ editedAt }) => editedAt !== undefined);

    scene.act('reactions, deletions');
    await parley.ok('PUT', `/messages/${hello.id}/reactions/${encodeURIComponent('👋')}`);
    const wave = await alice.saw('the reaction', ({ type, sender }) => type === 'm.reaction' && sender === me);
    await parley.ok('DELETE', `/messages/${hello.id}/reactions/${encodeURIComponent('👋')}`);
    await alice.saw('its end', ({ redacts }) => redacts === wave.eventId);
    await parley.ok('PUT', `/messages/${hello.id}/reactions/${encodeURIComponent('🎉')}`);
    const { key } = ((
      await alice.saw(
        'another',
        ({ type, sender, eventId }) => type === 'm.reaction' && sender === me && eventId !== wave.eventId,
      )
    ).content?.['m.relates_to'] ?? {}) as { key?: string };
    scene.note('Alice sees', `your reaction ${key}`);
    const target = heard.eventId ?? '';
    await alice.do('send', {
      room,
      type: 'm.reaction',
      content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: target, key: '❤️' } },
    });
    await seen(chat, 'Good evening Alice', ({ reactions }) => reactions.length === 1);
    const regret = await write(chat, { text: 'Never mind this' });
    const { eventId } = await alice.heard('Never mind this');
    await parley.ok('DELETE', `/messages/${regret.id}`);
    await alice.saw('the deletion', ({ redacts }) => redacts === eventId);
    scene.note('Alice sees', 'one message of yours deleted');
    const secret = await alice.text(room, 'Not for long');
    await seen(chat, 'Not for long');
    await alice.do('redact', { room, target: secret });
    await eventually(async () =>
      (await timeline(chat)).find(({ deletedAt, direction }) => deletedAt && direction === 'in'),
    );

    scene.act('who reads, who types, who is there');
    await alice.do('read', { room, target });
    await seen(chat, 'Good evening Alice', ({ status }) => status === 'read');
    scene.note('Parley', 'Alice has read your message');
    const last = await alice.text(room, 'Did you see this?');
    const question = await seen(chat, 'Did you see this?');
    await parley.ok('PATCH', `/conversations/${chat}`, { readMessageId: question.id });
    await alice.saw(
      'the receipt',
      ({ event, user, target: read }) => event === 'receipt' && user === me && read === last,
    );
    scene.note('Alice', 'you have read her message');
    await parley.ok('PUT', `/conversations/${chat}/typing`, { on: true });
    await alice.saw('typing', ({ event, users }) => event === 'typing' && users?.includes(me) === true);
    scene.note('Alice', 'you are typing');
    await alice.do('typing', { room, on: true });
    const typing = await eventually(() => frames.find(({ type, on }) => type === 'typing' && on));
    scene.note('Parley', `${typing.name} is typing`);
    await alice.do('typing', { room, on: false });
    const contact = (await conversation('Alice')).contactId ?? '';
    await presence(contact, 'online');
    await alice.do('presence', { state: 'unavailable', note: 'at lunch' });
    await presence(contact, 'away');
    await parley.ok('PUT', '/presence', { state: 'away', note: 'in a meeting' });
    await alice.saw(
      'you away',
      ({ event, user, note }) => event === 'presence' && user === me && note === 'in a meeting',
    );
    scene.note('both', 'see each other away');
    await alice.do('presence', { state: 'online' });
    await presence(contact, 'online');

    scene.act('files, encrypted');
    const plan = await upload('plan.txt', 'text/plain', 'the plan');
    await write(chat, { text: 'Here is the plan', attachments: [plan] });
    const file = await alice.saw('the file', ({ content }) => content?.body === 'plan.txt');
    const { text: inside } = await alice.do('fetch', { content: file.content });
    scene.note('Alice opens', `${file.content?.body}: "${inside}", ${sealed(file)}`);
    await alice.do('file', { room, name: 'lunch.png', type: 'image/png', text: 'a picture of lunch', kind: 'm.image' });
    const picture = await eventually(async () =>
      (await timeline(chat)).find(({ attachments }) => attachments[0]?.name === 'lunch.png'),
    );
    scene.note('Parley opens', `lunch.png: "${await contentOf(picture, 'lunch.png')}"`);

    scene.act('a room, joined by its alias; its past');
    const opened = await parley.ok('POST', '/chats', { accountId: account.id, join: '#books:lab.test' });
    const club = opened.conversation.id;
    await conversation('Book club');
    await seen(club, 'Chapter 60');
    let past = await timeline(club, 200);
    for (let page = 0; page < 10 && !past.some(({ text }) => text === 'Chapter 1'); page++) {
      await parley.ok('POST', `/conversations/${club}/history`);
      past = await timeline(club, 200);
    }
    const chapters = past
      .map(({ text }) => text)
      .filter((text) => text.startsWith('Chapter'))
      .reverse();
    expect(chapters).toEqual(Array.from({ length: 60 }, (_, n) => `Chapter ${n + 1}`));
    scene.note('Parley', `${chapters.length} chapters, from ${chapters[0]} to ${chapters.at(-1)}`);

    scene.act('its topic, its people, a thread');
    await alice.do('state', { room: books, type: 'm.room.topic', content: { topic: 'Chapter sixty' } });
    await eventually(async () => (await conversation('Book club')).chats[0]?.topic === 'Chapter sixty' || undefined);
    await alice.do('invite', { room: books, user: '@bob:lab.test' });
    await bob.do('join', { room: books });
    const root = await alice.text(books, 'What is next?');
    const inThread = {
      rel_type: 'm.thread',
      event_id: root,
      is_falling_back: true,
      'm.in_reply_to': { event_id: root },
    };
    await bob.text(books, 'Something short', { 'm.relates_to': inThread });
    const short = await seen(club, 'Something short');
    await write(club, { text: 'Or long', replyTo: short.id });
    const long = await alice.heard('Or long');
    scene.note(
      'Alice reads',
      `"Or long", in ${(long.content?.['m.relates_to'] as { event_id?: string })?.event_id === root ? 'her thread' : 'no thread'}`,
    );
    const members = await eventually(async () => {
      const { items } = await parley.ok('GET', `/conversations/${club}/members`);
      return items.length === 3 ? items : undefined;
    });
    const people = members.map(({ name, role }: { name: string; role: string }) => `${name}, ${role}`).sort();
    scene.note('in the room', people.join('; '));
    await write(club, { text: 'See you on Friday' });
    const friday = await bob.heard('See you on Friday');
    await bob.do('read', { room: books, target: friday.eventId ?? '' });
    const receipts = await eventually(async () =>
      (await seen(club, 'See you on Friday')).receipts?.find(({ name }) => name === 'Bob'),
    );
    scene.note('Parley', `${receipts.name} has read your message`);

    scene.act('Parley is killed, and away for a while');
    await parley.kill();
    await alice.text(room, 'Are you there?');
    await bob.text(books, 'Nobody home');
    await parley.up();
    await parley.online(account.id);
    listen();
    await seen(chat, 'Are you there?');
    await seen(club, 'Nobody home');
    await write(chat, { text: 'I am back' });
    scene.note('Alice reads', `"I am back", ${sealed(await alice.heard('I am back'))}`);
    const setup = await parley.ok('GET', `/accounts/${account.id}`);
    const device = JSON.stringify(setup).includes(', verified');
    scene.note('this device', device ? 'is still verified' : 'is not verified');

    scene.act('you open a chat with somebody new, and leave the room');
    const { conversation: fresh } = await parley.ok('POST', '/chats', {
      accountId: account.id,
      address: '@bob:lab.test',
    });
    const invitation = await bob.saw('the invitation', ({ event, sender }) => event === 'invite' && sender === me);
    await bob.do('join', { room: invitation.room });
    await write(fresh.id, { text: 'Hello Bob' });
    scene.note('Bob reads', `"Hello Bob", ${sealed(await bob.heard('Hello Bob'))}`);
    await bob.text(String(invitation.room), 'Hello to you');
    await seen(fresh.id, 'Hello to you');
    await parley.ok('POST', `/conversations/${club}/leave`);
    await bob.saw(
      'you leave',
      ({ stateKey, content, room: where }) => where === books && stateKey === me && content?.membership === 'leave',
    );
    scene.note('Bob sees', 'you leave the room');

    for (const [title, id] of [
      ['Alice', chat],
      ['Bob', fresh.id],
    ] as const)
      scene.timeline(title, await timeline(id));
    const end = (await timeline(club)).filter(({ text }) => !text.startsWith('Chapter'));
    scene.timeline('Book club, after its chapters', end);
    await scene.end();
  });
}
