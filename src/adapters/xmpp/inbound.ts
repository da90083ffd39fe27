import type { Element } from '@xmpp/client';
import type { BuddyInfo, ChatInfo, RemoteId } from '../../sdk/index.js';
import {
  archivedId,
  directChat,
  isLasting,
  type Jid,
  mintedId,
  ownId,
  personBuddy,
  privateChat,
  readJid,
  theirId,
  wireId,
} from './ids.js';
import { ns } from './ns.js';

/** How a message came. */
export type Envelope = {
  message: Element;
  way: 'live' | 'carbon' | 'archive';
  /** The id the archive gave it, where the archive itself said so. */
  archive?: string;
  stamp?: number;
  /** The room whose archive it is from. */
  room?: string;
  /** Fetched after the fact: raises no unread count. */
  backfill?: boolean;
};

/** A message with everything that is known of where it belongs. */
export type Source = {
  message: Element;
  way: Envelope['way'];
  kind: 'direct' | 'private' | 'room';
  chat: ChatInfo;
  /** This account wrote it, with whichever client. */
  own: boolean;
  from: BuddyInfo | undefined;
  /** Who wrote it, as others' references to it are held against. */
  author: string;
  /** The other side of a direct chat. */
  partner: Jid;
  id: RemoteId;
  wire: string | undefined;
  /** The archive's id of it: the room's, or our server's. */
  archive: string | undefined;
  at: number;
  backfill: boolean;
};

export type RoomView = {
  jid: string;
  nick: string;
  info(): ChatInfo;
  buddy(nick: string, occupant: string | undefined): BuddyInfo;
  /** Our own occupant id, where the room gives them. */
  occupant: string | undefined;
  /** Whether its ids of messages can be trusted: it takes false ones off. */
  givesIds: boolean;
  membersOnly: boolean;
};

export type Names = {
  own: Jid;
  now: number;
  /** How far the server's clock is ahead of ours. */
  skewMs: number;
  /** Whether our server's ids of messages can be trusted. */
  givesIds: boolean;
  room(bare: string): RoomView | undefined;
  nameOf(bare: string): string | undefined;
};

/** Takes a carbon apart (XEP-0280), which only our own account may send; undefined for one of anybody else. */
export function open(stanza: Element, own: Jid): Envelope | undefined {
  const carbon = stanza
    .getChildElements()
    .find((child) => child.getNS() === ns.carbons && /^(sent|received)$/.test(child.name));
  if (!carbon) return { message: stanza, way: 'live' };
  const forwarded = carbon.getChild('forwarded', ns.forward);
  const message = forwarded?.getChild('message');
  if (!forwarded || !message || !isFromSelf(stanza, own)) return undefined;
  if (carbon.name === 'sent' && readJid(message.attrs.from)?.bare !== own.bare) return undefined;
  const stamp = stampOf(forwarded.getChild('delay', ns.delay));
  return { message, way: 'carbon', ...(stamp !== undefined && { stamp }) };
}

/** From our own account, by its server: a bare JID, never one of its clients. */
export const isFromSelf = (stanza: Element, own: Jid): boolean =>
  stanza.attrs.from === undefined || readJid(stanza.attrs.from)?.full === own.bare;

export function stampOf(delay: Element | undefined): number | undefined {
  const stamp = delay?.attrs.stamp ?? '';
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(stamp) ? Date.parse(stamp) : Number.NaN;
  return Number.isFinite(at) ? at : undefined;
}

const earliest = Date.UTC(1999, 0, 1);

/** The server's time in ours, and never in the future. */
export const ourTime = (stamp: number, { now, skewMs }: Pick<Names, 'now' | 'skewMs'>): number =>
  Math.max(earliest, Math.min(now, stamp - skewMs));

/** Where a message belongs; undefined for what is not for people, or of a room we are not in. */
export function locate(envelope: Envelope, names: Names): Source | undefined {
  const { message } = envelope;
  const from = readJid(message.attrs.from) ?? (message.attrs.from === undefined ? names.own : undefined);
  const to = readJid(message.attrs.to) ?? names.own;
  if (!from) return undefined;
  return message.attrs.type === 'groupchat' ? inRoom(envelope, names, from) : between(envelope, names, from, to);
}

