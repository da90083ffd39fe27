import { isIPv6 } from 'node:net';
import type { BuddyInfo, ChatInfo, RemoteId } from '../../sdk/index.js';

/**
 * A person is a bare JID, and so is the direct chat with them; a room is its bare JID. Somebody in a room is
 * `room/nick`, or `room#occupant` where the room gives lasting occupant ids. JIDs are compared in lower
 * case and NFC, which is what the usual ones need of RFC 7622.
 */
export type Jid = { bare: string; local: string; domain: string; resource: string; full: string };

/** Longest JID taken; with what ids add to it they stay below the SDK's limit. */
const maxJid = 400;
const illegalLocal = /[\p{Cc}\p{Cs}\p{Z}"&'/:<>@]/u;
const legalDomain = /^[\p{L}\p{N}\p{M}_-]+(?:\.[\p{L}\p{N}\p{M}_-]+)*$/u;
const illegalResource = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** A JID as it comes from the wire; undefined for what cannot be one. */
export function readJid(text: string | undefined): Jid | undefined {
  if (text === undefined || text === '' || text.length > maxJid) return undefined;
  const slash = text.indexOf('/');
  const resource = slash < 0 ? '' : text.slice(slash + 1);
  const bare = slash < 0 ? text : text.slice(0, slash);
  const at = bare.indexOf('@');
  const local = at < 0 ? '' : bare.slice(0, at).normalize('NFC').toLowerCase();
  const domain = bare
    .slice(at + 1)
    .normalize('NFC')
    .toLowerCase()
    .replace(/\.$/, '');
  if ((at >= 0 && local === '') || illegalLocal.test(local) || !isDomain(domain)) return undefined;
  if ((slash >= 0 && resource === '') || illegalResource.test(resource)) return undefined;
  const whole = local === '' ? domain : `${local}@${domain}`;
  return { bare: whole, local, domain, resource, full: resource === '' ? whole : `${whole}/${resource}` };
}

const isDomain = (domain: string) =>
  domain.length <= 253 && (legalDomain.test(domain) || isIPv6(domain.replace(/^\[(.*)\]$/, '$1')));

/** The address a person typed: one with a name before the `@`. */
export function typedJid(text: string): Jid | undefined {
  const jid = readJid(text);
  return jid?.local ? jid : undefined;
}

export const nameOf = (bare: string): string => readJid(bare)?.local || bare;

export const directChat = (bare: string, name?: string): ChatInfo => ({
  id: bare,
  kind: 'direct',
  name: name ?? nameOf(bare),
});
export const personBuddy = (bare: string, name?: string): BuddyInfo => ({
  id: bare,
  address: bare,
  name: name ?? nameOf(bare),
});
export const privateChat = (room: string, nick: string): ChatInfo => ({
  id: `${room}/${nick}`,
  kind: 'direct',
  name: nick,
});

/** Longest id of a message that is taken from the wire. */
const maxWire = 200;
export const wireId = (text: string | undefined): string | undefined =>
  text !== undefined && text !== '' && text.length <= maxWire && !/[\p{Cc}]/u.test(text)
    ? text.toWellFormed()
    : undefined;

/**
 * Ids of messages. In a direct chat everything refers to the id its writer gave, so that is the id here, with a mark of
 * who wrote it: nobody can speak of another's message as theirs. A writer's short ids may repeat; then, as in rooms, it
 * is the archive's (XEP-0359). All ways a message comes by (live, carbon, archive) give it the same one.
 */
export const ownId = (wire: string): RemoteId => `>${wire}`;
export const theirId = (wire: string): RemoteId => `<${wire}`;
export const archivedId = (archive: string): RemoteId => `=${archive}`;
export const mintedId = (): RemoteId => `~${crypto.randomUUID()}`;

export const isOwnId = (id: RemoteId): boolean => id.startsWith('>');
/** The writer's own id within a message's id, where it is there. */
export const wireOf = (id: RemoteId): string | undefined => (/^[<>]/.test(id) ? id.slice(1) : undefined);
export const archiveOf = (id: RemoteId): string | undefined => (id.startsWith('=') ? id.slice(1) : undefined);
/** Whether a writer's id can be trusted not to come twice. */
export const isLasting = (wire: string): boolean => wire.length >= 12;
