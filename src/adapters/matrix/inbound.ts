import type { Event, MessageEvent, PresenceState } from '../../sdk/index.js';
import type { Book, Room } from './book.js';
import { type Api, path } from './client.js';
import type { Crypto } from './crypto.js';
import { type BareEvent, type MessageContent, messageContent, oneEvent, type RawEvent } from './events.js';
import { isEventId } from './ids.js';
import type { Media } from './media.js';
import type { People } from './people.js';

export type InboundTools = {
  me: string;
  api: Api;
  book: Book;
  people: People;
  crypto: Crypto;
  media: Media;
  signal: AbortSignal;
  now(): number;
};

export type Manner = {
  /** History: it raises no unread count and changes nothing of the room. */
  backfill: boolean;
};

type Handler = (inbound: Inbound, room: Room, event: RawEvent, manner: Manner) => Promise<Event[]> | Event[];

/** What the events of a room's timeline become. */
const handlers: Record<string, Handler> = {
  'm.room.message': (inbound, ...about) => inbound.onMessage(...about),
  'm.sticker': (inbound, ...about) => inbound.onMessage(...about),
  'm.room.encrypted': (inbound, ...about) => inbound.onEncrypted(...about),
  'm.reaction': (inbound, room, event) => inbound.onReaction(room, event),
  'm.room.redaction': (inbound, room, event) => inbound.onRedaction(room, event),
};

/** Types are the sender's own words: `constructor` is none of ours. */
const handlerOf = (type: string): Handler | undefined => (Object.hasOwn(handlers, type) ? handlers[type] : undefined);

/** Part of a send that is several events: the first one stands for it. */
const isPart = (transaction: string | undefined) => transaction !== undefined && /\.\d+$/.test(transaction);

export class Inbound {
  constructor(private readonly tools: InboundTools) {}

  async event(room: Room, event: RawEvent, manner: Manner): Promise<Event[]> {
    const { people, me } = this.tools;
    if (!isEventId(event.event_id)) return [];
    if (!manner.backfill) people.noteEvent(room.id, event.event_id, event.sender, event.sender === me);
    return (await handlerOf(event.type)?.(this, room, event, manner)) ?? [];
  }

  /** A message that could be opened after all takes its place; whatever else it is happens now. */
  async healed(room: Room, event: RawEvent): Promise<Event[]> {
    return (await handlerOf(event.type)?.(this, room, event, { backfill: false })) ?? [];
  }

