import { ApiError, call, messageOf } from '../api/client';
import type { Attachment, Message, SendBody } from '../api/types';
import { outboxLock, outboxPrefix } from '../entrusted';
import { newKey } from '../new-key';
import { forgetTheirs, leaveToWorker, mayBeSent, sentByWorker, takeFromWorker } from './entrusting';
import { forgetAllHeld, hold } from './held';
import { rememberMessage } from './local';
import { store } from './store';

/** A message on its way to the server. The key makes sending it twice harmless. */
export type Pending = {
  key: string;
  conversationId: string;
  body: SendBody;
  attachments: Attachment[];
  createdAt: string;
  state: 'sending' | 'waiting' | 'failed';
  why?: string;
  /** Newest message known when it was written, to tell its echo from an older equal text. */
  after: string | null;
};

const limit = 200;
const firstDelayMs = 1500;
const lastDelayMs = 60_000;

/** One entry of the browser's storage a message, so that two pages never overwrite each other's. */
let prefix: string | null = null;
let owner = '';
let pending: Pending[] = [];
const running = new Set<string>();
/** Those that are in the browser's storage for certain: what is missing there was taken by another page. */
const stored = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;
let tries = 0;
let lastAt = 0;

export const pendingOf = (conversationId: string): Pending[] =>
  pending.filter((item) => item.conversationId === conversationId);

/** Takes up what this user had not sent yet. */
export function openOutbox(userId: string): void {
  closeOutbox();
  prefix = outboxPrefix(userId);
  owner = userId;
  pending = keysFrom(prefix).flatMap(read).sort(byTime);
  mayBeSent(pending.map(({ key }) => key));
}

/** Lets go of everything; what is not sent stays in the browser's storage for its writer. */
export function closeOutbox(): void {
  clearTimeout(timer);
  timer = undefined;
  tries = 0;
  prefix = null;
  pending = [];
  forgetAllHeld();
  forgetTheirs();
  running.clear();
}

const byTime = (a: Pending, b: Pending) => (a.createdAt < b.createdAt ? -1 : 1);

/** Another page of this browser wrote, sent or gave up a message: it is shown here too, and sent from here if that page goes. */
export function followOutbox({ key, newValue, oldValue }: StorageEvent): void {
  if (prefix === null || !key?.startsWith(prefix)) return;
  const known = pending.find((one) => prefix + one.key === key);
  const [item] = newValue === null ? [] : parse(newValue);
  pending = [...pending.filter((one) => one !== known), ...(item ? [item] : [])].sort(byTime);
  const conversationId = (item ?? known)?.conversationId;
  if (conversationId === undefined) return;
  store.touch(`t:${conversationId}`);
  if (item && oldValue === null) void drain(conversationId);
}

function parse(text: string): Pending[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}

function keysFrom(start: string): string[] {
  return Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? '').filter((key) =>
    key.startsWith(start),
  );
}

function read(key: string): Pending[] {
  const found = parse(localStorage.getItem(key) ?? '');
  if (found.length === 0) localStorage.removeItem(key);
  return found.map((item) => (item.state === 'sending' ? { ...item, state: 'waiting' } : item));
}

/** Writes one message down and shows it as it is now. */
function keep(item: Pending): void {
  try {
    if (prefix !== null) {
      localStorage.setItem(prefix + item.key, JSON.stringify(item));
      stored.add(item.key);
    }
  } catch {
    // Storage is full or closed to us: the message is in memory still.
  }
  store.touch(`t:${item.conversationId}`);
}

function drop(item: Pending): void {
  pending = pending.filter((one) => one.key !== item.key);
  stored.delete(item.key);
  takeFromWorker(item.key);
  if (prefix !== null) localStorage.removeItem(prefix + item.key);
  store.touch(`t:${item.conversationId}`);
}

function update(key: string, change: Pick<Pending, 'state' | 'why'>): void {
  pending = pending.map((item) => {
    if (item.key !== key) return item;
    const next = { ...item, ...change };
    keep(next);
    return next;
  });
}

