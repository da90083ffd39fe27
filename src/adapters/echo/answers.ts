import type { BuddyInfo, ChatInfo, Event, OutgoingMessage, RemoteId } from '../../sdk/index.js';
import { buddyMessageId, chatWith, speakerOf } from './ids.js';
import type { Due } from './memory.js';
import { helpText, type Order } from './orders.js';
import { historian } from './past.js';

type Arrived = { id: RemoteId; buddy: string; message: Pick<OutgoingMessage, 'text' | 'html'>; at: number };

/** Buddies who hear and answer nothing. */
export const quiet: ReadonlySet<string> = new Set(['silent', historian]);

/** What a buddy does upon a message, and when. */
export function answersTo(arrived: Arrived, orders: readonly Order[]): Due[] {
  const { id, buddy, at } = arrived;
  const [chat, from] = [chatWith(buddy), speakerOf(buddy)];
  const due: Due[] = [];
  for (const order of orders) due.push(...sideEffects(order, { id, chat, from, at }));
  if (quiet.has(buddy) || orders.some((order) => order.do === 'no-echo')) return due;
  return [...due, ...echoes(arrived, orders, chat, from)].sort((a, b) => a.at - b.at);
}

function echoes({ id, message, at }: Arrived, orders: readonly Order[], chat: ChatInfo, from: BuddyInfo): Due[] {
  const find = <D extends Order['do']>(what: D) =>
    orders.find((order): order is Extract<Order, { do: D }> => order.do === what);
  const typing = find('typing');
  const first = at + (find('late-echo')?.ms ?? 0) + (typing?.ms ?? 0);
  const text = find('help') ? helpText : carried(message.text);
  const html = find('help') || message.html === undefined ? {} : { html: carried(message.html) };
  const echo = (now: number, words: string): Due => ({
    at: now,
    event: {
      type: 'message',
      chat,
      id: buddyMessageId(),
      from,
      text: words,
      format: 'plain',
      at: now,
      replyTo: id,
      ...html,
    },
  });
  const flood = find('flood');
  if (flood) return Array.from({ length: flood.count }, (_, i) => echo(first, `${i + 1} of ${flood.count}`));
  const answer = echo(first, text);
  const due = [answer];
  if (typing) due.unshift(typed(at, chat, from, true), typed(first, chat, from, false));
  if (find('duplicate')) due.push({ ...answer });
  if (answer.event.type !== 'message') return due;
  const target = answer.event.id;
  for (const order of orders) {
    if (order.do !== 'edit' && order.do !== 'delete') continue;
    const then = first + order.afterMs;
    if (order.do === 'delete') due.push({ at: then, event: { type: 'deletion', chat, target, at: then } });
    else due.push({ at: then, event: { type: 'edit', chat, target, text: `${text} (edited)`, at: then } });
  }
  return due;
}

const typed = (at: number, chat: ChatInfo, from: BuddyInfo, on: boolean): Due => ({
  at,
  event: { type: 'typing', chat, from, on },
});

type Scene = { id: RemoteId; chat: ChatInfo; from: BuddyInfo; at: number };

/** What an order does besides the echo. */
function sideEffects(order: Order, { id, chat, from, at }: Scene): Due[] {
  const now = (event: Event): Due[] => [{ at, event }];
  switch (order.do) {
    case 'receipt':
      return receipts(order, id, at);
    case 'react':
      return now({ type: 'reaction', chat, target: id, from, emoji: order.emoji, on: true, at });
    case 'presence':
      return now({
        type: 'presence',
        buddy: from,
        state: order.state,
        ...(order.note && { note: order.note }),
        ...(order.idleMs !== undefined && { idleSince: at - order.idleMs }),
        ...(order.call && { activity: 'call' }),
      });
    case 'time-zone':
      return now({ type: 'contact', buddy: from, timeZone: order.zone });
    case 'invite':
      return now({ type: 'chat', chat: chatWith(order.room), invite: { from, text: 'Come and see.' } });
    case 'rename':
      return now({ type: 'contact', buddy: { ...from, name: order.name } });
    default:
      return [];
  }
}

function receipts(order: Extract<Order, { do: 'receipt' }>, target: RemoteId, sent: number): Due[] {
  const at = sent + order.afterMs;
  const receipt = (proves: 'delivered' | 'read' | 'failed', reason?: string): Due => ({
    at,
    event: { type: 'receipt', target, proves, at, ...(reason && { reason }) },
  });
  if (order.proves === 'failed') return [receipt('failed', 'The practice network could not deliver it, as it asked.')];
  return order.proves === 'read' ? [receipt('delivered'), receipt('read')] : [receipt('delivered')];
}

/** The text as this network carries it: whole characters, no NUL. */
export const carried = (text: string): string => text.toWellFormed().replaceAll('\0', '');
