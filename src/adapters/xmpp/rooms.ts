import type { Element } from '@xmpp/client';
import { AdapterError, type ChatId, type ChatInfo, type Event, type Host, type Member } from '../../sdk/index.js';
import { type Jid, mintedId, nameOf, personBuddy, readJid } from './ids.js';
import type { Source } from './inbound.js';
import type { Memory } from './memory.js';
import { ns } from './ns.js';
import { Room, removal, statuses } from './room.js';
import { disco } from './services.js';
import type { Session } from './session.js';
import type { Timers } from './timers.js';
import { el, StanzaError, visible } from './wire.js';

const enterMs = 30_000;
const topicMs = 15_000;
const askMs = 8_000;
const againMs = 60_000;
const countMs = 1_000;
const nickTries = 4;
const entersAtOnce = 4;
const maxWaiting = 1_000;

type Entering = { resolve(): void; reject(error: Error): void };
type Reflection = { resolve(source: Source): void; reject(error: Error): void };

export type RoomPorts = {
  session: Session;
  host: Host;
  memory: Memory;
  own: Jid;
  timers: Timers;
  push(events: Event[]): void;
  /** Our presence for a room. */
  presence(to: string, x: Element): Element;
  /** We are in: what was said meanwhile can be fetched. */
  entered(room: Room): void;
  /** What invitations brought along; outlives the session. */
  passwords: Map<string, string>;
};

/** Group chats (XEP-0045). */
export class Rooms {
  readonly #rooms = new Map<string, Room>();
  readonly #entering = new Map<string, Entering>();
  readonly #reflections = new Map<string, Reflection>();
  readonly #topics = new Map<string, { topic: string; resolve(): void }>();
  #over = false;

  constructor(private readonly ports: RoomPorts) {}

  /** A room we are in, or are entering. */
  get(bare: string): Room | undefined {
    return this.#rooms.get(bare);
  }

