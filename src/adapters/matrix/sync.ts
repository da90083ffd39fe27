import type { Event, Host, PresenceState } from '../../sdk/index.js';
import type { Book, Room } from './book.js';
import type { Api } from './client.js';
import type { Crypto } from './crypto.js';
import { type BareEvent, type JoinedRoom, type RawEvent, type SyncAnswer, syncAnswer } from './events.js';
import type { History } from './history.js';
import { isRoomId, isUserId } from './ids.js';
import type { Inbound } from './inbound.js';
import type { Members } from './members.js';
import { Outbox } from './outbox.js';
import type { People } from './people.js';
import type { Rooms } from './rooms.js';

/** How long the server may keep a request waiting for news; below the limit of a request. */
const pollMs = 20_000;
const firstEvents = 20;
const laterEvents = 100;

export type SyncTools = {
  me: string;
  host: Host;
  api: Api;
  book: Book;
  people: People;
  members: Members;
  crypto: Crypto;
  inbound: Inbound;
  history: History;
  rooms: Pick<Rooms, 'settled'>;
  signal: AbortSignal;
  /** Stores what is remembered and the keys. */
  save(): Promise<void>;
};

/**
 * Asks the server for what is new, again and again. Each answer is stored, keys first, then its events with the place it
 * leads to; only the next request, from that place, tells the server that it may forget.
 */
export class Sync {
  own: PresenceState = 'online';
  #since: string | undefined;
  #first = true;

  constructor(
    private readonly tools: SyncTools,
    since: string | undefined,
  ) {
    this.#since = since;
  }

