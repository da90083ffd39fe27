import type { BuddyInfo, ChatInfo, Event, MessageEvent, RemoteId } from '../../sdk/index.js';
import { type Content, contentOf, type Remote } from './content.js';
import { drawn } from './emoji.js';
import { htmlOf } from './formatting.js';
import { buddyOfChat, buddyOfUser, chatName, kindOf, messageId, placeId, userName } from './ids.js';
import { type Ledger, type LedgerState, withMoved, withTopic } from './ledger.js';
import type { WireChat, WireMemberChange, WireMessage, WireUpdate, WireUser } from './wire.js';

/** What one update comes to. `files` belong to the first event, a message. */
export type Reading = {
  events: Event[];
  files?: Remote[];
  /** A pressed button, to be answered once it is stored. */
  press?: string;
  change?(state: LedgerState): LedgerState;
};

/** What reading leans on. */
export type Reader = {
  ledger: Ledger;
  me: number;
  threads: Threads;
};

/** The topic a message is in: news of a reaction names the group alone. Of the latest messages only. */
export class Threads {
  readonly #known = new Map<string, number>();

  set(chat: number, message: number, thread: number): void {
    this.#known.set(`${chat}.${message}`, thread);
    const oldest = this.#known.keys().next();
    if (this.#known.size > 5_000 && !oldest.done) this.#known.delete(oldest.value);
  }

  get(chat: number, message: number): number | undefined {
    return this.#known.get(`${chat}.${message}`);
  }
}

/** One entry for each kind of update that is asked for. */
const readers: ((update: WireUpdate, reader: Reader) => Reading | undefined)[] = [
  ({ message }, reader) => message && onMessage(message, reader),
  ({ channel_post }, reader) => channel_post && onMessage(channel_post, reader),
  ({ edited_message }, reader) => edited_message && onEdit(edited_message, reader),
  ({ edited_channel_post }, reader) => edited_channel_post && onEdit(edited_channel_post, reader),
  ({ message_reaction }, reader) => message_reaction && onReaction(message_reaction, reader),
  ({ callback_query }, reader) => callback_query && onPress(callback_query, reader),
  ({ my_chat_member, update_id }, reader) => my_chat_member && onOwnMembership(my_chat_member, reader, update_id),
  ({ chat_member, update_id }, reader) => chat_member && onMembership(chat_member, reader, update_id),
];

/** Reads one update; one of a kind that was not asked for comes to nothing. */
export function readUpdate(update: WireUpdate, reader: Reader): Reading {
  for (const read of readers) {
    const reading = read(update, reader);
    if (reading) return reading;
  }
  return { events: [] };
}

type Where = { chat: WireChat; thread?: number | undefined };

function where(message: WireMessage): Where {
  return { chat: message.chat, thread: message.is_topic_message ? message.message_thread_id : undefined };
}

function chatInfo({ chat, thread }: Where, { ledger }: Reader, topic: TopicName = {}): ChatInfo {
  const home = ledger.home(chat.id).chat;
  if (thread === undefined) return { id: placeId({ chat: home }), kind: kindOf(chat), name: chatName(chat) };
  const id = placeId({ chat: home, thread });
  const name = topic.told ?? ledger.topic(id) ?? topic.first;
  return { id, kind: kindOf(chat), name: `${chatName(chat)} / ${name ?? `topic ${thread}`}` };
}

const idIn = (chat: WireChat, id: number, { ledger }: Reader): RemoteId => messageId(id, ledger.home(chat.id).moved);

function senderOf(message: WireMessage): BuddyInfo | undefined {
  if (message.sender_chat) {
    const buddy = buddyOfChat(message.sender_chat);
    return message.author_signature === undefined
      ? buddy
      : { ...buddy, name: `${buddy.name} (${message.author_signature})` };
  }
  if (message.from) return buddyOfUser(message.from);
  return message.chat.type === 'private' ? buddyOfUser({ ...message.chat }) : buddyOfChat(message.chat);
}

/** A message of the bot's own, in a chat with one person, says with whom. */
const ownTo = ({ chat }: WireMessage): Pick<MessageEvent, 'to'> =>
  chat.type === 'private' ? { to: buddyOfUser({ ...chat }) } : {};

function onMessage(message: WireMessage, reader: Reader): Reading {
  const content = contentOf(message);
  const place = where(message);
  const { thread } = place;
  if (thread !== undefined) reader.threads.set(message.chat.id, message.message_id, thread);
  const topic = topicNamed(message);
  const change = changeOf(message, topic);
  if (!content) return { events: [], change };
  const chat = chatInfo(place, reader, topic);
  const answered = message.reply_to_message;
  // In a topic every message answers the one that opened it.
  const answers =
    answered && answered.message_id !== thread && (!answered.chat || answered.chat.id === message.chat.id);
  const mine = message.from?.id === reader.me;
  const event: MessageEvent = {
    type: 'message',
    chat,
    id: idIn(message.chat, message.message_id, reader),
    ...(mine ? ownTo(message) : { from: senderOf(message) }),
    ...worded(content),
    at: reader.ledger.timeOf(message.date),
    ...(answers ? { replyTo: idIn(message.chat, reader.ledger.firstOf(chat.id, answered.message_id), reader) } : {}),
  };
  return { events: [event, ...aboutChat(message, chat)], files: content.files, change };
}

function worded(content: Content): Pick<MessageEvent, 'text' | 'html' | 'format'> {
  if (content.notice) return { text: content.text, format: 'system' };
  const html = htmlOf(content);
  return { text: content.text, ...(html === undefined ? {} : { html }), format: html === undefined ? 'plain' : 'html' };
}

/** A new title or topic name is told of the chat itself too. */
function aboutChat(message: WireMessage, chat: ChatInfo): Event[] {
  const renamed =
    message.new_chat_title !== undefined ||
    message.forum_topic_edited?.name !== undefined ||
    message.forum_topic_created !== undefined;
  return renamed ? [{ type: 'chat', chat }] : [];
}

/** What a topic is named: `told` is news, `first` what it was named when it was opened, which its messages repeat. */
type TopicName = { told?: string | undefined; first?: string | undefined };

const topicNamed = (message: WireMessage): TopicName => ({
  told: message.forum_topic_edited?.name ?? message.forum_topic_created?.name,
  first: message.reply_to_message?.forum_topic_created?.name,
});

function changeOf(message: WireMessage, topic: TopicName): ((state: LedgerState) => LedgerState) | undefined {
  const { chat } = message;
  if (message.migrate_to_chat_id !== undefined) {
    const now = message.migrate_to_chat_id;
    return (state) => withMoved(state, now, chat.id);
  }
  if (message.migrate_from_chat_id !== undefined) {
    const old = message.migrate_from_chat_id;
    return (state) => withMoved(state, chat.id, old);
  }
  const thread = message.is_topic_message ? message.message_thread_id : undefined;
  const { told, first } = topic;
  const name = told ?? first;
  if (name === undefined || thread === undefined) return undefined;
  return (state) => {
    const home = state.moved.find(([now]) => now === chat.id)?.[1] ?? chat.id;
    const id = placeId({ chat: home, thread });
    const known = state.topics.some(([topicId]) => topicId === id);
    return told !== undefined || !known ? withTopic(state, id, name) : state;
  };
}

function onEdit(message: WireMessage, reader: Reader): Reading {
  const content = contentOf(message);
  if (!content || content.notice) return { events: [] };
  const { text, html } = worded(content);
  const target = idIn(message.chat, message.message_id, reader);
  const at = reader.ledger.timeOf(message.edit_date ?? message.date);
  return { events: [{ type: 'edit', chat: chatInfo(where(message), reader), target, text, html, at }] };
}

function onReaction(update: NonNullable<WireUpdate['message_reaction']>, reader: Reader): Reading {
  const { chat, message_id: number } = update;
  const from = update.user ? buddyOfUser(update.user) : update.actor_chat && buddyOfChat(update.actor_chat);
  if (!from || update.user?.id === reader.me) return { events: [] };
  const before = update.old_reaction.map(shown).filter((emoji) => emoji !== undefined);
  const after = update.new_reaction.map(shown).filter((emoji) => emoji !== undefined);
  const thread = reader.threads.get(chat.id, number);
  const info = chatInfo({ chat, thread }, reader);
  const about = {
    type: 'reaction' as const,
    chat: info,
    target: idIn(chat, reader.ledger.firstOf(info.id, number), reader),
    from,
    at: reader.ledger.timeOf(update.date),
  };
  return {
    events: [
      ...before.filter((emoji) => !after.includes(emoji)).map((emoji) => ({ ...about, emoji, on: false })),
      ...after.filter((emoji) => !before.includes(emoji)).map((emoji) => ({ ...about, emoji, on: true })),
    ],
  };
}

/** A custom emoji is a picture that only Telegram has; it is left out. */
function shown({ type, emoji }: { type: string; emoji?: string | undefined }): string | undefined {
  if (type === 'paid') return '⭐';
  return type === 'emoji' && emoji !== undefined ? drawn(emoji) : undefined;
}

function onPress(press: NonNullable<WireUpdate['callback_query']>, reader: Reader): Reading {
  const { message, from, data } = press;
  if (!message) return { events: [], press: press.id };
  const thread = message.is_topic_message ? message.message_thread_id : undefined;
  const chat = chatInfo({ chat: message.chat, thread }, reader);
  const label = message.reply_markup?.inline_keyboard.flat().find((one) => one.callback_data === data)?.text;
  const number = message.message_id;
  const event: MessageEvent = {
    type: 'message',
    chat,
    id: `press.${press.id}`,
    from: buddyOfUser(from),
    text: `pressed: ${label ?? data ?? 'a button'}`,
    format: 'plain',
    at: reader.ledger.timeOf(0),
    ...(number === undefined ? {} : { replyTo: idIn(message.chat, reader.ledger.firstOf(chat.id, number), reader) }),
  };
  return { events: [event], press: press.id };
}

const inside = (member: { status: string; is_member?: boolean | undefined }) =>
  ['creator', 'administrator', 'member'].includes(member.status) ||
  (member.status === 'restricted' && member.is_member === true);

/** The bot itself was blocked, added, removed or let in again. */
function onOwnMembership(change: WireMemberChange, reader: Reader, update: number): Reading {
  const chat = chatInfo({ chat: change.chat }, reader);
  const [was, is] = [inside(change.old_chat_member), inside(change.new_chat_member)];
  if (was === is) return { events: [] };
  const by = userName(change.from);
  const text =
    chat.kind === 'direct'
      ? `${by} ${is ? 'unblocked the bot' : 'blocked the bot'}`
      : `${by} ${is ? 'added the bot' : 'removed the bot'}`;
  return { events: [note(chat, text, change, reader, update), { type: 'chat', chat, joined: is }] };
}

/** Told only where the bot is an administrator. That people come and go is in the chat's own messages already. */
function onMembership(change: WireMemberChange, reader: Reader, update: number): Reading {
  const who: WireUser = change.new_chat_member.user;
  const [was, is] = [change.old_chat_member.status, change.new_chat_member.status];
  const name = userName(who);
  const text =
    is === 'administrator' && was !== 'administrator'
      ? `${name} is an administrator now`
      : was === 'administrator' && is !== 'administrator'
        ? `${name} is no longer an administrator`
        : is === 'kicked' && was !== 'kicked'
          ? `${userName(change.from)} banned ${name}`
          : undefined;
  if (text === undefined) return { events: [] };
  return { events: [note(chatInfo({ chat: change.chat }, reader), text, change, reader, update)] };
}

function note(chat: ChatInfo, text: string, change: WireMemberChange, reader: Reader, update: number): MessageEvent {
  const at = reader.ledger.timeOf(change.date);
  return { type: 'message', chat, id: `note.${update}`, from: buddyOfUser(change.from), text, format: 'system', at };
}
