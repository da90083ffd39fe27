import { ApiError, call, messageOf } from '../api/client';
import type { Attachment, SendBody } from '../api/types';
import { remember } from './local';
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
const retryMs = 5000;
let storageKey: string | null = null;
let pending: Pending[] = [];
const running = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

export const pendingOf = (conversationId: string): Pending[] =>
  pending.filter((item) => item.conversationId === conversationId);

export function loadOutbox(userId: string): void {
  storageKey = `parley.outbox.${userId}`;
  try {
    const kept: Pending[] = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    pending = kept.map((item) => (item.state === 'sending' ? { ...item, state: 'waiting' } : item));
  } catch {
    pending = [];
  }
}

function keep(conversationId: string): void {
  if (storageKey) localStorage.setItem(storageKey, JSON.stringify(pending));
  store.touch(`t:${conversationId}`);
}

function update(key: string, change: Partial<Pending>): void {
  pending = pending.map((item) => (item.key === key ? { ...item, ...change } : item));
}

/** Shows the message at once and sends it, after those before it. Answers false when the outbox is full. */
export function enqueue(conversationId: string, body: SendBody, attachments: Attachment[]): boolean {
  if (pending.length >= limit) return false;
  const after = store.timelines.get(conversationId)?.items.at(-1)?.sentAt ?? null;
  pending.push({
    key: crypto.randomUUID(),
    conversationId,
    body,
    attachments,
    createdAt: new Date().toISOString(),
    state: 'sending',
    after,
  });
  keep(conversationId);
  void drain(conversationId);
  return true;
}

export function retryPending(key: string): void {
  const item = pending.find((one) => one.key === key);
  if (!item) return;
  update(key, { state: 'sending', why: undefined });
  keep(item.conversationId);
  void drain(item.conversationId);
}

export function discardPending(key: string): Pending | undefined {
  const item = pending.find((one) => one.key === key);
  pending = pending.filter((one) => one.key !== key);
  if (item) keep(item.conversationId);
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
  try {
    for (;;) {
      const next = pending.find((item) => item.conversationId === conversationId && item.state !== 'failed');
      if (!next || !(await post(next))) return;
    }
  } finally {
    running.delete(conversationId);
  }
}

async function post(item: Pending): Promise<boolean> {
  const { conversationId, key } = item;
  try {
    update(key, { state: 'sending', why: undefined });
    keep(conversationId);
    const answer = await call('sendMessage', {
      params: { id: conversationId },
      body: item.body,
      idempotencyKey: key,
    });
    pending = pending.filter((one) => one.key !== key);
    store.timelines.get(conversationId)?.put(answer.message);
    remember('timelines', conversationId);
    keep(conversationId);
    return true;
  } catch (error) {
    const passing = error instanceof ApiError && error.passing;
    update(key, { state: passing ? 'waiting' : 'failed', why: messageOf(error) });
    keep(conversationId);
    if (passing) timer ??= setTimeout(flushOutbox, retryMs);
    return !passing;
  }
}