function inRoom(envelope: Envelope, names: Names, from: Jid): Source | undefined {
  const room = names.room(from.bare);
  if (!room || (envelope.room !== undefined && envelope.room !== from.bare)) return undefined;
  const { message } = envelope;
  const nick = from.resource;
  const occupant = message.getChild('occupant-id', ns.occupantId)?.attrs.id?.slice(0, 100);
  const own =
    nick !== '' &&
    (occupant !== undefined && room.occupant !== undefined ? occupant === room.occupant : nick === room.nick);
  const wire = wireId(message.attrs.id);
  const given = room.givesIds ? givenId(message, room.jid) : undefined;
  const archive = envelope.room === undefined ? given : envelope.archive;
  return {
    ...{ message, way: envelope.way, kind: 'room', chat: room.info(), own, partner: from, wire, archive },
    from: own ? undefined : room.buddy(nick, occupant),
    author: occupant ?? nick,
    id: archive !== undefined ? archivedId(archive) : fallbackId(wire && `${nick}/${wire}`, own),
    at: timeOf(envelope, names, room.jid),
    backfill: envelope.backfill === true || isDelayed(envelope, names, room.jid),
  };
}

function between(envelope: Envelope, names: Names, from: Jid, to: Jid): Source | undefined {
  const { message, way } = envelope;
  const own = from.bare === names.own.bare;
  if (own && way === 'live' && to.bare !== names.own.bare) return undefined;
  const partner = own ? to : from;
  const room = names.room(partner.bare);
  if (room && partner.resource === '' && message.attrs.type !== 'error' && !isInvitation(message)) return undefined;
  const kind = room && partner.resource !== '' ? 'private' : 'direct';
  const name = names.nameOf(partner.bare);
  const wire = wireId(message.attrs.id) ?? wireId(message.getChild('origin-id', ns.stanzaId)?.attrs.id);
  const archive = envelope.archive ?? (names.givesIds ? givenId(message, names.own.bare) : undefined);
  const buddy = kind === 'private' && room ? room.buddy(partner.resource, undefined) : personBuddy(partner.bare, name);
  return {
    ...{ message, way, kind, own, partner, wire, archive },
    chat: kind === 'private' ? privateChat(partner.bare, partner.resource) : directChat(partner.bare, name),
    from: own ? undefined : buddy,
    author: own ? names.own.bare : kind === 'private' ? partner.full : partner.bare,
    id: idOf(wire, archive, own),
    at: timeOf(envelope, names),
    backfill: envelope.backfill === true,
  };
}

function idOf(wire: string | undefined, archive: string | undefined, own: boolean): RemoteId {
  if (wire !== undefined && isLasting(wire)) return own ? ownId(wire) : theirId(wire);
  return archive !== undefined ? archivedId(archive) : mintedId();
}

/** Where the archive gives no id, what the writer says must do. */
const fallbackId = (wire: string | undefined, own: boolean): RemoteId =>
  wire === undefined ? mintedId() : own ? ownId(wire) : theirId(wire);

function givenId(message: Element, by: string): string | undefined {
  const given = message.getChildren('stanza-id', ns.stanzaId).find((one) => readJid(one.attrs.by)?.full === by);
  return wireId(given?.attrs.id);
}

function timeOf(envelope: Envelope, names: Names, room?: string): number {
  const stamp = envelope.stamp ?? stampOf(trustedDelay(envelope.message, names, room));
  return stamp === undefined ? names.now : ourTime(stamp, names);
}

const isDelayed = (envelope: Envelope, names: Names, room: string) =>
  envelope.way === 'live' && trustedDelay(envelope.message, names, room) !== undefined;

/** A time set by our server, or by the room; anybody else could set one. */
function trustedDelay(message: Element, { own }: Names, room?: string): Element | undefined {
  const trusted = [own.domain, own.bare, ...(room === undefined ? [] : [room])];
  return message.getChildren('delay', ns.delay).find((one) => trusted.includes(readJid(one.attrs.from)?.full ?? ''));
}

export const isInvitation = (message: Element): boolean =>
  message.getChild('x', ns.mucUser)?.getChild('invite') !== undefined ||
  message.getChild('x', ns.invitation) !== undefined;
