import { createHash } from 'node:crypto';
import type { Element } from '@xmpp/client';
import { AdapterError, type OutgoingMessage, type RemoteId } from '../../sdk/index.js';
import { archiveOf, isOwnId, wireOf } from './ids.js';
import { ns } from './ns.js';
import type { Refs } from './refs.js';
import { carried, el } from './wire.js';

/** Where a message goes. */
export type Target = { kind: 'direct' | 'private' | 'room'; id: string; to: string };

/** The writer's id of a message of ours: the core's key, so that every echo tells it. */
export const stanzaId = (key: string): string =>
  /^[\w./-]{12,150}$/.test(key) ? key : createHash('sha256').update(key).digest('hex').slice(0, 32);

/** A text that XML carries. @throws AdapterError `rejected` where nothing is left of it */
export function textOf(text: string): string {
  const clean = carried(text.replace(/\r\n?/g, '\n'));
  if (clean.trim() === '') throw new AdapterError('rejected', 'There is nothing in this message that XMPP can carry.');
  return clean;
}

export const message = ({ kind, to }: Target, id: string | undefined, ...children: (Element | undefined)[]): Element =>
  el('message', { to, type: kind === 'room' ? 'groupchat' : 'chat', id }, ...children);

const privately = ({ kind }: Target) => (kind === 'private' ? el('x', { xmlns: ns.mucUser }) : undefined);
const asksReceipt = ({ kind }: Target) => (kind === 'room' ? undefined : el('request', { xmlns: ns.receipts }));
const markable = () => el('markable', { xmlns: ns.markers });
const originId = (id: string) => el('origin-id', { xmlns: ns.stanzaId, id });
const store = () => el('store', { xmlns: ns.hints });

export function textMessage(target: Target, id: string, text: string, reply: ReturnType<typeof replyParts>): Element {
  return message(
    target,
    id,
    el('body', {}, reply.quote + text),
    ...reply.elements,
    originId(id),
    asksReceipt(target),
    markable(),
    el('active', { xmlns: ns.chatStates }),
    privately(target),
  );
}

export function linkMessage(target: Target, id: string, url: string): Element {
  const link = el('x', { xmlns: ns.oob }, el('url', {}, url));
  return message(
    target,
    id,
    el('body', {}, url),
    link,
    originId(id),
    asksReceipt(target),
    markable(),
    privately(target),
  );
}

const quotedLines = 3;
const quotedLetters = 200;

/** The answered message as others know it, and a quotation for those who cannot show it. */
export function replyParts(
  target: Target,
  replyTo: OutgoingMessage['replyTo'],
  refs: Refs,
  ownBare: string,
): { quote: string; elements: Element[] } {
  const nothing = { quote: '', elements: [] };
  if (!replyTo) return nothing;
  const id = knownAs(target, replyTo.remoteId, refs);
  if (id === undefined) return nothing;
  const lines = carried(replyTo.text).split('\n').slice(0, quotedLines);
  const quote = lines.map((line) => `> ${[...line].slice(0, quotedLetters).join('')}\n`).join('');
  const own = isOwnId(replyTo.remoteId) || refs.byId(target.id, replyTo.remoteId)?.own === true;
  const nick = carried(replyTo.senderName).replace(/[\p{Cc}]/gu, ' ');
  const to = target.kind === 'room' ? `${target.to}/${nick}` : own ? ownBare : target.to;
  const range = el('body', { start: '0', end: String([...quote].length) });
  return {
    quote,
    elements: [el('reply', { xmlns: ns.reply, id, to }), el('fallback', { xmlns: ns.fallback, for: ns.reply }, range)],
  };
}

/** What everyone in the chat calls a message: in a room the room's id, elsewhere its writer's. */
export function knownAs(target: Target, id: RemoteId, refs: Refs): string | undefined {
  if (target.kind === 'room') return archiveOf(id);
  return wireOf(id) ?? refs.byId(target.id, id)?.wire;
}

export function editMessage(target: Target, id: string, wire: string, text: string): Element {
  const replace = el('replace', { xmlns: ns.correct, id: wire });
  return message(target, id, el('body', {}, text), replace, originId(id), markable(), privately(target));
}

const retracted = '/me retracted a previous message, but it’s unsupported by your client.';

/** In the words of today's clients, and in those of some years ago. */
export function retraction(target: Target, id: string, known: string, wire: string): Element {
  return message(
    target,
    id,
    el('body', {}, retracted),
    el('retract', { xmlns: ns.retract, id: known }),
    el('apply-to', { xmlns: ns.fasten, id: wire }, el('retract', { xmlns: ns.oldRetract })),
    el('fallback', { xmlns: ns.fallback, for: ns.retract }),
    store(),
    privately(target),
  );
}

export function reactionsMessage(target: Target, id: string, known: string, set: string[]): Element {
  const all = set.map((emoji) => el('reaction', {}, emoji));
  return message(target, id, el('reactions', { xmlns: ns.reactions, id: known }, ...all), store(), privately(target));
}

export const chatState = (target: Target, state: 'composing' | 'paused'): Element =>
  message(
    target,
    undefined,
    el(state, { xmlns: ns.chatStates }),
    el('no-store', { xmlns: ns.hints }),
    privately(target),
  );

export const displayed = (target: Target, known: string): Element =>
  message(target, undefined, el('displayed', { xmlns: ns.markers, id: known }), store(), privately(target));

export const received = (to: string, wire: string): Element =>
  el('message', { to, type: 'chat' }, el('received', { xmlns: ns.receipts, id: wire }), store());
