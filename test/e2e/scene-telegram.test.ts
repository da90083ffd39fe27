import { afterAll, test } from 'vitest';
import type { TelegramPerson } from '../lab/types.ts';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { Scene, type SceneMessage } from '../support/scene.js';
import { TelegramPeer } from '../support/telegram-peer.js';
import { alice, forumChat, groupChat } from '../support/telegram-world.js';

/**
 * A bot's inbox, played twice: against telegram-test-api, an emulator of others with a user's side of its own, and, for
 * what that lacks, against the scripted server of the adapter's tests.
 */
const lab = await labOrSkip(['telegram']);
const parley = await Parley.start();
const peer = await TelegramPeer.start();
afterAll(async () => {
  await parley.remove();
  await peer.stop();
});

type Conversation = { id: string; name: string; chats: { id: string; accountId: string; joined: boolean }[] };
type Message = SceneMessage & { conversationId: string; accountId: string };

const timeline = async (conversation: string): Promise<Message[]> =>
  (await parley.ok('GET', `/conversations/${conversation}/messages?limit=200`)).items;
const conversations = async (): Promise<Conversation[]> => (await parley.ok('GET', '/conversations?limit=200')).items;

/** The conversation of this name, once it is there. */
const conversation = (account: string, name: string) =>
  eventually(async () =>
    (await conversations()).find((one) => one.name === name && one.chats[0]?.accountId === account),
  );

/** The message with this text, once it is there and fits. */
const seen = (where: string, text: string, fits: (message: Message) => boolean = () => true) =>
  eventually(async () => (await timeline(where)).find((one) => one.text === text && fits(one)));

const write = async (where: string, body: Record<string, unknown>): Promise<string> => {
  const { message } = await parley.ok('POST', `/conversations/${where}/messages`, body);
  await eventually(async () => {
    const { status } = await parley.ok('GET', `/messages/${message.id}`);
    return ['sent', 'failed'].includes(status) || undefined;
  });
  return message.id;
};

const scene = new Scene('telegram');

/** A message of the bot with this text in somebody's chat, once it is there, as it is now. */
const hears = (person: TelegramPerson, text: string) =>
  eventually(() => person.seen().find((message) => message.text === text));

test('against telegram-test-api', async () => {
  if (!lab) throw new Error('the emulator needs no packages');
  const { telegram } = lab;
  await parley.setUp();
  scene.act('against telegram-test-api: a bot signs in');
  const { id: account, name } = await parley.signIn('telegram', 'bot', {
    token: telegram.token,
    apiRoot: telegram.apiRoot,
  });
  await parley.online(account);
  scene.note('Parley', `${name} is online`);

  const anna = telegram.person({ userId: 7001, chatId: 7001, firstName: 'Anna' });
  scene.act('Anna presses Start and asks');
  await anna.say('/start');
  await anna.say('Are you open today?');
  const { id: chat } = await conversation(account, 'Anna');
  await seen(chat, 'Are you open today?');
  await parley.ok('POST', `/conversations/${chat}/accept`);

  scene.act('you answer with buttons, and Anna presses one');
  const buttons = [
    [
      { label: 'Yes, please', value: 'yes' },
      { label: 'Our site', url: 'https://example.org/' },
    ],
  ];
  await write(chat, { text: 'Until **six**. Shall we keep a table?', format: 'markdown', buttons });
  const asked = await hears(anna, 'Until six. Shall we keep a table?');
  scene.note('Anna sees', `${asked.text} ${asked.buttons.map((label) => `[${label}]`).join(' ')}`);
  await anna.press(asked, 'yes');
  await seen(chat, 'pressed: Yes, please');

  scene.act('you change one message and take another back');
  const wrong = await write(chat, { text: 'See you at seven' });
  const oops = await write(chat, { text: 'wrong chat, sorry' });
  await hears(anna, 'See you at seven');
  await parley.ok('PATCH', `/messages/${wrong}`, { text: 'See you at five' });
  await parley.ok('DELETE', `/messages/${oops}`);
  await hears(anna, 'See you at five');
  await eventually(() => !anna.seen().some(({ text }) => text === 'wrong chat, sorry') || undefined);
  for (const { text } of anna.seen()) scene.note("in Anna's chat", text);

  scene.act('a long text');
  await write(chat, { text: 'every word of it '.repeat(400).trim() });
  const parts = await eventually(() => {
    const found = anna.seen().filter(({ text }) => text.length > 500);
    return found.length === 2 ? found.map(({ text }) => text) : undefined;
  });
  scene.note('Anna sees', `${parts.length} messages of ${parts.map((part) => part.length).join(' and ')} characters`);

  scene.act('a group');
  const ben = telegram.person({ userId: 7002, chatId: -7100, firstName: 'Ben', chatTitle: 'Walkers', type: 'group' });
  await ben.say('/route');
  const { id: group } = await conversation(account, 'Walkers');
  await write(group, { text: 'Along the river' });
  scene.note('Ben sees', (await hears(ben, 'Along the river')).text);

  scene.act('Parley is away while Anna writes, and comes back');
  await parley.down();
  await anna.say('I am early');
  await anna.say('No hurry');
  await parley.up();
  await parley.online(account);
  await seen(chat, 'No hurry');
  await write(chat, { text: 'On my way' });
  await hears(anna, 'On my way');
  scene.timeline('Anna', shortened(await timeline(chat)));
  scene.timeline('Walkers', await timeline(group));
});

