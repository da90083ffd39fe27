import { call } from '../api/client';
import type { Message } from '../api/types';
import { markedInCopy, rememberMarked } from './local';
import { store } from './store';

/** Conversations whose pinned messages are kept in memory. */
const limit = 30;

/** Asks for the pinned messages of a conversation; the stream keeps them in step from then on. */
export async function loadPins(conversationId: string): Promise<void> {
  if (!store.pins.has(conversationId)) await restorePins(conversationId);
  const { items } = await call('listPins', { params: { id: conversationId } });
  rememberMarked(items);
  putPins(conversationId, items);
}

/** Those that this browser keeps, for they can be had without the server. */
async function restorePins(conversationId: string): Promise<void> {
  const kept = await markedInCopy();
  const pins = kept.filter((one) => one.pinned === true && one.conversationId === conversationId);
  if (pins.length > 0 && !store.pins.has(conversationId)) putPins(conversationId, pins);
}

function putPins(conversationId: string, items: Message[]): void {
  store.pins.delete(conversationId);
  store.pins.set(conversationId, items);
  for (const id of store.pins.keys()) {
    if (store.pins.size <= limit) break;
    store.pins.delete(id);
  }
  store.touch(`pins:${conversationId}`);
}

/** Messages that the page of starred ones shows. */
let shownStarred: ReadonlySet<string> = new Set();

export function watchStarred(ids: ReadonlySet<string>): void {
  shownStarred = ids;
}

/** A message as it is now, or one that is gone: what shows marked ones stays in step. */
export function followMarks(id: string, message: Message | null): void {
  if (message?.starred === true || shownStarred.has(id)) store.touch('starred');
  followPins(id, message);
}

function followPins(id: string, message: Message | null): void {
  for (const [conversationId, items] of store.pins) {
    const known = items.find((one) => one.id === id);
    const here = message?.pinned === true && message.conversationId === conversationId;
    if (!known && !here) continue;
    if (known && message && known.rev > message.rev) continue;
    const others = items.filter((one) => one.id !== id);
    const next =
      !here || !message ? others : known ? items.map((one) => (one.id === id ? message : one)) : [message, ...others];
    store.pins.set(conversationId, next);
    store.touch(`pins:${conversationId}`);
  }
}
