import { z } from 'zod';
import { AdapterError, type ChatId, type Edit, type OutgoingMessage, type Sent } from '../../sdk/index.js';
import type { Book, Room } from './book.js';
import { type Api, path } from './client.js';
import type { Crypto } from './crypto.js';
import { messagesAnswer } from './events.js';
import { isEventId } from './ids.js';
import type { Media } from './media.js';
import { mentioned } from './mentions.js';
import type { People } from './people.js';
import { asAdapterError } from './reasons.js';

/** An event may have 64 KiB, and encryption makes it a third larger. */
const mostBytes = 40_000;
const typingMs = 20_000;

const sentAnswer = z.looseObject({ event_id: z.string().min(1).max(300) });

export type OutboundTools = {
  me: string;
  api: Api;
  book: Book;
  people: People;
  crypto: Crypto;
  media: Media;
  signal: AbortSignal;
};
type Content = Record<string, unknown>;

/** What we do in rooms. Each event has a transaction id made of the send's key, so that a repeat shows it once. */
export class Outbound {
  constructor(private readonly tools: OutboundTools) {}

  /** A text and its files are events of their own; the first of them is what the message is known by. */
  async send(chat: ChatId, message: OutgoingMessage): Promise<Sent> {
    const room = this.#room(chat);
    const { signal } = message;
    if (signal.aborted) throw new AdapterError('temporary', 'the send was given up before it began');
    const relation = relationOf(message);
    const contents: (() => Promise<Content>)[] = [];
    if (message.text !== '' || message.attachments.length === 0)
      contents.push(async () => this.#text(message, relation));
    for (const file of message.attachments) {
      const related = contents.length === 0 ? relation : threadOnly(relation);
      contents.push(async () => ({
        ...(await this.tools.media.message(file, room.encryption !== undefined, signal)),
        ...related,
      }));
    }
    let first: string | undefined;
    for (const [index, make] of contents.entries()) {
      const transaction = index === 0 ? message.key : `${message.key}.${index}`;
      const id = await this.#event(room, 'm.room.message', await this.#asking(make), transaction, signal);
      first ??= id;
    }
    return { ...(first !== undefined && { remoteId: first }), proof: 'sent', parts: contents.length };
  }

  async edit(chat: ChatId, target: string, { key, text, html }: Edit): Promise<void> {
    const room = this.#room(chat);
    const fresh = this.#text({ text, ...(html !== undefined && { html }) }, {});
    const content = {
      ...fresh,
      body: `* ${text}`,
      ...(typeof fresh.formatted_body === 'string' && { formatted_body: `* ${fresh.formatted_body}` }),
      'm.new_content': fresh,
      'm.relates_to': { rel_type: 'm.replace', event_id: checked(target) },
    };
    await this.#event(room, 'm.room.message', content, key, this.tools.signal);
  }

  /** Those who are named by their ids are called, and drawn as people. */
  #text(words: { text: string; html?: string }, relation: Content): Content {
    const { mentions, html } = mentioned(words, (user) => this.tools.people.name(user));
    const content = textContent({ text: words.text, ...(html !== undefined && { html }) }, relation);
    return mentions ? { ...content, 'm.mentions': mentions } : content;
  }

  async redact(chat: ChatId, target: string): Promise<void> {
    const room = this.#room(chat);
    const transaction = `redact-${checked(target).slice(1)}`;
    await this.#asking(() => this.tools.api.put(path`/rooms/${room.id}/redact/${target}/${transaction}`));
  }

