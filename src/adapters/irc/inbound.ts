import type { IrcMessage } from 'irc-framework';
import type { BuddyInfo, ChatInfo, MessageEvent } from '../../sdk/index.js';
import { readFormatting } from './formatting.js';
import { buddyOf, type CaseMapping, channelChat, directChat, isChannel, type MessageIds, maxName } from './ids.js';

/** How names are read on this connection. */
export type Names = {
  nick: string;
  caseMapping: CaseMapping;
  channelTypes: string;
  statusPrefixes: string;
  same(one: string, other: string): boolean;
};

/** A PRIVMSG or NOTICE taken apart. `wire` is its text as it came. */
export type Said = {
  chat: ChatInfo;
  from: BuddyInfo | undefined;
  wire: string;
  ctcp: string | undefined;
  target: string;
};

/** Answers nothing for what is not meant for people: masks, the server's own notices, malformed lines. */
export function readSaid(message: IrcMessage, names: Names): Said | undefined {
  const [to = '', wire] = message.params;
  const { nick } = message;
  if (wire === undefined || nick === '' || nick.length > maxName || to === '' || to.length > maxName) return undefined;
  const ctcp = wire.startsWith('\x01') ? wire.slice(1).replace(/\x01$/, '') : undefined;
  const own = names.same(nick, names.nick);
  const from = own ? undefined : buddyOf(nick, names.caseMapping);
  const target = channelOf(to, names);
  if (target !== undefined) return { chat: channelChat(target, names.caseMapping), from, wire, ctcp, target };
  if (own) return { chat: directChat(to, names.caseMapping), from, wire, ctcp, target: to };
  if (!names.same(to, names.nick)) return undefined;
  return { chat: directChat(nick, names.caseMapping), from, wire, ctcp, target: to };
}

/** The channel a target names, without the prefix that says "its operators only". */
function channelOf(target: string, { channelTypes, statusPrefixes }: Names): string | undefined {
  if (isChannel(target, channelTypes)) return target;
  const rest = target.slice(1);
  return statusPrefixes.includes(target.charAt(0)) && isChannel(rest, channelTypes) ? rest : undefined;
}

/** The event of what was said; nothing where no text is left once the formatting is read. */
export function messageEvent(
  said: Said,
  message: IrcMessage,
  context: { ids: MessageIds; clock: Clocks; past: boolean },
): MessageEvent | undefined {
  const action = said.ctcp?.startsWith('ACTION ') ? said.ctcp.slice('ACTION '.length) : undefined;
  const { text, html } = readFormatting(action ?? said.wire);
  if (text.trim() === '') return undefined;
  const replyTo = answered(message.tags);
  const plain = html === undefined ? 'plain' : 'html';
  return {
    type: 'message',
    chat: said.chat,
    id: context.ids.of(message, serverTime(message.tags, context.clock) !== undefined),
    ...(said.from && { from: said.from }),
    text,
    ...(html !== undefined && { html }),
    format: message.command === 'NOTICE' ? 'notice' : action !== undefined ? 'action' : plain,
    at: timeOf(message, context.clock),
    ...(replyTo !== undefined && { replyTo }),
    ...(context.past && { backfill: true }),
  };
}

/** The message that this one answers, or reacts to. */
export function answered(tags: Record<string, string>): string | undefined {
  const id = tags['+reply'] || tags['+draft/reply'];
  return id && id.length <= 256 ? id.toWellFormed() : undefined;
}

/** A reaction; its text is any, so it is bounded. */
export function reactionOf(tags: Record<string, string>): { target: string; emoji: string; on: boolean } | undefined {
  const emoji = tags['+draft/react'] ?? tags['+draft/unreact'];
  const target = answered(tags);
  if (!emoji || emoji.length > 64 || /\p{Cc}/u.test(emoji) || target === undefined) return undefined;
  return { target, emoji: emoji.toWellFormed(), on: '+draft/react' in tags };
}

const earliest = Date.UTC(1990, 0, 1);
/** Our time, and how far the server's clock is ahead of it. */
export type Clocks = { now: number; skew: number };

/** The server's time where it gave one that can be true. */
export function timeOf(message: IrcMessage, clock: Clocks): number {
  return serverTime(message.tags, clock) ?? clock.now;
}

/** By our clock. */
export function serverTime(tags: Record<string, string>, { now, skew }: Clocks): number | undefined {
  const at = rawTime(tags);
  return at !== undefined && at - skew >= earliest && at - skew <= now + 60_000 ? at - skew : undefined;
}

/** By the server's own clock. */
export function rawTime(tags: Record<string, string>): number | undefined {
  const text = tags.time ?? '';
  // Each line is asked several times, and lines of one moment say the same.
  if (text !== lastTime.text) {
    const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(text) ? Date.parse(text) : Number.NaN;
    lastTime = { text, at: Number.isFinite(at) ? at : undefined };
  }
  return lastTime.at;
}

let lastTime: { text: string; at: number | undefined } = { text: '', at: undefined };
