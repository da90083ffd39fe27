import { z } from 'zod';
import type { ChatInfo } from '../../sdk/index.js';
import type { BareEvent } from './events.js';
import { localpart } from './ids.js';
import type { People } from './people.js';

const mostReactions = 300;
const mostWaiting = 200;
const level = z.number().int().catch(0);
const words = z.string().max(1000).optional();

const powers = z.looseObject({
  users: z.record(z.string(), level).catch({}),
  users_default: level,
  state_default: z.number().int().catch(50),
  invite: level,
  events: z.record(z.string(), level).catch({}),
});

const room = z.object({
  id: z.string(),
  is: z.enum(['joined', 'invited', 'left']),
  name: words,
  alias: words,
  topic: words,
  public: z.boolean().optional(),
  heroes: z.array(z.string()).optional(),
  /** Names of those that the room is named after. */
  names: z.record(z.string(), z.string()).optional(),
  count: z.number().optional(),
  /** The content of `m.room.encryption`. */
  encryption: z.record(z.string(), z.unknown()).optional(),
  visibility: z.string().optional(),
  /** What our own power level is, and what takes which. */
  power: z.object({ own: level, topic: level, invite: level }).optional(),
  /** Whose invitation to a direct chat it was. */
  inviter: z.string().optional(),
  /** The sync has told of it since we are in it. */
  synced: z.boolean().optional(),
  asDirect: z.boolean().optional(),
  /** Messages that could not be opened yet. */
  waiting: z.array(z.string()).default([]),
  /** Reactions by their own id: a redaction names nothing else. */
  reactions: z.array(z.tuple([z.string(), z.string(), z.string(), z.string()])).default([]),
});
export type Room = z.infer<typeof room>;
export type Reaction = { id: string; target: string; emoji: string; sender: string };

const mostAvatars = 5_000;
const general = z.object({
  direct: z.record(z.string(), z.array(z.string())),
  ignored: z.array(z.string()),
  avatars: z.record(z.string(), z.string()),
});

/** What is remembered of the account's rooms between two runs. It lives in the vault, an entry a room. */
export class Book {
  readonly #rooms = new Map<string, Room>();
  readonly #changed = new Set<string>();
  #direct = new Map<string, string>();
  #directOf: Record<string, string[]> = {};
  #ignored = new Set<string>();
  #avatars = new Map<string, string>();
  #generalChanged = false;

  constructor(
    private readonly me: string,
    private readonly people: People,
    stored: ReadonlyMap<string, Uint8Array>,
  ) {
    for (const [name, bytes] of stored) {
      if (name.startsWith('room/')) this.#load(bytes);
      if (name === 'general') this.#loadGeneral(bytes);
    }
  }

  room(id: string): Room | undefined {
    return this.#rooms.get(id);
  }

  get all(): Iterable<Room> {
    return this.#rooms.values();
  }

  /** The room, made where it is not known; call `touch` after changing it. */
  ensure(id: string, is: Room['is']): Room {
    const known = this.#rooms.get(id);
    if (known) {
      if (known.is !== is) this.touch(known);
      known.is = is;
      if (is !== 'joined') known.synced = false;
      return known;
    }
    const made: Room = { id, is, waiting: [], reactions: [] };
    this.#rooms.set(id, made);
    this.touch(made);
    return made;
  }

  touch({ id }: Room): void {
    this.#changed.add(id);
  }