test('against the scripted Bot API server', async () => {
  scene.act('against a scripted Bot API server: what the emulator lacks');
  const { id: account } = await parley.signIn('telegram', 'bot', peer.login.inputs[0] ?? {});
  await parley.online(account);

  scene.act('Alice sends words, a file, a place, and thinks again');
  const direct = { ...alice, type: 'private' };
  const [bold, pdf] = [
    { type: 'bold', offset: 5, length: 4 },
    { path: 'menu.pdf', bytes: Buffer.from('%PDF-1.7') },
  ];
  peer.world.files.set('menu', pdf);
  const first = peer.message({ text: 'Good soup', entities: [bold] });
  peer.push({ message: first });
  const document = { file_id: 'menu', file_unique_id: 'm', file_name: 'menu.pdf', mime_type: 'application/pdf' };
  peer.push({ message: peer.message({ document, caption: 'The menu' }) });
  peer.push({ message: peer.message({ location: { latitude: 52.52, longitude: 13.405 } }) });
  peer.push({ edited_message: { ...first, text: 'Best soup', edit_date: first.date } });
  const { id: chat } = await conversation(account, 'Alice Adler');
  const soup = await seen(chat, 'Best soup', (message) => message.editedAt !== undefined);
  await parley.ok('POST', `/conversations/${chat}/accept`);

  scene.act('you answer her message, with a picture, and react; so does she');
  const form = new FormData();
  form.append('file', new Blob([Buffer.from(pixel, 'base64')], { type: 'image/png' }), 'soup.png');
  const uploaded = await fetch(`${parley.url}/api/v1/attachments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${parley.token}` },
    body: form,
  });
  const { id: attachment } = (await uploaded.json()) as { id: string };
  const answer = await write(chat, { text: 'Ours too', replyTo: soup.id, attachments: [attachment] });
  const posted = await eventually(() => peer.world.posted.find(({ text }) => text === 'Ours too'));
  const where = posted.replyTo === first.message_id ? 'Best soup' : 'something else';
  scene.note('Alice sees', `${posted.kind} ${posted.file?.name} "${posted.text}", answering "${where}"`);
  await parley.ok('PUT', `/messages/${soup.id}/reactions/${encodeURIComponent('❤️')}`);
  await eventually(() => peer.world.reactions.get(`${alice.id}.${first.message_id}`)?.includes('❤') || undefined);
  const reaction = { chat: direct, message_id: posted.id, user: alice, date: first.date };
  peer.push({ message_reaction: { ...reaction, old_reaction: [], new_reaction: [{ type: 'emoji', emoji: '🔥' }] } });
  await seen(chat, 'Ours too', (message) => message.id === answer && message.reactions.length > 0);
  const refused = await parley.call('PUT', `/messages/${soup.id}/reactions/${encodeURIComponent('🥑')}`);
  scene.note('Parley, of 🥑', `${(refused.json as { detail?: string }).detail ?? refused.status}`);

  scene.act('you type, she sees it');
  await parley.ok('PUT', `/conversations/${chat}/typing`, { on: true });
  scene.note('Alice sees', await eventually(() => peer.world.actions[0]?.replace(`${alice.id} `, '')));

  scene.act('a topic of a forum is a chat of its own');
  const topic = { chat: forumChat, is_topic_message: true, message_thread_id: 7 };
  peer.push({ message: peer.message({ ...topic, message_id: 7, forum_topic_created: { name: 'Plans' } }) });
  const opening = peer.message({ ...topic, message_id: 7, forum_topic_created: { name: 'Plans' } });
  peer.push({ message: peer.message({ ...topic, text: 'Saturday?', reply_to_message: opening }) });
  const { id: plans } = await conversation(account, 'Club / Plans');
  await seen(plans, 'Saturday?');
  await write(plans, { text: 'Sunday' });
  const inTopic = await eventually(() => peer.world.posted.find(({ text }) => text === 'Sunday'));
  scene.note('the club sees', `"${inTopic.text}" in topic ${inTopic.thread}`);
  scene.timeline('Club / Plans', await timeline(plans));

  scene.act('Telegram asks for patience, and gets it');
  const slow = {
    ok: false,
    error_code: 429,
    description: 'Too Many Requests: retry after 1',
    parameters: { retry_after: 1 },
  };
  peer.replies.push({ method: 'sendMessage', status: 429, body: JSON.stringify(slow) });
  const patient = await write(chat, { text: 'in good time' });
  await ledger(patient);

  scene.act('over to being called, and back; a restart between');
  await parley.ok('PUT', `/accounts/${account}/settings`, { input: { mode: 'webhook' } });
  await eventually(() => peer.webhook !== undefined || undefined);
  await peer.say('Do you hear me?');
  await seen(chat, 'Do you hear me?');
  await parley.down();
  await peer.say('And now?');
  await parley.up();
  await parley.online(account);
  await seen(chat, 'And now?');
  await parley.ok('PUT', `/accounts/${account}/settings`, { input: { mode: 'polling' } });
  await eventually(() => peer.webhook === undefined || undefined);
  await peer.say('Still there?');
  await seen(chat, 'Still there?');

  scene.act('a group becomes a supergroup');
  const old = { id: -77, type: 'group', title: 'Old friends' };
  peer.push({ message: peer.message({ chat: old, text: 'there are many of us' }) });
  const { id: friends } = await conversation(account, 'Old friends');
  const now = { ...groupChat, title: 'Old friends' };
  peer.push({ message: peer.message({ chat: old, migrate_to_chat_id: now.id }) });
  peer.push({ message: peer.message({ chat: now, text: 'here we are' }) });
  await seen(friends, 'here we are');
  await write(friends, { text: 'welcome back' });
  scene.note('sent to', peer.world.posted.at(-1)?.chat === now.id ? 'the new id' : 'the old id');
  scene.timeline('Old friends', await timeline(friends));

  scene.act('Alice blocks the bot');
  const member = (status: string) => ({ status, user: { id: 123456789, is_bot: true, first_name: 'Inbox' } });
  const change = { chat: direct, from: alice, date: Math.floor(Date.now() / 1_000) };
  peer.push({ my_chat_member: { ...change, old_chat_member: member('member'), new_chat_member: member('kicked') } });
  await seen(chat, 'Alice Adler blocked the bot');
  peer.world.chats.set(alice.id, { ...direct, blocked: true });
  await ledger(await write(chat, { text: 'Are we still friends?' }));
  scene.timeline('Alice Adler', await timeline(chat));
  await scene.end();
});

async function ledger(message: string): Promise<void> {
  const [delivery] = (await parley.ok('GET', `/messages/${message}/deliveries`)).items;
  for (const attempt of delivery.attempts) {
    scene.note('the ledger', `${attempt.outcome}${attempt.reason === undefined ? '' : `, ${attempt.reason}`}`);
  }
}

const shortened = (messages: Message[]): Message[] =>
  messages.map((message) => ({
    ...message,
    text: message.text.length > 200 ? `${message.text.slice(0, 40)}…` : message.text,
  }));

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
