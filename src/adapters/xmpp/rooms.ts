import type { Element } from '@xmpp/client';
import { AdapterError, type ChatInfo, type Event, type Host, type Member } from '../../sdk/index.js';
import { Entrance, type EntrancePorts } from './entrance.js';
import { type Jid, mintedId, nameOf, personBuddy, readJid } from './ids.js';
import type { Source } from './inbound.js';
import { chatOf, readInvitation } from './invitations.js';
import type { Memory } from './memory.js';
import { ns } from './ns.js';
import { Room, removal, statuses } from './room.js';
import { el, StanzaError, visible } from './wire.js';

const topicMs = 15_000;
const askMs = 8_000;
const againMs = 60_000;
const countMs = 1_000;
const entersAtOnce = 4;
const maxWaiting = 1_000;

type Reflection = { resolve(source: Source): void; reject(error: Error): void };

export type RoomPorts = EntrancePorts & {
  host: Host;
  memory: Memory;
  own: Jid;
  push(events: Event[]): void;
  /** We are in: what was said meanwhile can be fetched. */
  entered(room: Room): void;
  /** What invitations brought along; outlives the session. */
  invited: Map<string, string>;
  isPerson(jid: string): boolean;
};

/** Group chats (XEP-0045). */
export class Rooms {
  readonly #rooms = new Map<string, Room>();
  readonly #entrance: Entrance;
  readonly #reflections = new Map<string, Reflection>();
  readonly #topics = new Map<string, { topic: string; resolve(): void }>();
  #over = false;

  constructor(private readonly ports: RoomPorts) {
    this.#entrance = new Entrance(ports);
  }

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
    const { memory, invited } = this.ports;
    const saved = memory.room(jid);
    const room = new Room(jid, saved?.nick ?? this.#usualNick(), saved?.name);
    room.is = 'entering';
    this.#rooms.set(jid, room);
    const password = invited.get(jid) || saved?.password;
    try {
      await this.#entrance.look(room);
      await this.#entrance.knock(room, password);
    } catch (error) {
      if (this.#rooms.get(jid) === room) this.#rooms.delete(jid);
      throw error;
    }
    room.is = 'in';
    invited.delete(jid);
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
    if (stanza.attrs.type === 'error') this.#entrance.refused(room, StanzaError.of(stanza));
    else if (from.resource !== '') this.#seen(room, stanza, from.resource);
    return true;
  }

  readInvitation(message: Element, from: Jid): Event[] | undefined {
    const { memory, invited, isPerson } = this.ports;
    const isIn = (jid: string) => this.#rooms.get(jid)?.is === 'in';
    return readInvitation(message, from, { memory, invited, isPerson, isIn });
  }

  declineInvitation(jid: string): void {
    this.ports.invited.delete(jid);
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
    await this.#entrance.look(room).catch(() => {});
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
    this.#entrance.end(why);
    const lost = new AdapterError('unknown-outcome', 'the connection was lost before the room confirmed it');
    for (const { reject } of this.#reflections.values()) reject(lost);
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

  #seen(room: Room, stanza: Element, nick: string): void {
    const codes = statuses(stanza);
    const own = codes.has('110') || (room.is === 'in' && nick === room.nick);
    room.see(stanza, nick);
    if (room.is === 'in') this.ports.timers.set(`count ${room.jid}`, countMs, () => this.#tellCount(room));
    if (!own) return;
    if (stanza.attrs.type === 'unavailable') return void this.#gone(room, stanza, codes);
    room.nick = nick;
    room.occupant = stanza.getChild('occupant-id', ns.occupantId)?.attrs.id?.slice(0, 100) ?? room.occupant;
    this.#entrance.shown(room, codes.has('201'));
  }

  #gone(room: Room, stanza: Element, codes: Set<string>): void {
    if (codes.has('303')) {
      room.nick = stanza.getChild('x', ns.mucUser)?.getChild('item')?.attrs.nick ?? room.nick;
      return;
    }
    if (room.is === 'entering')
      return void this.#entrance.refused(room, new AdapterError('temporary', 'the room sent us away'));
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