  /** What is to be stored; forgotten at once, so it must be put back with `again` where storing failed. */
  changes(): Map<string, Uint8Array | null> {
    const changes = new Map<string, Uint8Array | null>();
    const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    for (const id of this.#changed) {
      const known = this.#rooms.get(id);
      if (known) changes.set(`room/${id}`, encode({ ...known, names: this.#namesFor(known) }));
    }
    if (this.#generalChanged) {
      const [ignored, avatars] = [[...this.#ignored], Object.fromEntries(this.#avatars)];
      changes.set('general', encode({ direct: this.#directOf, ignored, avatars }));
    }
    this.#changed.clear();
    this.#generalChanged = false;
    return changes;
  }

  again(changes: ReadonlyMap<string, unknown>): void {
    for (const name of changes.keys()) if (name.startsWith('room/')) this.#changed.add(name.slice('room/'.length));
    if (changes.has('general')) this.#generalChanged = true;
  }

  // ------------------------------------------------------------ whom a room is with

  get directOf(): Record<string, string[]> {
    return this.#directOf;
  }

  get ignored(): ReadonlySet<string> {
    return this.#ignored;
  }

  setDirect(content: Record<string, unknown>): void {
    const read = z.record(z.string(), z.array(z.string()).catch([])).safeParse(content);
    this.#directOf = read.success ? read.data : {};
    this.#direct = new Map(Object.entries(this.#directOf).flatMap(([user, ids]) => ids.map((id) => [id, user])));
    this.#generalChanged = true;
  }

  setIgnored(users: Iterable<string>): void {
    this.#ignored = new Set(users);
    this.#generalChanged = true;
  }

  /** The address of somebody's picture that was told already. */
  avatarOf(user: string): string | undefined {
    return this.#avatars.get(user);
  }

  setAvatar(user: string, address: string | undefined): void {
    this.#avatars.delete(user);
    const oldest = this.#avatars.keys().next().value;
    if (this.#avatars.size >= mostAvatars && oldest !== undefined) this.#avatars.delete(oldest);
    if (address !== undefined) this.#avatars.set(user, address);
    this.#generalChanged = true;
  }

  /** With whom the room is a direct chat, if it is one. */
  peerOf(id: string): string | undefined {
    const known = this.#rooms.get(id);
    return this.#direct.get(id) ?? (known?.asDirect ? known.inviter : undefined);
  }

  isPeer(user: string): boolean {
    return (this.#directOf[user]?.length ?? 0) > 0;
  }

  /** The room of a direct chat with somebody that we are in. */
  directWith(user: string): Room | undefined {
    const ids = this.#directOf[user] ?? [];
    return ids.map((id) => this.#rooms.get(id)).find((one) => one?.is === 'joined');
  }

  chat(known: Room): ChatInfo {
    const peer = this.peerOf(known.id);
    const name = peer === undefined ? this.#nameOf(known) : (this.people.name(peer) ?? known.name);
    return {
      id: known.id,
      kind: peer !== undefined ? 'direct' : known.public ? 'channel' : 'group',
      ...(name !== undefined && { name }),
      ...(known.topic !== undefined && { topic: known.topic }),
      encrypted: known.encryption !== undefined,
      ...(known.count !== undefined && { memberCount: known.count }),
    };
  }

  #nameOf({ name, alias, heroes = [] }: Room): string | undefined {
    const others = heroes.filter((user) => user !== this.me).map((user) => this.people.name(user) ?? localpart(user));
    return name || alias || others.slice(0, 4).join(', ') || undefined;
  }

  /** Somebody has a name: it is kept where the room is named after them. */
  named(known: Room, user: string): void {
    const name = this.people.name(user);
    const matters = known.heroes?.includes(user) || this.peerOf(known.id) === user;
    if (matters && name !== undefined && known.names?.[user] !== name) {
      known.names = { ...known.names, [user]: name };
      this.touch(known);
    }
  }

  #namesFor(known: Room): Record<string, string> {
    const peer = this.peerOf(known.id);
    const users = [...(known.heroes ?? []), ...(peer === undefined ? [] : [peer])];
    const pairs = users.map((user) => [user, this.people.name(user) ?? known.names?.[user]] as const);
    return Object.fromEntries(pairs.flatMap(([user, name]) => (name === undefined ? [] : [[user, name]])));
  }

  // ------------------------------------------------------------ what state events say

  /** Takes over a state event that is not about a member. */
  state(known: Room, event: BareEvent): void {
    const read = stateReaders[event.type];
    if (!read || (event.state_key ?? '') !== '') return;
    read(known, event.content, this.me);
    this.touch(known);
  }

  addReaction(known: Room, { id, target, emoji, sender }: Reaction): void {
    if (known.reactions.some(([one]) => one === id)) return;
    known.reactions = [...known.reactions, [id, target, emoji, sender] satisfies Room['reactions'][number]].slice(
      -mostReactions,
    );
    this.touch(known);
  }

  reaction(known: Room, match: (one: Reaction) => boolean): Reaction | undefined {
    return known.reactions.map(([id, target, emoji, sender]) => ({ id, target, emoji, sender })).findLast(match);
  }

  dropReaction(known: Room, id: string): void {
    known.reactions = known.reactions.filter(([one]) => one !== id);
    this.touch(known);
  }

  setWaiting(known: Room, id: string, waits: boolean): void {
    if (known.waiting.includes(id) === waits) return;
    known.waiting = waits ? [...known.waiting, id].slice(-mostWaiting) : known.waiting.filter((one) => one !== id);
    this.touch(known);
  }

  #load(bytes: Uint8Array): void {
    const read = room.safeParse(parse(bytes));
    if (!read.success) return;
    this.#rooms.set(read.data.id, read.data);
    for (const [user, name] of Object.entries(read.data.names ?? {})) this.people.setName(user, name);
  }

  #loadGeneral(bytes: Uint8Array): void {
    const read = general.safeParse(parse(bytes));
    if (!read.success) return;
    this.setDirect(read.data.direct);
    this.setIgnored(read.data.ignored);
    this.#avatars = new Map(Object.entries(read.data.avatars));
    this.#generalChanged = false;
  }
}

type Reader = (room: Room, content: Record<string, unknown>, me: string) => void;
const text = (value: unknown): string | undefined => {
  const read = typeof value === 'string' ? value.trim().slice(0, 1000).toWellFormed() : '';
  return read === '' ? undefined : read;
};

const stateReaders: Record<string, Reader> = {
  'm.room.name': (known, content) => {
    known.name = text(content.name);
  },
  'm.room.canonical_alias': (known, content) => {
    known.alias = text(content.alias);
  },
  'm.room.topic': (known, content) => {
    known.topic = text(content.topic) ?? '';
  },
  'm.room.join_rules': (known, content) => {
    known.public = content.join_rule === 'public';
  },
  'm.room.history_visibility': (known, content) => {
    known.visibility = text(content.history_visibility);
  },
  // Once encrypted a room stays so, whatever a later event says.
  'm.room.encryption': (known, content) => {
    if (known.encryption === undefined && typeof content.algorithm === 'string') known.encryption = content;
  },
  'm.room.power_levels': (known, content, me) => {
    const read = powers.safeParse(content);
    if (!read.success) return;
    const { users, users_default, state_default, invite, events } = read.data;
    known.power = { own: users[me] ?? users_default, topic: events['m.room.topic'] ?? state_default, invite };
  },
};

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