/** A time of its own for each message, for their order rests on it. */
function nextTime(): string {
  lastAt = Math.max(Date.now(), lastAt + 1);
  return new Date(lastAt).toISOString();
}

/** Shows the message at once and sends it, after those before it. Answers false when the outbox is full. */
export function enqueue(conversationId: string, body: SendBody, attachments: Attachment[]): boolean {
  if (pending.length >= limit) return false;
  const item: Pending = {
    key: newKey(),
    conversationId,
    body,
    attachments,
    createdAt: nextTime(),
    state: pendingOf(conversationId).some((one) => one.state === 'waiting') ? 'waiting' : 'sending',
    after: store.timelines.get(conversationId)?.items.at(-1)?.sentAt ?? null,
  };
  pending = [...pending, item];
  keep(item);
  if (item.state === 'waiting') leaveUnsent();
  void drain(conversationId);
  return true;
}

export function retryPending(key: string): void {
  const item = pending.find((one) => one.key === key);
  if (!item) return;
  update(key, { state: 'sending', why: undefined });
  void drain(item.conversationId);
}

export function discardPending(key: string): Pending | undefined {
  const item = pending.find((one) => one.key === key);
  if (item) drop(item);
  return item;
}

/** Tries what waits, e.g. after a reconnection. */
export function flushOutbox(): void {
  clearTimeout(timer);
  timer = undefined;
  for (const id of new Set(pending.map((item) => item.conversationId))) void drain(id);
}

async function drain(conversationId: string): Promise<void> {
  if (running.has(conversationId)) return;
  running.add(conversationId);
  const mine = prefix;
  try {
    await alone(outboxLock(owner, conversationId), async () => {
      for (;;) {
        const next = pending.find((item) => item.conversationId === conversationId && item.state !== 'failed');
        if (!next || prefix !== mine || !(await post(next)) || prefix !== mine) return;
      }
    });
  } finally {
    if (prefix === mine) running.delete(conversationId);
  }
}

/** One page, or the worker, at a time sends what is written in a conversation. Plain-HTTP pages have no locks; the keys hold. */
async function alone(name: string, work: () => Promise<void>): Promise<void> {
  if (navigator.locks) await navigator.locks.request(name, work);
  else await work();
}

/** Another page sent it, or its writer gave it up there. */
const isElsewhere = ({ key }: Pending): boolean => stored.has(key) && localStorage.getItem(`${prefix}${key}`) === null;

async function send(item: Pending): Promise<Message> {
  const { conversationId, body, key } = item;
  const mine = prefix;
  const { message } = await call('sendMessage', { params: { id: conversationId }, body, idempotencyKey: key });
  if (prefix === mine) hold(item, message);
  return message;
}

/** Answers whether the message after this one may go. */
async function post(item: Pending): Promise<boolean> {
  const { conversationId, key } = item;
  const mine = prefix;
  if (isElsewhere(item)) {
    drop(item);
    return true;
  }
  update(key, { state: 'sending', why: undefined });
  try {
    const message = (await sentByWorker(key)) ?? (await send(item));
    if (prefix !== mine) return false;
    tries = 0;
    drop(item);
    store.timelines.get(conversationId)?.put(message);
    rememberMessage(message.id, message);
    return true;
  } catch (error) {
    if (prefix !== mine) return false;
    const later = error instanceof ApiError && (error.passing || error.status === 401);
    update(key, { state: later ? 'waiting' : 'failed', why: messageOf(error) });
    if (!later) {
      takeFromWorker(key);
      return true;
    }
    for (const behind of pendingOf(conversationId)) {
      if (behind.state === 'sending') update(behind.key, { state: 'waiting' });
    }
    tryLater(error.retryAfterMs);
    return false;
  }
}

/** Should the page be closed before they are sent. */
export const leaveUnsent = (): void => void leaveToWorker(owner, pending);

function tryLater(askedMs = 0): void {
  leaveUnsent();
  const ceiling = Math.min(lastDelayMs, firstDelayMs * 2 ** tries);
  tries += timer ? 0 : 1;
  timer ??= setTimeout(flushOutbox, Math.max(askedMs, ceiling / 2 + Math.random() * (ceiling / 2)));
}
