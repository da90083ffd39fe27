import { z } from 'zod';
import {
  AdapterError,
  type ChatId,
  type Edit,
  type Features,
  type HistoryFrom,
  type HistoryPage,
  limits,
  type OutgoingMessage,
  type RemoteId,
  type Sent,
} from '../../sdk/index.js';
import { pageSize } from './archive.js';
import type { Files } from './files.js';
import { archiveOf, isOwnId, ownId, readJid, typedJid } from './ids.js';
import type { Source } from './inbound.js';
import type { Memory } from './memory.js';
import {
  chatState,
  displayed,
  editMessage,
  knownAs,
  linkMessage,
  reactionsMessage,
  replyParts,
  retraction,
  stanzaId,
  type Target,
  textMessage,
  textOf,
} from './outbound.js';
import type { ReactionSets } from './reactions.js';
import type { Refs } from './refs.js';
import type { Talk } from './talk.js';
import { type el, StanzaError, visible } from './wire.js';

const sending: Omit<Features['send'], 'message'> = {
  maxLength: 30_000,
  formatting: 'dropped',
  attachments: 'full',
  replies: 'full',
  idempotent: false,
  proves: 'read',
};
const actMs = 30_000;
/** In larger rooms nobody counts who has read what. */
const markedRoom = 50;
const marginMs = 3_000;

const later = () => Promise.reject(new AdapterError('temporary', 'not connected'));

/** What a usual chat, one with a person, can do; also the manifest's capabilities. */
export const usualFeatures: Features = {
  send: { ...sending, message: later },
  edits: { message: later },
  deletions: { message: later },
  reactions: { set: later },
  typing: { set: later },
  readReceipts: { upTo: later },
  presence: true,
  history: { before: later },
};

const { readReceipts: _notInLargeOnes, ...inRooms } = usualFeatures;
/** What a usual room can do. */
export const roomFeatures: Features = {
  ...inRooms,
  send: { ...usualFeatures.send, proves: 'sent' },
  presence: false,
  members: { list: later },
  invites: { invite: later },
  topic: { set: later },
};

export type ChatPorts = {
  memory: Memory;
  files: Files;
  refs: Refs;
  reactions: ReactionSets;
  ownBare: string;
  now(): number;
  /** What is known without a connection. */
  talk(): Talk | undefined;
  /** @throws AdapterError where we are not connected */
  online(): Talk;
};

/** What can be done in each chat, and doing it. */
export class Chats {
  #reacting: Promise<unknown> = Promise.resolve();

  constructor(private readonly ports: ChatPorts) {}

