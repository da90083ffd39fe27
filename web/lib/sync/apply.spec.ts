import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Change, Contact, Conversation, Delivery, Message } from '../api/types';
import { applyChange, applyFrame } from './apply';
import { store } from './store';
import { aConversation } from './testing';

/** Nothing lies before a page. */
const all = { stored: false, history: null };

const buddy = (id: string, accountId: string, state: Contact['presence']['state']) => ({
  id,
  accountId,
  network: 'irc',
  address: id,
  name: id,
  presence: { state },
});
const contact = (rev: number, buddies: Contact['buddies'] = [], name = 'Ada'): Contact => ({
  id: 'p1',
  name,
  buddies,
  addresses: [],
  presence: buddies[0]?.presence ?? { state: 'unknown' },
  bestBuddyId: buddies[0]?.id ?? null,
  conversationId: null,
  favourite: false,
  rev,
});
const chat = (id: string): Conversation['chats'][number] => ({
  id,
  accountId: 'a1',
  network: 'irc',
  kind: 'direct',
  name: id,
  buddyId: null,
  joined: true,
});
const conversation = (id: string, rev: number, chats = ['h1']): Conversation =>
  aConversation({ id, name: id, chats: chats.map(chat), rev });
const message = (id: string, conversationId: string, rev: number): Message => ({
  id,
  conversationId,
  chatId: 'h1',
  accountId: 'a1',
  network: 'irc',
  direction: 'in',
  sender: { buddyId: 'b1', name: 'Ada' },
  text: id,
  format: 'plain',
  sentAt: '2026-01-01T00:00:00.000Z',
  rev,
  attachments: [],
  reactions: [],
});
const take = {
  contact: (value: Contact): Change => ({ kind: 'contact', id: value.id, rev: value.rev, value }),
  conversation: (value: Conversation): Change => ({ kind: 'conversation', id: value.id, rev: value.rev, value }),
  message: (value: Message): Change => ({ kind: 'message', id: value.id, rev: value.rev, value }),
};