  get present(): string[] {
    return [...this.#rooms.values()].filter((room) => room.is === 'in').map((room) => `${room.jid}/${room.nick}`);
  }

  /** Enters every room we were in. */
  async returnToAll(): Promise<void> {
    const queue = this.ports.memory.settings.rooms.filter((room) => room.joined).map((room) => room.jid);
    const enter = async () => {
      for (let jid = queue.shift(); jid !== undefined && !this.#over; jid = queue.shift()) await this.#return(jid);
    };
    await Promise.all(Array.from({ length: entersAtOnce }, enter));
  }

  /** @throws AdapterError `rejected` where the room does not let us in, `temporary` where it does not answer */
  async enter(jid: string): Promise<ChatInfo> {
    const known = this.#rooms.get(jid);
    if (known?.is === 'in') return known.withCount();
    if (known?.is === 'entering') throw new AdapterError('temporary', 'this room is being entered already');
    const { memory, passwords } = this.ports;
    const saved = memory.room(jid);
    const room = new Room(jid, saved?.nick ?? this.#usualNick(), saved?.name);
    room.is = 'entering';
    this.#rooms.set(jid, room);
    const password = passwords.get(jid) ?? saved?.password;
    try {
      await this.#look(room);
      await this.#knock(room, password);
    } catch (error) {
      if (this.#rooms.get(jid) === room) this.#rooms.delete(jid);
      throw error;
    }
    room.is = 'in';
    passwords.delete(jid);
    const kept = { jid, joined: true, ...(room.name && { name: room.name }), ...(saved?.nick && { nick: saved.nick }) };
    memory.setRoom({ ...kept, ...(password !== undefined && { password }) });
    this.ports.push([{ type: 'chat', chat: room.withCount(), joined: true }]);
    this.ports.entered(room);
    return room.withCount();
  }

  async leave(jid: string): Promise<void> {
    const room = this.#rooms.get(jid);
    const saved = this.ports.memory.room(jid);
    if (!room && !saved) throw new AdapterError('rejected', 'Only a room can be left.');
    if (room) this.ports.session.send(el('presence', { to: `${jid}/${room.nick}`, type: 'unavailable' }));
    this.#forget(jid);
    this.ports.push([{ type: 'chat', chat: room?.info() ?? chatOf(jid, saved?.name), joined: false }]);
  }

  /** False for a presence that is of no room. */
  onPresence(stanza: Element, from: Jid): boolean {
    const room = this.#rooms.get(from.bare);
    if (!room) return stanza.getChild('x', ns.mucUser) !== undefined;
    if (stanza.attrs.type === 'error') this.#refused(room, StanzaError.of(stanza));
    else if (from.resource !== '') this.#seen(room, stanza, from.resource);
    return true;
  }

  /** Says what invitation a message carries; undefined for none. */
  readInvitation(message: Element, from: Jid): Event[] | undefined {
    const mediated = message.getChild('x', ns.mucUser);
    const invite = mediated?.getChild('invite');
    const direct = message.getChild('x', ns.invitation);
    if (!invite && !direct) return undefined;
    const room = invite ? from : readJid(direct?.attrs.jid);
    const inviter = invite ? readJid(invite.attrs.from) : from;
    if (!room?.local || room.resource !== '' || message.attrs.type === 'error') return [];
    if (this.#rooms.get(room.bare)?.is === 'in') return [];
    const password = invite ? mediated?.getChildText('password') : direct?.attrs.password;
    const { passwords, memory } = this.ports;
    if (password && passwords.size < maxWaiting) passwords.set(room.bare, password.slice(0, 500));
    const saved = memory.room(room.bare);
    if (!saved) memory.setRoom({ jid: room.bare, joined: false });
    const text = visible((invite ? invite.getChildText('reason') : direct?.attrs.reason) ?? '', 500);
    const who = inviter && inviter.local !== '' ? personBuddy(inviter.bare) : undefined;
    const detail = { ...(who && { from: who }), ...(text !== '' && { text }) };
    return [{ type: 'chat', chat: chatOf(room.bare, saved?.name), invite: detail }];
  }

  declineInvitation(jid: string): void {
    this.ports.passwords.delete(jid);
    this.ports.session.send(el('message', { to: jid }, el('x', { xmlns: ns.mucUser }, el('decline'))));
  }

  async invite(jid: string, person: Jid): Promise<void> {
    const invite = el('invite', { to: person.bare });
    const element = el('message', { to: jid, id: crypto.randomUUID() }, el('x', { xmlns: ns.mucUser }, invite));
    await this.#withAnswer(element, 1_000);
  }

  /** Done when the room shows the topic; not every server keeps the id of what set it. */
  async setTopic(jid: string, topic: string): Promise<void> {
    this.#inside(jid);
    const signal = new AbortController();
    const cancel = this.ports.host.clock.after(topicMs, () => signal.abort());
    const shown = new Promise<void>((resolve) => this.#topics.set(jid, { topic, resolve }));
    const element = el('message', { to: jid, type: 'groupchat', id: crypto.randomUUID() }, el('subject', {}, topic));
    try {
      await Promise.race([this.say(element, signal.signal), shown]);
    } finally {
      cancel();
      signal.abort();
      this.#topics.delete(jid);
    }
  }

  /** Everyone who is there, and the members who are not, as far as the room tells us. */
  async members(jid: string, signal: AbortSignal): Promise<Member[]> {
    const room = this.#inside(jid);
    const here = room.members();
    const known = new Set([...room.occupants.values()].map((one) => one.jid));
    const away: Member[] = [];
    for (const affiliation of ['owner', 'admin', 'member'] as const) {
      if (signal.aborted) break;
      const query = el('query', { xmlns: ns.mucAdmin }, el('item', { affiliation }));
      const answer = await this.ports.session.iq('get', jid, query, askMs).catch(() => undefined);
      if (!answer) break;
      for (const item of answer.getChild('query', ns.mucAdmin)?.getChildren('item').slice(0, 5_000) ?? []) {
        const person = readJid(item.attrs.jid);
        if (!person || known.has(person.bare)) continue;
        known.add(person.bare);
        away.push({ buddy: personBuddy(person.bare), role: affiliation, presence: 'offline' });
      }
    }
    return [...here, ...away];
  }

  /**
   * Sends into a room and resolves with the room's own copy of it, which is the proof.
   * @throws AdapterError
   */
  async say(element: Element, signal: AbortSignal): Promise<Source> {
    const id = element.attrs.id ?? '';
    if (this.#reflections.size >= maxWaiting) throw new AdapterError('temporary', 'too much is under way');
    let giveUp = () => {};
    const reflected = new Promise<Source>((resolve, reject) => {
      giveUp = () => reject(new AdapterError('unknown-outcome', 'the room did not confirm it in time'));
      this.#reflections.set(id, { resolve, reject });
      signal.addEventListener('abort', giveUp, { once: true });
    });
    reflected.catch(() => {});
    try {
      await Promise.race([this.ports.session.deliver(element, signal), reflected]);
      return await reflected;
    } finally {
      signal.removeEventListener('abort', giveUp);
      this.#reflections.delete(id);
    }
  }

  /** A message of ours came back from a room. */
  onReflected(source: Source): void {
    this.#reflections.get(source.wire ?? '')?.resolve(source);
    const topic = this.#topics.get(source.chat.id);
    if (topic && source.message.getChildText('subject') === topic.topic) topic.resolve();
  }

  /** A message of ours was refused; whether somebody waits for it. */
  onBounced(id: string, error: AdapterError): boolean {
    const waiting = this.#reflections.get(id);
    waiting?.reject(error);
    return waiting !== undefined;
  }

  /** Its settings have changed. */
  async lookAgain(jid: string): Promise<void> {
    const room = this.#rooms.get(jid);
    if (room?.is !== 'in') return;
    const before = room.name;
    await this.#look(room).catch(() => {});
    if (room.name !== before) this.#tellCount(room);
  }

  /** We are no longer in, without having been told: enter again. */
  reenter(jid: string): void {
    const room = this.#rooms.get(jid);
    if (room?.is !== 'in') return;
    this.#rooms.delete(jid);
    void this.#return(jid);
  }

  end(why: string): void {
    this.#over = true;
    for (const { reject } of this.#entering.values()) reject(new AdapterError('temporary', why));
    const lost = new AdapterError('unknown-outcome', 'the connection was lost before the room confirmed it');
    for (const { reject } of this.#reflections.values()) reject(lost);
    this.#entering.clear();
    this.#reflections.clear();
    this.#rooms.clear();
  }

  #inside(jid: string): Room {
    const room = this.#rooms.get(jid);
    if (room?.is === 'in') return room;
    throw new AdapterError('temporary', 'we are not in this room');
  }

  #usualNick(): string {
    return visible(this.ports.memory.settings.nickname ?? '', 100) || nameOf(this.ports.own.bare);
  }

  async #return(jid: string): Promise<void> {
    try {
      await this.enter(jid);
    } catch (error) {
      if (this.#over) return;
      if (error instanceof AdapterError && error.kind === 'rejected')
        return this.#removed(jid, `The room no longer lets you in: ${error.message}`);
      this.ports.timers.set(`room ${jid}`, againMs, () => void this.#return(jid));
    }
  }

  /** What the room says of itself; a room that is not there yet says nothing. */
  async #look(room: Room): Promise<void> {
    const found = await disco(this.ports.session, room.jid, askMs).catch((error: unknown) => {
      if (error instanceof StanzaError && error.condition === 'remote-server-not-found') {
        throw new AdapterError('rejected', 'There is no such server for rooms.');
      }
      return undefined;
    });
    if (!found) return;
    const identity = found.identities.find(({ category }) => category === 'conference');
    if (identity && identity.name !== '' && identity.name !== nameOf(room.jid)) room.name = identity.name;
    room.membersOnly = found.features.has('muc_membersonly');
    room.hasArchive = found.features.has(ns.mam);
    room.givesIds = room.hasArchive || found.features.has(ns.stanzaId);
  }

  async #knock(room: Room, password: string | undefined): Promise<void> {
    const { session, timers, presence } = this.ports;
    const secret = password === undefined ? undefined : el('password', {}, password);
    for (let tries = 1; ; tries++) {
      const x = el('x', { xmlns: ns.muc }, el('history', { maxstanzas: room.hasArchive ? '0' : '20' }), secret);
      const entered = new Promise<void>((resolve, reject) => {
        this.#entering.set(room.jid, { resolve, reject });
        timers.set(`enter ${room.jid}`, enterMs, () =>
          reject(new AdapterError('temporary', 'the room does not answer')),
        );
      });
      session.send(presence(`${room.jid}/${room.nick}`, x));
      try {
        return await entered;
      } catch (error) {
        const taken = error instanceof StanzaError && error.condition === 'conflict';
        if (!taken || tries === nickTries) throw error instanceof StanzaError ? refusal(error) : error;
        room.nick = `${room.nick}_`;
      } finally {
        timers.drop(`enter ${room.jid}`);
        this.#entering.delete(room.jid);
      }
    }
  }

  #refused(room: Room, error: StanzaError): void {
    this.#entering.get(room.jid)?.reject(error);
  }

  #seen(room: Room, stanza: Element, nick: string): void {
    const codes = statuses(stanza);
    const own = codes.has('110') || (room.is === 'in' && nick === room.nick);
    room.see(stanza, nick);
    if (room.is === 'in') this.ports.timers.set(`count ${room.jid}`, countMs, () => this.#tellCount(room));
    if (!own) return;
    if (stanza.attrs.type === 'unavailable') return void this.#gone(room, stanza, codes);
    room.nick = nick;
    room.occupant = stanza.getChild('occupant-id', ns.occupantId)?.attrs.id?.slice(0, 100) ?? room.occupant;
    if (codes.has('201')) void this.#unlock(room);
    else this.#entering.get(room.jid)?.resolve();
  }

  /** A room that we made is open to others once its settings are accepted. */
  async #unlock(room: Room): Promise<void> {
    const form = el('x', { xmlns: ns.dataForm, type: 'submit' });
    try {
      await this.ports.session.iq('set', room.jid, el('query', { xmlns: ns.mucOwner }, form));
      await this.#look(room);
      this.#entering.get(room.jid)?.resolve();
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      this.#entering.get(room.jid)?.reject(reason);
    }
  }

  #gone(room: Room, stanza: Element, codes: Set<string>): void {
    if (codes.has('303')) {
      room.nick = stanza.getChild('x', ns.mucUser)?.getChild('item')?.attrs.nick ?? room.nick;
      return;
    }
    if (room.is === 'entering')
      return void this.#entering.get(room.jid)?.reject(new AdapterError('temporary', 'the room sent us away'));
    this.#rooms.delete(room.jid);
    const why = removal(stanza);
    if (why !== undefined) this.#removed(room.jid, why);
    else if (this.ports.memory.room(room.jid)?.joined) {
      this.ports.timers.set(`room ${room.jid}`, againMs / 4, () => void this.#return(room.jid));
    }
  }

  /** Somebody else decided that we are out. */
  #removed(jid: string, why: string): void {
    const saved = this.ports.memory.room(jid);
    const chat = chatOf(jid, saved?.name);
    this.#forget(jid);
    this.ports.push([
      {
        type: 'message',
        chat,
        id: mintedId(),
        from: { id: jid, address: jid, name: chat.name ?? jid },
        text: why,
        format: 'system',
        at: this.ports.host.clock.now(),
      },
      { type: 'chat', chat, joined: false },
    ]);
  }

  #forget(jid: string): void {
    this.#rooms.delete(jid);
    this.ports.timers.drop(`room ${jid}`);
    const saved = this.ports.memory.room(jid);
    this.ports.memory.setRoom({ jid, joined: false, ...(saved?.name !== undefined && { name: saved.name }) });
  }

  #tellCount(room: Room): void {
    if (room.is === 'in') this.ports.push([{ type: 'chat', chat: room.withCount() }]);
  }

  /** Sends what the room answers only to refuse; silence for `ms` is consent. */
  async #withAnswer(element: Element, ms: number): Promise<void> {
    const signal = new AbortController();
    const cancel = this.ports.host.clock.after(ms, () => signal.abort());
    try {
      await this.say(element, signal.signal);
    } catch (error) {
      const silent = error instanceof AdapterError && error.kind === 'unknown-outcome' && signal.signal.aborted;
      if (!silent) throw error;
    } finally {
      cancel();
    }
  }
}

export const chatOf = (jid: ChatId, name: string | undefined): ChatInfo => ({
  id: jid,
  kind: 'group',
  name: name || nameOf(jid),
});

const refusals: Record<string, string> = {
  'not-authorized': 'This room wants a password.',
  forbidden: 'You are banned from this room.',
  'item-not-found': 'There is no such room, and you may not make it.',
  'not-allowed': 'You may not make this room.',
  'not-acceptable': 'This room wants your registered nickname.',
  'registration-required': 'This room is for members only.',
  conflict: 'Your nickname is taken in this room.',
  'service-unavailable': 'This room is full, or not there.',
  'remote-server-not-found': 'There is no such server for rooms.',
  'remote-server-timeout': 'The server of this room does not answer.',
};

function refusal(error: StanzaError): AdapterError {
  const temporary = error.type === 'wait' || error.condition === 'remote-server-timeout';
  return new AdapterError(
    temporary ? 'temporary' : 'rejected',
    refusals[error.condition] ?? `The room refused: ${error.message}`,
  );
}
