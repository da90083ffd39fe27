import type { Element } from '@xmpp/client';
import { AdapterError, type Event, type Host, Timers } from '../../sdk/index.js';
import { Archives } from './archive.js';
import { Avatars } from './avatars.js';
import { Blocking } from './blocking.js';
import { answerQuery, ownCaps } from './caps.js';
import type { Cursor } from './cursor.js';
import type { Files } from './files.js';
import { type Jid, readJid } from './ids.js';
import { type Envelope, isInvitation, locate, type Names, open, type Source } from './inbound.js';
import type { Memory } from './memory.js';
import { ns } from './ns.js';
import { received } from './outbound.js';
import { type Own, Presences } from './presence.js';
import type { Pump } from './pump.js';
import type { ReactionSets } from './reactions.js';
import { type Reading, read } from './read.js';
import type { Refs } from './refs.js';
import { type Room, statuses } from './room.js';
import { Rooms } from './rooms.js';
import { Roster } from './roster.js';
import { Services } from './services.js';
import { Session } from './session.js';
import { Sync } from './sync.js';
import { TimeZones } from './time-zones.js';
import { el, StanzaError } from './wire.js';

const recallSize = 100;
const againMs = 30_000;
const maxTyping = 1_000;

/** What outlives a session. */
export type Lasting = {
  host: Host;
  memory: Memory;
  cursor: Cursor;
  pump: Pump;
  files: Files;
  refs: Refs;
  reactions: ReactionSets;
  told: { own: Own; directed: Map<string, Own> };
  /** What invitations to rooms brought along, and what people said who asked to see us. */
  invited: Map<string, string>;
  requests: Map<string, string>;
};

/** Everything that is said in one session, both ways. */
export class Talk {
  readonly session: Session;
  readonly services: Services;
  readonly roster: Roster;
  readonly presences: Presences;
  readonly rooms: Rooms;
  readonly archives: Archives;
  readonly blocking: Blocking;
  readonly #avatars: Avatars;
  readonly #zones: TimeZones;
  readonly #sync: Sync;
  readonly #timers: Timers;
  readonly #typing = new Set<string>();
  /** Messages of ours that may still come back refused. */
  readonly #awaited = new Map<string, (error: Error) => void>();
  readonly #recalls = new Map<string, Promise<void>>();
  #beginning: Promise<void> | undefined;
  #isSetUp = false;
  #hasReturned = false;
  #over = false;

