import type { Change, Contact, Frame, PresenceState } from '../api/types';
import { remember } from './local';
import { store } from './store';

const rank: Record<PresenceState, number> = { online: 4, away: 3, dnd: 2, unknown: 1, offline: 0 };
const typingMs = 8000;

/** Takes rows as they are now. Taking one twice changes nothing; an older one never replaces a newer one. */
export function applyChange(change: Change): void {
  switch (change.kind) {
    case 'account':
      return put(store.accounts, 'accounts', change);
    case 'contact':
      return put(store.contacts, 'contacts', change);
    case 'conversation':
      return put(store.conversations, 'conversations', change);
    case 'message':
      return applyMessage(change);
    case 'delivery':
      return applyDelivery(change);
  }
}

function put<T extends { rev: number }>(
  map: Map<string, T>,
  topic: 'accounts' | 'contacts' | 'conversations',
  change: { id: string; value: T | null },
): void {
  const known = map.get(change.id);
  if (change.value === null) map.delete(change.id);
  else if (known && known.rev > change.value.rev) return;
  else map.set(change.id, change.value);
  remember(topic, change.id);
  store.touch(topic);
}

function applyMessage(change: Extract<Change, { kind: 'message' }>): void {
  if (change.value === null) {
    for (const [id, timeline] of store.timelines) {
      if (!timeline.has(change.id)) continue;
      timeline.remove(change.id);
      remember('timelines', id);
      store.touch(`t:${id}`);
    }
    return;
  }
  const id = change.value.conversationId;
  // A merge or a split moves messages between conversations.
  for (const [other, timeline] of store.timelines) {
    if (other !== id && timeline.has(change.id)) {
      timeline.remove(change.id);
      store.touch(`t:${other}`);
    }
  }
  if (store.timelines.get(id)?.put(change.value)) {
    remember('timelines', id);
    store.touch(`t:${id}`);
  }
  if (change.value.direction === 'in' && change.value.sender.buddyId) stopTyping(id, change.value.sender.buddyId);
}

function applyDelivery(change: Extract<Change, { kind: 'delivery' }>): void {
  if (change.value) {
    const ledger = store.ledgers.get(change.value.messageId);
    if (!ledger) return;
    ledger.set(change.id, change.value);
    store.touch(`d:${change.value.messageId}`);
    return;
  }
  for (const [messageId, ledger] of store.ledgers) {
    if (ledger.delete(change.id)) store.touch(`d:${messageId}`);
  }
}

function stopTyping(conversationId: string, buddyId: string): void {
  if (store.typing.get(conversationId)?.delete(buddyId)) store.touch('typing');
}

function applyPresence(frame: Extract<Frame, { type: 'presence' }>): void {
  for (const news of frame.buddies) {
    const contact = news.contactId ? store.contacts.get(news.contactId) : undefined;
    if (!contact) continue;
    const buddies = contact.buddies.map((buddy) =>
      buddy.id === news.id ? { ...buddy, presence: { state: news.state, note: news.note } } : buddy,
    );
    const best = buddies.reduce<Contact['buddies'][number] | undefined>(
      (top, buddy) => (!top || rank[buddy.presence.state] > rank[top.presence.state] ? buddy : top),
      undefined,
    );
    store.contacts.set(contact.id, {
      ...contact,
      buddies,
      presence: best?.presence ?? contact.presence,
      bestBuddyId: best?.id ?? null,
    });
  }
  store.touch('contacts');
}

function applyTyping(frame: Extract<Frame, { type: 'typing' }>): void {
  if (!frame.on) return stopTyping(frame.conversationId, frame.buddyId);
  const until = Date.now() + typingMs;
  const people = store.typing.get(frame.conversationId) ?? new Map();
  store.typing.set(frame.conversationId, people.set(frame.buddyId, { name: frame.name, until }));
  store.touch('typing');
  setTimeout(() => {
    if (people.get(frame.buddyId)?.until === until) stopTyping(frame.conversationId, frame.buddyId);
  }, typingMs);
}

export function applyFrame(frame: Frame): void {
  switch (frame.type) {
    case 'changes':
      for (const change of frame.changes) applyChange(change);
      store.rev = frame.rev;
      remember('meta', 'rev');
      return;
    case 'presence':
      return applyPresence(frame);
    case 'typing':
      return applyTyping(frame);
    case 'ping':
      return;
  }
}