  features(id: ChatId): Features {
    const target = this.target(id);
    if (!target) return { send: { ...sending, message: noChat }, presence: false };
    const common = {
      send: { ...sending, ...this.#files(), message: (message: OutgoingMessage) => this.#send(target, message) },
      edits: { message: (message: RemoteId, edit: Edit) => this.#edit(target, message, edit) },
      deletions: { message: (message: RemoteId) => this.#retract(target, message) },
      reactions: { set: (message: RemoteId, emoji: string, on: boolean) => this.#react(target, message, emoji, on) },
      typing: {
        set: async (on: boolean) => this.#online().session.send(chatState(target, on ? 'composing' : 'paused')),
      },
    };
    const readReceipts = { upTo: (message: RemoteId) => this.#displayed(target, message) };
    const history = {
      before: (from: HistoryFrom, limit: number, signal: AbortSignal) => this.#history(target, from, limit, signal),
    };
    if (target.kind !== 'room') {
      return { ...common, readReceipts, presence: target.kind === 'direct', ...(this.#keeps(target) && { history }) };
    }
    const room = this.ports.talk()?.rooms.get(id);
    const small = room?.membersOnly === true && room.occupants.size <= markedRoom;
    return {
      ...common,
      send: { ...common.send, proves: small ? 'read' : 'sent' },
      ...(small && { readReceipts }),
      presence: false,
      ...(this.#keeps(target) && { history }),
      members: { list: (signal) => this.#online().rooms.members(id, signal) },
      invites: { invite: (address) => this.#invite(id, address) },
      topic: { set: (topic) => this.#online().rooms.setTopic(id, topic.replace(/\r\n?/g, '\n')) },
    };
  }

  /** What can be sent to under a chat's id; undefined for an id this adapter never minted. */
  target(id: ChatId): Target | undefined {
    const jid = readJid(id);
    if (!jid || jid.full !== id || jid.local === '') return undefined;
    if (jid.resource !== '') return { kind: 'private', id, to: jid.full };
    return { kind: this.ports.memory.room(id) ? 'room' : 'direct', id, to: id };
  }

  #online(): Talk {
    return this.ports.online();
  }

  #files(): Pick<Features['send'], 'attachments'> {
    const services = this.ports.talk()?.services;
    return { attachments: services?.known && !services.uploads ? 'rejected' : 'full' };
  }

  #keeps({ kind, id }: Target): boolean {
    const talk = this.ports.talk();
    if (!talk?.services.known) return true;
    return kind === 'room' ? talk.rooms.get(id)?.hasArchive === true : talk.services.hasArchive;
  }

  async #send(target: Target, message: OutgoingMessage): Promise<Sent> {
    const talk = this.#online();
    const { refs, ownBare } = this.ports;
    const key = stanzaId(message.key);
    const text = message.text === '' && message.attachments.length > 0 ? undefined : textOf(message.text);
    const links: string[] = [];
    for (const file of message.attachments) links.push(await talk.services.upload(file, message.signal));
    const stanzas = [
      ...(text === undefined
        ? []
        : [(id: string) => textMessage(target, id, text, replyParts(target, message.replyTo, refs, ownBare))]),
      ...links.map((url) => (id: string) => linkMessage(target, id, url)),
    ].map((make, part) => make(part === 0 ? key : `${key}/${part}`));
    if (target.kind === 'room') {
      const copies = await Promise.all(stanzas.map((stanza) => talk.rooms.say(stanza, message.signal)));
      return { remoteId: this.#remember(target, copies[0], key), proof: 'sent', parts: stanzas.length };
    }
    await Promise.all(stanzas.map((stanza) => talk.deliver(stanza, message.signal)));
    return { remoteId: this.#remember(target, undefined, key), proof: 'sent', parts: stanzas.length };
  }

  #remember(target: Target, copy: Source | undefined, key: string): RemoteId {
    const id = copy?.id ?? ownId(key);
    this.ports.refs.add({ chat: target.id, id, wire: key, author: copy?.author ?? this.ports.ownBare, own: true });
    return id;
  }

  async #edit(target: Target, message: RemoteId, edit: Edit): Promise<void> {
    const wire = await this.#ownWire(target, message);
    await this.#act(target, editMessage(target, stanzaId(edit.key), wire, textOf(edit.text)));
  }

  async #retract(target: Target, message: RemoteId): Promise<void> {
    const wire = await this.#ownWire(target, message);
    const known = knownAs(target, message, this.ports.refs) ?? wire;
    await this.#act(target, retraction(target, crypto.randomUUID(), known, wire));
  }

  /** One after the other: each tells the whole set. */
  #react(target: Target, message: RemoteId, emoji: string, on: boolean): Promise<void> {
    const done = this.#reacting.then(() => this.#setReaction(target, message, emoji, on));
    this.#reacting = done.catch(() => {});
    return done;
  }

  async #setReaction(target: Target, message: RemoteId, emoji: string, on: boolean): Promise<void> {
    const { reactions } = this.ports;
    const known = knownAs(target, message, this.ports.refs);
    const clean = visible(emoji, 64);
    if (known === undefined || clean === '') throw missing();
    await reactions.load();
    const which: [string, string, string] = [target.id, known, ''];
    const before = reactions.of(...which);
    const set = on ? [...new Set([...before, clean])] : before.filter((one) => one !== clean);
    await this.#act(target, reactionsMessage(target, crypto.randomUUID(), known, set));
    reactions.take(which, set, this.ports.now());
  }

  async #displayed(target: Target, message: RemoteId): Promise<void> {
    const known = knownAs(target, message, this.ports.refs);
    if (known !== undefined) this.#online().session.send(displayed(target, known));
  }

  /** Our own id of a message of ours. In a room, what is not remembered is looked up in its archive. */
  async #ownWire(target: Target, message: RemoteId): Promise<string> {
    const { refs } = this.ports;
    const talk = this.#online();
    if (target.kind !== 'room') {
      const wire = isOwnId(message) ? knownAs(target, message, refs) : undefined;
      if (wire === undefined) throw missing();
      return wire;
    }
    if (archiveOf(message) !== undefined && !refs.byId(target.id, message)) await talk.recall(target.id);
    const ref = refs.byId(target.id, message);
    if (!ref?.own || ref.wire === undefined) throw missing();
    return ref.wire;
  }

  async #act(target: Target, stanza: ReturnType<typeof el>): Promise<void> {
    const talk = this.#online();
    const signal = AbortSignal.timeout(actMs);
    if (target.kind === 'room') await talk.rooms.say(stanza, signal);
    else await talk.deliver(stanza, signal);
  }

  async #invite(id: ChatId, address: string): Promise<void> {
    const person = typedJid(address);
    if (!person) throw new AdapterError('rejected', `"${visible(address, 100)}" is not an XMPP address.`);
    await this.#online().rooms.invite(id, person);
  }

  async #history(target: Target, from: HistoryFrom, limit: number, signal: AbortSignal): Promise<HistoryPage> {
    const talk = this.#online();
    const place = position.safeParse(from.position).data;
    // The archive's time may differ a little from ours; what is stored already is taken off below.
    const end = place?.end ?? (from.oldest && from.oldest.at + talk.services.skewMs + marginMs);
    const query = {
      ...(target.kind === 'room' ? { room: target.id } : { with: target.to }),
      ...{ before: place?.before ?? '', max: Math.max(1, Math.min(limit, pageSize)) },
      ...(end !== undefined && { end }),
    };
    if (signal.aborted) throw new AdapterError('temporary', 'given up');
    const page = await talk.archives.page(query).catch((error: unknown) => {
      if (error instanceof StanzaError) throw new AdapterError('rejected', `the archive refuses: ${error.message}`);
      throw error;
    });
    const lists = await Promise.all(page.messages.map((message) => talk.take({ ...message, backfill: true })));
    for (const events of lists) this.ports.files.release(events);
    const next =
      page.complete || page.first === undefined ? undefined : { before: page.first, ...(end !== undefined && { end }) };
    const known = place
      ? -1
      : lists.findIndex((events) => events.some((one) => one.type === 'message' && one.id === from.oldest?.id));
    const older = known < 0 ? lists : lists.slice(0, known);
    return { events: older.flat().slice(-limits.historyPage), ...(next && { next }) };
  }
}

const position = z.object({ before: z.string(), end: z.number().int().min(0).max(8e15).optional() });
const missing = () => new AdapterError('rejected', 'There is no such message of yours in this chat, or it is too old.');
const noChat = () => Promise.reject(new AdapterError('rejected', 'This is no chat of an XMPP account.'));