  constructor(
    readonly own: Jid,
    private readonly lasting: Lasting,
  ) {
    const { host, memory, told, cursor, pump, invited } = lasting;
    const session = new Session(own, host.clock);
    const push = (events: Event[]) => void pump.push({ events });
    const nameOf = (bare: string) => this.roster.nameOf(bare);
    this.session = session;
    this.#timers = new Timers(host.clock);
    this.services = new Services(session, host);
    this.archives = new Archives(session);
    this.roster = new Roster({ session, memory, own, push, requests: lasting.requests });
    this.blocking = new Blocking({ session, memory, own, push, nameOf });
    this.#avatars = new Avatars({ session, push, nameOf });
    this.#zones = new TimeZones({ session, push, nameOf, lists: (bare) => this.roster.lists(bare) });
    this.presences = new Presences(
      {
        ...{ session, own, push, nameOf, caps: ownCaps },
        rooms: () => this.rooms.present,
        watchers: () => this.roster.watchers,
        priority: () => memory.settings.priority,
      },
      told,
    );
    this.rooms = new Rooms({
      ...{ session, host, memory, own, push, invited, timers: this.#timers },
      isPerson: (jid) => this.roster.lists(jid) || readJid(jid)?.domain === own.domain,
      presence: (to, x) => this.presences.element(to, x),
      entered: (room) => void this.#catchUp(room),
    });
    this.#sync = new Sync({
      ...{ archives: this.archives, cursor, pump },
      serverNow: () => host.clock.now() + this.services.skewMs,
      read: (envelope) => this.take(envelope),
    });
    session.onStanza = (stanza, handled) => this.#onStanza(stanza, handled);
    session.onQuery = (child, stanza) => this.#onQuery(child, stanza);
  }

  /**
   * From a fresh session to one that is complete; after a cut, on with what was not done yet.
   * @throws AdapterError where the connection is lost meanwhile
   */
  begin(): Promise<void> {
    this.#beginning ??= this.#begin().finally(() => {
      this.#beginning = undefined;
    });
    return this.#beginning;
  }

  async #begin(): Promise<void> {
    const optional = (asked: Promise<unknown>) => asked.catch(tolerateRefusal);
    if (!this.#isSetUp) {
      await Promise.all([
        this.services.learn(),
        optional(this.roster.load()),
        optional(this.session.iq('set', undefined, el('enable', { xmlns: ns.carbons }))),
        this.lasting.reactions.load(),
      ]);
      this.presences.announce();
      if (this.services.server.features.has(ns.blocking)) await optional(this.blocking.load());
      this.#isSetUp = true;
    }
    if (this.services.hasArchive && !this.#sync.isCaughtUp(this.own.bare)) await this.#sync.run(this.own.bare);
    if (!this.#hasReturned) void this.rooms.returnToAll();
    this.#hasReturned = true;
  }

  end(why: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#timers.clear();
    this.#zones.end();
    this.presences.forget();
    this.session.end(why);
    this.rooms.end(why);
    const lost = new AdapterError('unknown-outcome', 'the connection was lost before the server confirmed it');
    for (const reject of this.#awaited.values()) reject(lost);
    this.#awaited.clear();
  }

  /** What a message says, wherever it came from. */
  take(envelope: Envelope): Event[] | Promise<Event[]> {
    const { message, backfill } = envelope;
    const from = readJid(message.attrs.from);
    if (isInvitation(message)) return backfill || !from ? [] : (this.rooms.readInvitation(message, from) ?? []);
    const source = locate(envelope, this.#names());
    if (!source || this.#isOfRoom(source)) return [];
    if (source.own && source.kind === 'room' && source.way === 'live') this.rooms.onReflected(source);
    if (source.kind === 'room' && source.way === 'live' && statuses(message).has('104')) {
      void this.rooms.lookAgain(source.chat.id);
    }
    return read(source, this.#reading);
  }

  /** Sends, and waits until the server has it or it comes back. @throws AdapterError */
  async deliver(element: Element, signal: AbortSignal): Promise<void> {
    const id = element.attrs.id ?? '';
    let refuse: (error: Error) => void = () => {};
    const refused = new Promise<never>((_, reject) => {
      refuse = reject;
    });
    this.#awaited.set(id, refuse);
    try {
      await Promise.race([this.session.deliver(element, signal), refused]);
    } finally {
      if (this.#awaited.get(id) === refuse) this.#awaited.delete(id);
    }
  }

  /** Puts what the archive has last of a chat into what is remembered. */
  recall(chat: string): Promise<void> {
    const running = this.#recalls.get(chat) ?? this.#recall(chat).finally(() => this.#recalls.delete(chat));
    this.#recalls.set(chat, running);
    return running;
  }

  async #recall(chat: string): Promise<void> {
    const room = this.rooms.get(chat);
    if (!room?.hasArchive) return;
    const page = await this.archives.page({ room: chat, before: '', max: recallSize }).catch(() => undefined);
    const names = this.#names();
    for (const envelope of page?.messages ?? []) {
      const source = locate(envelope, names);
      if (!source?.message.getChild('body')) continue;
      const { id, author, own, wire } = source;
      this.lasting.refs.add({ chat, id, author, own, ...(wire !== undefined && { wire }) });
    }
  }

  async #catchUp(room: Room): Promise<void> {
    if (!room.hasArchive) return;
    try {
      await this.#sync.run(room.jid, room.jid);
    } catch {
      if (this.#over || this.rooms.get(room.jid) !== room) return;
      this.#timers.set(`sync ${room.jid}`, againMs, () => void this.#catchUp(room));
    }
  }

  #onStanza(stanza: Element, handled: () => void): void {
    const { pump } = this.lasting;
    if (stanza.name === 'message') {
      if (this.archives.take(stanza)) return void handled();
      return void this.#onMessage(stanza, handled);
    }
    const from = readJid(stanza.attrs.from);
    if (from) this.#onPresence(stanza, from);
    pump.push({ events: [], stored: handled });
  }

  #onPresence(stanza: Element, from: Jid): void {
    if (this.roster.onPresence(stanza, from) || this.rooms.onPresence(stanza, from)) return;
    this.presences.onPresence(stanza, from);
    this.#avatars.onPresence(stanza, from);
    this.#zones.onPresence(stanza, from);
  }

  #onMessage(stanza: Element, handled: () => void): void {
    const { pump, cursor } = this.lasting;
    const from = readJid(stanza.attrs.from);
    const published = stanza.getChild('event', ns.pubsubEvent);
    if (published && from) {
      this.#avatars.onEvent(published, from);
      this.presences.onActivity(published, from);
    }
    const envelope = published ? undefined : open(stanza, this.own);
    const source = envelope && locate(envelope, this.#names());
    const events = envelope ? this.take(envelope) : [];
    const archive = source?.kind === 'room' ? source.chat.id : this.own.bare;
    const id = source?.archive;
    const place = { id, at: this.lasting.host.clock.now() + this.services.skewMs };
    const moves = id !== undefined && this.#sync.isCaughtUp(archive);
    pump.push({
      events,
      ...(moves && { mark: () => cursor.move(archive, place) }),
      stored: () => {
        handled();
        if (source) this.#confirm(source);
      },
    });
  }

  /** A message that asks for a receipt gets one once it is stored, if its writer may see that we are here. */
  #confirm({ message, way, own, kind, wire, partner }: Source): void {
    if (way !== 'live' || own || kind !== 'direct' || wire === undefined || message.attrs.type === 'error') return;
    if (!message.getChild('request', ns.receipts) || !this.roster.shows(partner.bare)) return;
    this.session.send(received(partner.full, wire));
  }

  #onQuery(child: Element, stanza: Element): Element | undefined | 'done' {
    const key = `${child.name} ${child.getNS() ?? ''}`;
    if (stanza.attrs.type === 'get') return answerQuery(child, this.lasting.host.clock.now());
    const pushed: Record<string, () => boolean> = {
      [`query ${ns.roster}`]: () => this.roster.onPush(child, stanza),
      [`block ${ns.blocking}`]: () => this.blocking.onPush(child, stanza),
      [`unblock ${ns.blocking}`]: () => this.blocking.onPush(child, stanza),
    };
    return pushed[key]?.() ? 'done' : undefined;
  }

  /** What a room says that we are not in, or no longer. */
  #isOfRoom(source: Source): boolean {
    return (
      source.kind !== 'room' && source.partner.resource === '' && source.message.getChild('x', ns.mucUser) !== undefined
    );
  }

  #names(): Names {
    const { clock } = this.lasting.host;
    return {
      ...{ own: this.own, now: clock.now(), skewMs: this.services.skewMs, givesIds: this.services.givesIds },
      room: (bare) => this.rooms.get(bare),
      nameOf: (bare) => this.roster.nameOf(bare),
    };
  }

  get #reading(): Reading {
    const { refs, reactions } = this.lasting;
    return {
      ...{ refs, ownBare: this.own.bare },
      recall: (chat) => this.recall(chat),
      reacted: (source, wire, set) =>
        reactions.take([source.chat.id, wire, source.own ? '' : source.author], set, source.at),
      file: (url, source) => (this.#isTrusted(source) ? this.lasting.files.fetch(url) : undefined),
      bounced: (id, error, source) => this.#bounced(id, error, source),
      typing: (source, on) => this.#isNews(source, on),
    };
  }

  /** Whoever sends a link learns where it is fetched from: only those who may know. */
  #isTrusted({ own, kind, partner, chat }: Source): boolean {
    return own || (kind === 'room' ? this.rooms.get(chat.id)?.membersOnly === true : this.roster.lists(partner.bare));
  }

  #bounced(id: string, error: StanzaError, { partner }: Source): boolean {
    const kind = error.type === 'wait' ? 'temporary' : 'rejected';
    const reason = new AdapterError(kind, error.message);
    if (error.condition === 'not-acceptable') this.rooms.reenter(partner.bare);
    const waiting = this.#awaited.get(id);
    waiting?.(reason);
    return this.rooms.onBounced(id, reason) || waiting !== undefined;
  }

  #isNews({ chat, author }: Source, on: boolean): boolean {
    const key = `${chat.id}\n${author}`;
    if (!on) return this.#typing.delete(key);
    if (this.#typing.size >= maxTyping) this.#typing.clear();
    this.#typing.add(key);
    return true;
  }
}

function tolerateRefusal(error: unknown): void {
  if (!(error instanceof StanzaError)) throw error;
}