  async onEncrypted(room: Room, event: RawEvent, manner: Manner): Promise<Event[]> {
    if (isRedacted(event)) return [];
    const { crypto, book } = this.tools;
    const opened = await crypto.open(room.id, event);
    if ('event' in opened) {
      book.setWaiting(room, event.event_id, false);
      const { type } = opened.event;
      return type === 'm.room.encrypted' ? [] : ((await handlerOf(type)?.(this, room, opened.event, manner)) ?? []);
    }
    book.setWaiting(room, event.event_id, true);
    const relation = messageContent.safeParse(event.content).data?.['m.relates_to'];
    // An edit has no place of its own in the chat; it is applied when it can be opened.
    if (relation?.rel_type === 'm.replace' || isPart(transactionOf(event))) return [];
    return [{ ...this.#message(room, event, manner), text: '', format: 'plain', unreadable: opened.why }];
  }

  async onMessage(room: Room, event: RawEvent, manner: Manner): Promise<Event[]> {
    const read = messageContent.safeParse(event.content);
    if (isRedacted(event) || !read.success || isPart(transactionOf(event))) return [];
    const content = read.data;
    const relation = content['m.relates_to'];
    if (relation?.rel_type === 'm.replace' && relation.event_id !== undefined) {
      return this.#edit(room, event, relation.event_id, content);
    }
    const [quoted, thread] = [relation?.['m.in_reply_to']?.event_id, threadOf(relation)];
    const replyTo = thread !== undefined && relation?.is_falling_back ? undefined : quoted;
    const shown = await this.#shown(event, content, replyTo !== undefined);
    if (shown === undefined) return [];
    return [
      {
        ...this.#message(room, event, manner),
        ...shown,
        ...(replyTo !== undefined && isEventId(replyTo) && { replyTo }),
        ...(thread !== undefined && isEventId(thread) && { thread }),
      },
    ];
  }

  onReaction(room: Room, event: RawEvent): Event[] {
    const relation = messageContent.safeParse(event.content).data?.['m.relates_to'];
    const { event_id: target, key } = relation ?? {};
    const emoji = key?.trim().slice(0, 60).toWellFormed();
    if (isRedacted(event) || target === undefined || !isEventId(target) || !emoji) return [];
    this.tools.book.addReaction(room, { id: event.event_id, target, emoji, sender: event.sender });
    return [{ ...this.#about(room, event), type: 'reaction', target, emoji, on: true }];
  }

  onRedaction(room: Room, event: RawEvent): Event[] {
    const named = event.redacts ?? event.content.redacts;
    if (typeof named !== 'string' || !isEventId(named)) return [];
    const { book, me, people } = this.tools;
    const reaction = book.reaction(room, (one) => one.id === named);
    if (!reaction) return [{ ...this.#about(room, event, false), type: 'deletion', target: named }];
    book.dropReaction(room, named);
    const { target, emoji, sender } = reaction;
    const { chat, at } = this.#about(room, event, false);
    return [
      { type: 'reaction', chat, at, ...(sender !== me && { from: people.buddy(sender) }), target, emoji, on: false },
    ];
  }

  // ------------------------------------------------------------ what is not in the timeline

  /** Typing, and who has read up to where. */
  ephemeral(room: Room, event: BareEvent): Event[] {
    const { people, me, book } = this.tools;
    const chat = book.chat(room);
    if (event.type === 'm.typing') {
      const users = Array.isArray(event.content.user_ids) ? event.content.user_ids : [];
      const others = users.filter((user): user is string => typeof user === 'string' && user !== me);
      return people
        .typing(room.id, others)
        .map(({ user, on }) => ({ type: 'typing', chat, from: people.buddy(user), on }));
    }
    return event.type === 'm.receipt' ? this.#receipts(room, event) : [];
  }

  presence(event: BareEvent): Event[] {
    const { people, book, me } = this.tools;
    if (event.type !== 'm.presence' || event.sender === me || event.sender === '') return [];
    const { presence, status_msg: note, displayname, last_active_ago: ago, currently_active: active } = event.content;
    people.setName(event.sender, displayname);
    const state = presenceStates[String(presence)] ?? 'unknown';
    people.setPresence(event.sender, state);
    if (!book.isPeer(event.sender)) return [];
    const words = typeof note === 'string' ? note.trim().slice(0, 300).toWellFormed() : '';
    const idle = state !== 'offline' && active !== true && typeof ago === 'number' && ago >= idleFromMs;
    return [
      {
        type: 'presence',
        buddy: people.buddy(event.sender),
        state,
        ...(words !== '' && { note: words }),
        ...(idle && { idleSince: this.tools.now() - ago }),
      },
    ];
  }

  #receipts(room: Room, event: BareEvent): Event[] {
    const { me, people, book } = this.tools;
    const found: Event[] = [];
    const chat = book.chat(room);
    for (const [target, kinds] of Object.entries(event.content)) {
      if (!isEventId(target) || typeof kinds !== 'object' || kinds === null) continue;
      for (const [kind, users] of Object.entries(kinds)) {
        if (!kind.startsWith('m.read') || typeof users !== 'object' || users === null) continue;
        for (const [user, about] of Object.entries(users).slice(0, 1_000)) {
          const at = timeOf(about) ?? this.tools.now();
          if (user === me) {
            found.push({ type: 'seen', chat, target, at });
            continue;
          }
          const own = people.ownUpTo(room.id, target);
          if (own === undefined) continue;
          const from = chat.kind === 'direct' ? {} : { from: people.buddy(user) };
          found.push({ type: 'receipt', target: own, proves: 'read', upTo: chat, ...from, at });
        }
      }
    }
    return found;
  }

  // ------------------------------------------------------------ parts of a message

  #about(room: Room, event: RawEvent, withSender = true) {
    const { me, people, book } = this.tools;
    const from = withSender && event.sender !== me ? { from: people.buddy(event.sender) } : {};
    return { chat: book.chat(room), ...from, at: event.origin_server_ts };
  }

  #message(room: Room, event: RawEvent, { backfill }: Manner): Omit<MessageEvent, 'text' | 'format'> {
    const key = event.sender === this.tools.me ? transactionOf(event) : undefined;
    return {
      type: 'message',
      ...this.#about(room, event),
      id: event.event_id,
      ...(key !== undefined && { key }),
      ...(backfill && { backfill }),
    };
  }

  /** An edit counts only where it is by who wrote the message. */
  async #edit(room: Room, event: RawEvent, target: string, content: MessageContent): Promise<Event[]> {
    if (!isEventId(target) || (await this.#senderOf(room, target)) !== event.sender) return [];
    const { text, html } = textOf(messageContent.safeParse(content['m.new_content']).data ?? content, false);
    return [{ ...this.#about(room, event, false), type: 'edit', target, text, ...(html !== undefined && { html }) }];
  }

  async #senderOf(room: Room, id: string): Promise<string | undefined> {
    const { api, people, signal } = this.tools;
    const known = people.senderOf(room.id, id);
    if (known !== undefined) return known;
    try {
      return oneEvent.parse(await api.get(path`/rooms/${room.id}/event/${id}`, { signal })).sender;
    } catch {
      return undefined;
    }
  }

  async #shown(
    event: RawEvent,
    content: MessageContent,
    isReply: boolean,
  ): Promise<Pick<MessageEvent, 'text' | 'html' | 'format' | 'attachments'> | undefined> {
    const { msgtype } = content;
    if (event.type === 'm.sticker' || fileTypes.has(msgtype)) return this.#file(content);
    if (msgtype.startsWith('m.key.verification')) return undefined;
    const { text, html } = textOf(content, isReply);
    const place = msgtype === 'm.location' && content.geo_uri !== undefined ? ` (${content.geo_uri})` : '';
    if (text === '' && html === undefined) return undefined;
    const format =
      msgtype === 'm.emote' ? 'action' : msgtype === 'm.notice' ? 'notice' : html === undefined ? 'plain' : 'html';
    return { text: `${text}${place}`, ...(html !== undefined && { html }), format };
  }

  /** With a file name of its own, the body is what was written beside the file. */
  async #file(content: MessageContent): Promise<Pick<MessageEvent, 'text' | 'html' | 'format' | 'attachments'>> {
    const fetched = await this.tools.media.fetch(content, this.tools.signal);
    const caption =
      content.filename !== undefined && content.filename !== content.body ? content.body.toWellFormed() : '';
    if ('note' in fetched) return { text: [caption, fetched.note].filter(Boolean).join('\n'), format: 'plain' };
    return { text: caption, format: 'plain', attachments: [fetched.attachment] };
  }
}

const fileTypes: ReadonlySet<string> = new Set(['m.image', 'm.file', 'm.audio', 'm.video']);
const presenceStates: Record<string, PresenceState> = {
  online: 'online',
  unavailable: 'away',
  'org.matrix.msc3026.busy': 'dnd',
  offline: 'offline',
};
const mostText = 90_000;
/** Whoever did something more recently is not called idle. */
const idleFromMs = 5 * 60_000;

const isRedacted = (event: RawEvent): boolean =>
  event.unsigned?.redacted_because !== undefined || Object.keys(event.content).length === 0;

const transactionOf = ({ unsigned }: RawEvent): string | undefined =>
  typeof unsigned?.transaction_id === 'string' ? unsigned.transaction_id.slice(0, 500) : undefined;

const threadOf = (relation: MessageContent['m.relates_to']): string | undefined =>
  relation?.rel_type === 'm.thread' ? relation.event_id : undefined;

const timeOf = (about: unknown): number | undefined =>
  typeof about === 'object' && about !== null && 'ts' in about && typeof about.ts === 'number' ? about.ts : undefined;

/** Older clients write the answered message above the answer, in the text and in the HTML. */
export function textOf({ body, format, formatted_body: formatted }: MessageContent, isReply: boolean) {
  const text = (isReply ? body.replace(/^(?:> ?.*\n)+\n?/, '') : body).slice(0, mostText).toWellFormed();
  const html =
    format === 'org.matrix.custom.html' && formatted !== undefined && formatted.length <= mostText
      ? formatted.replace(/^\s*<mx-reply>[\s\S]*?<\/mx-reply>/, '').toWellFormed()
      : undefined;
  return { text, html };
}
