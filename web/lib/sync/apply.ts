import type { Buddy, Change, Contact, Conversation, Delivery, Frame, Message, PresenceState } from '../api/types';
import { tellAlerts } from './alerts';
import { reloadTimeline } from './load';
import { remember, rememberMessage } from './local';
import { followMarks } from './marked';
import { store } from './store';
import { putInThread, takeOutOfThreads } from './threads';
import { setUser } from './user';

const rank: Record<PresenceState, number> = { online: 4, away: 3, dnd: 2, unknown: 1, offline: 0 };
const typingMs = 8000;
const graveLimit = 1000;

/** Takes rows as they are now. Taking one twice changes nothing; an older one never replaces a newer one. */
export function applyChange(change: Change): void {
  switch (change.kind) {
    case 'account':
      put(store.accounts, 'accounts', change);
      return;
    case 'contact':
      put(store.contacts, 'contacts', change);
      return;
    case 'conversation':
      applyConversation(change);
      return;
    case 'message':
      applyMessage(change);
      return;
    case 'delivery':
      applyDelivery(change);
      return;
    case 'broadcast':
      put(store.broadcasts, 'broadcasts', change);
      return;
    case 'user':
      if (change.value && change.value.rev >= (store.user?.rev ?? 0)) setUser(change.value);
      return;
  }
}

/** What the server answered to a call of ours, before the stream tells of it. */
export const takeMessage = (value: Message): void =>
  applyChange({ kind: 'message', id: value.id, rev: value.rev, value });
export const takeConversation = (value: Conversation): void =>
  applyChange({ kind: 'conversation', id: value.id, rev: value.rev, value });
export const takeDelivery = (value: Delivery): void =>
  applyChange({ kind: 'delivery', id: value.id, rev: value.rev, value });

/** Answers whether the change was news. */
function put<T extends { rev: number }>(
  map: Map<string, T>,
  topic: 'accounts' | 'contacts' | 'conversations' | 'broadcasts',
  change: { id: string; rev: number; value: T | null },
): boolean {
  const known = map.get(change.id);
  const rev = change.value?.rev ?? change.rev;
  if (known && known.rev > rev) return false;
  if ((store.graves.get(change.id) ?? -1) >= rev) return false;
  if (change.value === null) {
    map.delete(change.id);
    bury(change.id, rev);
  } else {
    map.set(change.id, change.value);
    store.graves.delete(change.id);
  }
  if (topic !== 'broadcasts') remember(topic, change.id);
  store.touch(topic);
  return true;
}

function bury(id: string, rev: number): void {
  store.graves.set(id, rev);
  for (const oldest of store.graves.keys()) {
    if (store.graves.size <= graveLimit) return;
    store.graves.delete(oldest);
  }
}

/** A merge or a split moves chats and leaves their messages as they are, so the timeline is asked for anew. */
function applyConversation(change: Extract<Change, { kind: 'conversation' }>): void {
  const before = store.conversations.get(change.id);
  if (!put(store.conversations, 'conversations', change)) return;
  if (change.value === null) {
    store.timelines.delete(change.id);
    store.touch(`t:${change.id}`);
    remember('timelines', change.id);
  } else if (before && chatsOf(before) !== chatsOf(change.value)) {
    reloadTimeline(change.id);
    remember('timelines', change.id);
  }
}

const chatsOf = ({ chats }: Conversation): string =>
  chats
    .map((chat) => chat.id)
    .sort()
    .join(' ');

function applyMessage(change: Extract<Change, { kind: 'message' }>): void {
  rememberMessage(change.id, change.value);
  followMarks(change.id, change.value);
  if (change.value === null) {
    takeOutOfThreads(change.id);
    for (const [id, timeline] of store.timelines) {
      if (!timeline.has(change.id)) continue;
      timeline.remove(change.id);
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
  followLast(change.value);
  putInThread(change.value);
  if (store.timelines.get(id)?.put(change.value)) store.touch(`t:${id}`);
  if (change.value.direction === 'in' && change.value.sender.buddyId) stopTyping(id, change.value.sender.buddyId);
}

/** The list shows how the last message stands; the message itself says when that moves on. */
function followLast({ id, conversationId, status, deletedAt }: Message): void {
  const deleted = deletedAt !== undefined;
  const conversation = store.conversations.get(conversationId);
  const last = conversation?.lastMessage;
  if (!conversation || last?.id !== id) return;
  if (last.status === status && (last.deleted ?? false) === deleted) return;
  store.conversations.set(conversationId, { ...conversation, lastMessage: { ...last, status, deleted } });
  store.touch('conversations');
}

function applyDelivery(change: Extract<Change, { kind: 'delivery' }>): void {
  if (change.value) {
    const ledger = store.ledgers.get(change.value.messageId);
    if (!ledger || (ledger.get(change.id)?.rev ?? -1) > change.value.rev) return;
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
  for (const { id, contactId, ...presence } of frame.buddies) {
    const contact = contactId ? store.contacts.get(contactId) : undefined;
    if (!contact) continue;
    const buddies = contact.buddies.map((buddy) => (buddy.id === id ? { ...buddy, presence } : buddy));
    setBuddies(contact, buddies);
  }
  store.touch('contacts');
}

/** The contact is as reachable as its most available buddy, the first of equals. */
function setBuddies(contact: Contact, buddies: Buddy[]): void {
  const best = buddies.reduce<Buddy | undefined>(
    (top, buddy) => (!top || rank[buddy.presence.state] > rank[top.presence.state] ? buddy : top),
    undefined,
  );
  store.contacts.set(contact.id, {
    ...contact,
    buddies,
    presence: best?.presence ?? { state: 'unknown' },
    bestBuddyId: best?.id ?? null,
  });
}

function applyTyping(frame: Extract<Frame, { type: 'typing' }>): void {
  if (!frame.on) {
    stopTyping(frame.conversationId, frame.buddyId);
    return;
  }
  const until = Date.now() + typingMs;
  const people = store.typing.get(frame.conversationId) ?? new Map();
  store.typing.set(frame.conversationId, people.set(frame.buddyId, { name: frame.name, until }));
  store.touch('typing');
  setTimeout(() => {
    if (people.get(frame.buddyId)?.until === until) stopTyping(frame.conversationId, frame.buddyId);
  }, typingMs);
}

/** All changes up to this revision are taken. */
export function reach(rev: number): void {
  store.rev = Math.max(store.rev, rev);
  remember('meta', 'rev');
}

export function applyFrame(frame: Frame): void {
  switch (frame.type) {
    case 'changes':
      for (const change of frame.changes) applyChange(change);
      reach(frame.rev);
      return;
    case 'presence':
      applyPresence(frame);
      return;
    case 'typing':
      applyTyping(frame);
      return;
    case 'alerts':
      tellAlerts(frame.alerts);
      return;
    case 'ping':
      return;
  }
}