  /** One round; resolves when its answer is stored. The first one, and the first after a failure, waits for no news. */
  async round(): Promise<{ news: boolean }> {
    const { api, signal, crypto } = this.tools;
    const wait = this.#first || this.#since === undefined ? 0 : pollMs;
    this.#first = true;
    const query = {
      filter: JSON.stringify(filter(this.#since === undefined)),
      timeout: wait,
      set_presence: this.own === 'offline' ? 'offline' : this.own === 'online' ? 'online' : 'unavailable',
      ...(this.#since !== undefined && { since: this.#since }),
    };
    const answer = syncAnswer.parse(await api.get('/sync', { query, signal }));
    await this.#take(answer);
    this.#first = false;
    this.#since = answer.next_batch;
    crypto.taken();
    return { news: wait === 0 || hasNews(answer) };
  }

  async #take(answer: SyncAnswer): Promise<void> {
    const { crypto, host, save, inbound, rooms } = this.tools;
    const out = new Outbox(host, save);
    await rooms.settled();
    await crypto.take(answer);
    await out.add(this.#accountData(answer.account_data?.events ?? []));
    const { invite = {}, leave = {}, join = {} } = answer.rooms ?? {};
    for (const [id, { invite_state: state }] of Object.entries(invite)) {
      if (isRoomId(id)) await out.add(this.#invited(id, state?.events ?? []));
    }
    for (const [id, { timeline }] of Object.entries(leave)) {
      if (isRoomId(id)) await out.add(await this.#left(id, timeline?.events ?? []));
    }
    for (const [id, joined] of Object.entries(join)) if (isRoomId(id)) await this.#joined(id, joined, out);
    for (const event of answer.presence?.events ?? []) await out.add(inbound.presence(event));
    await out.flush({ since: answer.next_batch });
  }

  // ------------------------------------------------------------ of the account

  #accountData(events: readonly BareEvent[]): Event[] {
    const { book, people } = this.tools;
    const found: Event[] = [];
    for (const { type, content } of events) {
      if (type === 'm.direct') {
        const before = new Set(Object.keys(book.directOf));
        book.setDirect(content);
        const added = Object.keys(book.directOf).filter((user) => isUserId(user) && !before.has(user));
        found.push(...added.map((user): Event => ({ type: 'contact', buddy: people.buddy(user) })));
      }
      if (type === 'm.ignored_user_list') {
        const listed = content.ignored_users;
        const now = new Set(Object.keys(typeof listed === 'object' && listed !== null ? listed : {}).filter(isUserId));
        const on = [...now].filter((user) => !book.ignored.has(user));
        const off = [...book.ignored].filter((user) => !now.has(user));
        book.setIgnored(now);
        const contact = (user: string, blocked: boolean): Event => ({
          type: 'contact',
          buddy: people.buddy(user),
          blocked,
        });
        found.push(...on.map((user) => contact(user, true)), ...off.map((user) => contact(user, false)));
      }
    }
    return found;
  }

  // ------------------------------------------------------------ rooms

  #invited(id: string, state: readonly BareEvent[]): Event[] {
    const { book, people, me } = this.tools;
    const room = book.ensure(id, 'invited');
    for (const event of state) {
      if (event.type !== 'm.room.member') book.state(room, event);
      else if (event.state_key !== undefined) people.setName(event.state_key, event.content.displayname);
    }
    const asked = state.find((event) => event.type === 'm.room.member' && event.state_key === me);
    room.inviter = asked && isUserId(asked.sender) ? asked.sender : undefined;
    room.asDirect = asked?.content.is_direct === true && room.inviter !== undefined;
    book.touch(room);
    const text = typeof asked?.content.reason === 'string' ? asked.content.reason.slice(0, 500).toWellFormed() : '';
    const from = room.inviter === undefined ? {} : { from: people.buddy(room.inviter) };
    return [{ type: 'chat', chat: book.chat(room), invite: { ...from, ...(text !== '' && { text }) } }];
  }

  async #left(id: string, timeline: readonly RawEvent[]): Promise<Event[]> {
    const { book, inbound, members } = this.tools;
    const known = book.room(id);
    if (!known || known.is === 'left') return [];
    const found: Event[] = [];
    if (known.is === 'joined')
      for (const event of timeline) found.push(...(await inbound.event(known, event, { backfill: false })));
    book.ensure(id, 'left');
    members.forget(id);
    return [...found, { type: 'chat', chat: book.chat(known), joined: false }];
  }

  async #joined(id: string, joined: JoinedRoom, out: Outbox): Promise<void> {
    const { book, inbound, crypto, history, members } = this.tools;
    const before = book.room(id);
    const isNew = before?.is !== 'joined' || before.synced !== true;
    const room = book.ensure(id, 'joined');
    room.synced = true;
    const was = JSON.stringify(book.chat(room));
    const { events = [], limited = false, prev_batch: gapEnd } = joined.timeline ?? {};
    for (const event of joined.state?.events ?? []) await this.#state(room, event);
    // A room that is new here gets its name from events that may lie among its first messages.
    if (isNew) for (const event of events) await this.#state(room, event);
    this.#summary(room, joined);
    await crypto.know(room);
    const gap = limited && !isNew && this.#since !== undefined && gapEnd !== undefined;
    if (gap) {
      members.forget(id);
      for await (const page of history.gap(room, this.#since ?? '', gapEnd)) {
        for (const event of page) await this.#timeline(room, event, false, out);
      }
    }
    const told = isNew ? JSON.stringify(book.chat(room)) : was;
    if (isNew) await out.add([{ type: 'chat', chat: book.chat(room), joined: true }]);
    const joinedAt = isNew ? this.#joinPlace(events) : -1;
    for (const [place, event] of events.entries()) await this.#timeline(room, event, place < joinedAt, out);
    const chat = book.chat(room);
    if (JSON.stringify(chat) !== told) await out.add([{ type: 'chat', chat, joined: true }]);
    for (const event of joined.ephemeral?.events ?? []) await out.add(inbound.ephemeral(room, event));
  }

  /** What was written before we were there is history; at the first sign-in all is. */
  #joinPlace(events: readonly RawEvent[]): number {
    if (this.#since === undefined) return events.length;
    const { me } = this.tools;
    return events.findLastIndex(
      ({ type, state_key: who, content }) => type === 'm.room.member' && who === me && content.membership === 'join',
    );
  }

  async #timeline(room: Room, event: RawEvent, backfill: boolean, out: Outbox): Promise<void> {
    await this.#state(room, event);
    await out.add(await this.tools.inbound.event(room, event, { backfill }));
  }

  async #state(room: Room, event: RawEvent): Promise<void> {
    const { book, members } = this.tools;
    if (event.state_key === undefined) return;
    if (event.type !== 'm.room.member') {
      book.state(room, event);
      if (event.type === 'm.room.encryption') await this.tools.crypto.know(room);
      return;
    }
    const { state_key: user, content } = event;
    if (!isUserId(user)) return;
    if (content.is_direct === true && content.membership === 'invite' && event.sender === this.tools.me) {
      Object.assign(room, { inviter: user, asDirect: true });
      book.touch(room);
    }
    await members.changed(room, user, String(content.membership), content);
  }

  #summary(room: Room, { summary }: JoinedRoom): void {
    const { 'm.heroes': heroes, 'm.joined_member_count': count } = summary ?? {};
    if (heroes) room.heroes = heroes.slice(0, 10);
    if (count !== undefined) room.count = count;
    if (heroes || count !== undefined) this.tools.book.touch(room);
  }
}

const hasNews = ({ rooms = {}, presence, to_device: toDevice, account_data: data, device_lists: lists }: SyncAnswer) =>
  [rooms.join, rooms.invite, rooms.leave].some((one) => Object.keys(one ?? {}).length > 0) ||
  [presence?.events, toDevice?.events, data?.events, lists?.changed].some((one) => (one?.length ?? 0) > 0);

/** Members come with what they write, not all at once. */
const filter = (first: boolean) => ({
  presence: { not_types: [] },
  account_data: { types: ['m.direct', 'm.ignored_user_list'] },
  room: {
    account_data: { types: [] },
    ephemeral: { types: ['m.typing', 'm.receipt'] },
    state: { lazy_load_members: true, include_redundant_members: true },
    timeline: { limit: first ? firstEvents : laterEvents },
  },
});
