import { createHash } from 'node:crypto';
import type { IrcMessage } from 'irc-framework';
import type { BuddyInfo, ChatId, ChatInfo, RemoteId } from '../../sdk/index.js';

/**
 * A buddy is a nick and a direct chat is the talk with that nick; both ids are the nick, and a channel's id is its
 * name, in the one spelling the server's case mapping gives. The nick is what the network delivers by. A services
 * account would outlive a change of nick, but nothing can be sent to one, and it is told only of people signed in.
 */
export const caseMappings = ['ascii', 'rfc1459', 'rfc1459-strict', 'rfc7613'] as const;
export type CaseMapping = (typeof caseMappings)[number];

/** Longest name taken from the wire; real servers allow up to a few dozen characters. */
export const maxName = 200;
const mostAtOnce = 10_000;

const ascii = (name: string) => name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
const folds: Record<CaseMapping, (name: string) => string> = {
  ascii,
  rfc1459: (name) => ascii(name).replace(/[[\]\\^]/g, (sign) => rfc1459[sign] ?? sign),
  'rfc1459-strict': (name) => ascii(name).replace(/[[\]\\]/g, (sign) => rfc1459[sign] ?? sign),
  rfc7613: (name) => name.normalize('NFC').toLowerCase(),
};
const rfc1459: Record<string, string> = { '[': '{', ']': '}', '\\': '|', '^': '~' };

/** One spelling for all spellings the server holds to be the same name. */
export function fold(name: string, mapping: CaseMapping): string {
  return folds[mapping](name);
}

/** Whether the case mappings disagree about a name, so that its id must wait until the server has told its own. */
export function isAmbiguous(name: string): boolean {
  const all = new Set(caseMappings.map((mapping) => fold(name, mapping)));
  return all.size > 1 || /[{}|~]/.test(name);
}

export const usualChannelTypes = '#&';

export function isChannel(name: string, types: string): boolean {
  return name !== '' && types.includes(name.charAt(0));
}

/** What may never stand in a name: it would end the parameter, the list of targets, or the line. */
const illegal = /[\p{Cc}\p{Cs}\p{Z}\u2028\u2029,\u0007]/u;

/** The nick a person typed; undefined for text that cannot be one. A leading `*` is a bouncer's own. */
export function nickFrom(text: string): string | undefined {
  const nick = text.trim() === text ? text : '';
  if (nick === '' || nick.length > 64 || illegal.test(nick)) return undefined;
  return /^\*?[^#&+!@:$%~*?.\d-][^#&!@:$%*?]*$/.test(nick) ? nick : undefined;
}

/** The channel a person typed, with its prefix; undefined for text that cannot be one. */
export function channelFrom(text: string, types: string): string | undefined {
  const name = isChannel(text, types) ? text : `#${text}`;
  if (name.length < 2 || name.length > 64 || illegal.test(name) || name.includes(':')) return undefined;
  return name;
}

export const directChat = (nick: string, mapping: CaseMapping): ChatInfo => ({
  id: fold(nick, mapping),
  kind: 'direct',
  name: nick,
});

export const channelChat = (name: string, mapping: CaseMapping): ChatInfo => ({
  id: fold(name, mapping),
  kind: 'channel',
  name,
});

export const buddyOf = (nick: string, mapping: CaseMapping): BuddyInfo => ({
  id: fold(nick, mapping),
  address: nick,
  name: nick,
});

/** What can be sent to under a chat's id; undefined for an id this adapter never minted. */
export function targetOf(id: ChatId, types: string): string | undefined {
  const target = isChannel(id, types) ? channelFrom(id, types) : nickFrom(id);
  return target === id ? target : undefined;
}

/**
 * Message ids. The network's own where it has one; else, where it gives the time, one made of what was said when, so
 * that a playback of the same message has the same id; else one that is never made twice.
 */
export class MessageIds {
  readonly #prefix = `~${crypto.randomUUID()}-`;
  #count = 0;
  #at = '';
  #said = new Map<string, number>();

  /** The same words said again in the same moment count as another message; a playback begins to count anew. */
  restart(): void {
    this.#at = '';
    this.#said.clear();
  }

  of({ tags, nick, params }: Pick<IrcMessage, 'tags' | 'nick' | 'params'>, timed: boolean): RemoteId {
    const own = networkId(tags);
    if (own !== undefined) return own;
    const at = tags.time ?? '';
    if (!timed || at === '') return `${this.#prefix}${++this.#count}`;
    if (at !== this.#at) this.#said.clear();
    this.#at = at;
    const hash = createHash('sha256')
      .update(JSON.stringify([at, nick, ...params]))
      .digest('base64url')
      .slice(0, 24);
    const nth = (this.#said.get(hash) ?? 0) + 1;
    if (this.#said.size < mostAtOnce) this.#said.set(hash, nth);
    return `~t${hash}${nth > 1 ? `-${nth}` : ''}`;
  }
}

/** Whether the network itself knows a message by this id. */
export const isNetworkId = (id: RemoteId): boolean => /^[^\s\p{C}~]\S{0,200}$/u.test(id) && !id.startsWith('sent:');

export function networkId(tags: Record<string, string>): RemoteId | undefined {
  const id = tags.msgid;
  return id && id.length <= 256 && !/[\p{Cc}]/u.test(id) ? id.toWellFormed() : undefined;
}