beforeEach(() => {
  vi.useFakeTimers();
  // A page in the background: changes are told by timer, and nothing draws.
  vi.stubGlobal('document', { hidden: true });
  vi.stubGlobal('fetch', () => new Promise(() => {}));
});
afterEach(() => {
  store.clear();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('revisions', () => {
  test('an older row never replaces a newer one; the same one again changes nothing', () => {
    applyChange(take.contact(contact(5, [], 'new')));
    applyChange(take.contact(contact(4, [], 'old')));
    applyChange(take.contact(contact(5, [], 'new')));
    expect(store.contacts.get('p1')?.name).toBe('new');
  });

  test('a row that went does not come back with an answer from before', () => {
    applyChange(take.contact(contact(5)));
    applyChange({ kind: 'contact', id: 'p1', rev: 8, value: null });
    applyChange(take.contact(contact(7)));
    expect(store.contacts.has('p1')).toBe(false);
  });

  test('a row that went comes back with a later revision, as a split does', () => {
    applyChange({ kind: 'contact', id: 'p1', rev: 8, value: null });
    applyChange(take.contact(contact(9)));
    expect(store.contacts.has('p1')).toBe(true);
  });

  test('a tombstone from before leaves a newer row alone', () => {
    applyChange(take.contact(contact(9)));
    applyChange({ kind: 'contact', id: 'p1', rev: 8, value: null });
    expect(store.contacts.has('p1')).toBe(true);
  });

  test('the revision the client is complete up to never goes back', () => {
    applyFrame({ type: 'changes', changes: [], rev: 12 });
    applyFrame({ type: 'changes', changes: [take.contact(contact(10))], rev: 10 });
    expect(store.rev).toBe(12);
  });
});

describe('conversations', () => {
  test('a message lands in its timeline only where that is in memory', () => {
    store.timeline('v1').replaceLatest([], all);
    applyChange(take.message(message('m1', 'v1', 1)));
    applyChange(take.message(message('m2', 'v2', 2)));
    expect(store.timelines.get('v1')?.has('m1')).toBe(true);
    expect(store.timelines.has('v2')).toBe(false);
  });

  test('a message that moved is in one timeline', () => {
    store.timeline('v1').replaceLatest([message('m1', 'v1', 1)], all);
    store.timeline('v2').replaceLatest([], all);
    applyChange(take.message(message('m1', 'v2', 2)));
    expect(store.timelines.get('v1')?.has('m1')).toBe(false);
    expect(store.timelines.get('v2')?.has('m1')).toBe(true);
  });

  test('after a merge the timeline is asked for anew; after anything else it stays', () => {
    applyChange(take.conversation(conversation('v1', 1)));
    const timeline = store.timeline('v1');
    timeline.replaceLatest([message('m1', 'v1', 1)], all);
    applyChange(take.conversation({ ...conversation('v1', 2), unread: 3 }));
    expect(timeline).toMatchObject({ fresh: true, loading: null });
    applyChange(take.conversation(conversation('v1', 3, ['h1', 'h2'])));
    expect(timeline).toMatchObject({ fresh: false, loading: 'latest' });
  });

  test('a conversation merged away takes its timeline along', () => {
    applyChange(take.conversation(conversation('v1', 1)));
    store.timeline('v1').replaceLatest([message('m1', 'v1', 1)], all);
    applyChange({ kind: 'conversation', id: 'v1', rev: 2, value: null });
    expect(store.timelines.has('v1')).toBe(false);
  });
});

describe('presence', () => {
  test('a contact is as reachable as its most available buddy', () => {
    applyChange(take.contact(contact(1, [buddy('b1', 'a1', 'offline'), buddy('b2', 'a2', 'unknown')])));
    const news = { id: 'b2', contactId: 'p1', state: 'away' as const, note: 'lunch' };
    applyFrame({ type: 'presence', buddies: [news] });
    expect(store.contacts.get('p1')).toMatchObject({ presence: { state: 'away', note: 'lunch' }, bestBuddyId: 'b2' });
    applyFrame({ type: 'presence', buddies: [{ id: 'b1', contactId: 'p1', state: 'online' }] });
    expect(store.contacts.get('p1')).toMatchObject({ presence: { state: 'online' }, bestBuddyId: 'b1' });
  });

  test('typing ends by itself, and with the message', () => {
    const typing = { type: 'typing' as const, conversationId: 'v1', buddyId: 'b1', name: 'Ada', on: true };
    applyFrame(typing);
    expect(store.typing.get('v1')?.size).toBe(1);
    vi.advanceTimersByTime(60_000);
    expect(store.typing.get('v1')?.size).toBe(0);
    applyFrame(typing);
    applyChange(take.message(message('m1', 'v1', 1)));
    expect(store.typing.get('v1')?.size).toBe(0);
  });
});

test('a delivery is taken into an open ledger, the newest state of it', () => {
  const delivery = (status: Delivery['status'], rev: number): Change => ({
    kind: 'delivery',
    id: 'd1',
    rev,
    value: {
      id: 'd1',
      messageId: 'm1',
      channel: 'im',
      accountId: 'a1',
      network: 'irc',
      chatId: null,
      target: 'ada',
      status,
      dueAt: null,
      step: 0,
      attempts: [],
      rev,
    },
  });
  applyChange(delivery('queued', 1));
  expect(store.ledgers.size).toBe(0);
  store.ledgers.set('m1', new Map());
  applyChange(delivery('sent', 3));
  applyChange(delivery('sending', 2));
  expect(store.ledgers.get('m1')?.get('d1')?.status).toBe('sent');
});

test('at most two dozen timelines stay in memory, the one in view among them', () => {
  store.shown.add('v0');
  for (let index = 0; index < 40; index += 1) store.timeline(`v${index}`);
  expect(store.timelines.size).toBeLessThanOrEqual(24);
  expect(store.timelines.has('v0')).toBe(true);
  expect(store.timelines.has('v39')).toBe(true);
});

test('a broadcast is as the newest word of it says, and goes with its tombstone', () => {
  const progress = {
    waiting: 0,
    problem: 0,
    queued: 0,
    sending: 0,
    sent: 0,
    delivered: 0,
    read: 0,
    failed: 0,
    unknown: 0,
    cancelled: 0,
  };
  const broadcast = (rev: number, sent: number): Change => ({
    kind: 'broadcast',
    id: 'b1',
    rev,
    value: {
      id: 'b1',
      name: 'Regatta',
      text: 'Saturday at ten',
      state: 'running',
      total: 9,
      progress: { ...progress, sent, waiting: 9 - sent },
      createdAt: '2026-01-01T00:00:00.000Z',
      startsAt: null,
      finishedAt: null,
      rev,
    },
  });
  applyChange(broadcast(5, 4));
  applyChange(broadcast(3, 1));
  expect(store.broadcasts.get('b1')?.progress).toMatchObject({ sent: 4, waiting: 5 });
  applyChange({ kind: 'broadcast', id: 'b1', rev: 6, value: null });
  applyChange(broadcast(5, 4));
  expect(store.broadcasts.size).toBe(0);
});