  async react(chat: ChatId, target: string, emoji: string, on: boolean): Promise<void> {
    const room = this.#room(chat);
    const { book, me } = this.tools;
    const known = (await this.#ownReaction(room, checked(target), emoji)) ?? undefined;
    if (on === (known !== undefined)) return;
    if (known !== undefined) {
      await this.redact(chat, known);
      book.dropReaction(room, known);
      return;
    }
    const content = { 'm.relates_to': { rel_type: 'm.annotation', event_id: target, key: emoji } };
    const address = path`/rooms/${room.id}/send/m.reaction/${crypto.randomUUID()}`;
    const id = sentAnswer.parse(await this.#asking(() => this.tools.api.put(address, { body: content }))).event_id;
    book.addReaction(room, { id, target, emoji, sender: me });
  }

  async typing(chat: ChatId, on: boolean): Promise<void> {
    const room = this.#room(chat);
    const body = on ? { typing: true, timeout: typingMs } : { typing: false };
    await this.#asking(() => this.tools.api.put(path`/rooms/${room.id}/typing/${this.tools.me}`, { body }));
  }

  async read(chat: ChatId, target: string): Promise<void> {
    const room = this.#room(chat);
    await this.#asking(() => this.tools.api.post(path`/rooms/${room.id}/receipt/m.read/${checked(target)}`));
  }

  async topic(chat: ChatId, topic: string): Promise<void> {
    const room = this.#room(chat);
    await this.#asking(() => this.tools.api.put(path`/rooms/${room.id}/state/m.room.topic/`, { body: { topic } }));
  }

  async invite(chat: ChatId, user: string): Promise<void> {
    const room = this.#room(chat);
    await this.#asking(() => this.tools.api.post(path`/rooms/${room.id}/invite`, { body: { user_id: user } }));
  }

  async #event(room: Room, type: string, content: Content, transaction: string, signal: AbortSignal): Promise<string> {
    const { api, crypto, people, me } = this.tools;
    return this.#asking(async () => {
      const sealed = room.encryption === undefined ? { type, content } : await crypto.seal(room, type, content);
      // The signal that ends a send must not end what only prepares it, and so is asked here again.
      if (signal.aborted) throw new AdapterError('temporary', 'the send was given up before it left');
      const address = path`/rooms/${room.id}/send/${sealed.type}/${transaction}`;
      const id = sentAnswer.parse(await api.put(address, { body: sealed.content, signal })).event_id;
      people.noteEvent(room.id, id, me, true);
      return id;
    });
  }

  /** Ours on this message with this emoji: remembered, or else asked for. */
  async #ownReaction(room: Room, target: string, emoji: string): Promise<string | undefined> {
    const { api, book, me } = this.tools;
    const known = book.reaction(room, (one) => one.target === target && one.emoji === emoji && one.sender === me);
    if (known) return known.id;
    const address = path`/rooms/${room.id}/relations/${target}/m.annotation/m.reaction`;
    const { chunk } = await this.#asking(async () =>
      messagesAnswer.parse(await api.get(address, { prefix: '/_matrix/client/v1', query: { limit: 100 } })),
    );
    const own = chunk.find(({ sender, content }) => sender === me && keyOf(content) === emoji);
    return own?.event_id;
  }

  #room(chat: ChatId): Room {
    const room = this.tools.book.room(chat);
    if (room?.is === 'joined') return room;
    throw new AdapterError(
      'rejected',
      room ? 'You are not in this room (any more).' : 'This is no room of this account.',
    );
  }

  async #asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw asAdapterError(error, this.tools.api.server);
    }
  }
}

function checked(target: string): string {
  if (!isEventId(target)) throw new AdapterError('rejected', 'This message is not known at the network.');
  return target;
}

const keyOf = (content: Content): unknown => {
  const relation = content['m.relates_to'];
  return typeof relation === 'object' && relation !== null && 'key' in relation ? relation.key : undefined;
};

/** In a thread, what answers its root is said to nobody in particular. */
function relationOf({ replyTo }: OutgoingMessage): Content {
  if (!replyTo || !isEventId(replyTo.remoteId)) return {};
  const answered = { 'm.in_reply_to': { event_id: replyTo.remoteId } };
  const thread = replyTo.thread !== undefined && isEventId(replyTo.thread) ? replyTo.thread : undefined;
  if (thread === undefined) return { 'm.relates_to': answered };
  const nobody = thread === replyTo.remoteId;
  return { 'm.relates_to': { rel_type: 'm.thread', event_id: thread, is_falling_back: nobody, ...answered } };
}

/** The files that follow an answer stay in its thread, and are no answers themselves. */
function threadOnly(relation: Content): Content {
  const read = relation['m.relates_to'];
  if (typeof read !== 'object' || read === null || !('rel_type' in read)) return {};
  return { 'm.relates_to': { ...read, is_falling_back: true } };
}

/** HTML that would make the event too large is left out: the text says the same. */
export function textContent({ text, html }: { text: string; html?: string }, relation: Content): Content {
  const action = /^\/me[ \t]+(?=\S)/.exec(text)?.[0];
  const body = action === undefined ? text : text.slice(action.length);
  const plain = { msgtype: action === undefined ? 'm.text' : 'm.emote', body: body.toWellFormed() };
  if (html === undefined || action !== undefined || Buffer.byteLength(text) + Buffer.byteLength(html) > mostBytes) {
    return { ...plain, ...relation };
  }
  return { ...plain, format: 'org.matrix.custom.html', formatted_body: html.toWellFormed(), ...relation };
}
