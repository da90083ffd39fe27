import type { Message } from '../api/types';
import { type Entrusted, entrust, entrustedMessage, outboxTag, takeBack } from '../entrusted';

type Unsent = Omit<Entrusted, 'userId'> & { state: 'sending' | 'waiting' | 'failed' };

/** Chromium's: a worker is called once the network is back, though no page is open. */
type Syncing = ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } };

/** Keys of what the worker may have sent: all it was given, and all from before this page was opened. */
const theirs = new Set<string>();

export function mayBeSent(keys: readonly string[]): void {
  for (const key of keys) theirs.add(key);
}

export const forgetTheirs = (): void => theirs.clear();

/** Leaves unsent messages to the service worker, where the browser calls it when it can send them. */
export async function leaveToWorker(userId: string, pending: readonly Unsent[]): Promise<void> {
  const messages = pending
    .filter(({ state }) => state !== 'failed')
    .map(({ key, conversationId, body, createdAt }): Entrusted => ({ key, userId, conversationId, body, createdAt }));
  if (messages.length === 0) return;
  try {
    const registration: Syncing | undefined = await navigator.serviceWorker?.getRegistration();
    if (!registration?.active || !registration.sync) return;
    mayBeSent(messages.map(({ key }) => key));
    await entrust(messages);
    await registration.sync.register(outboxTag);
  } catch {
    // This page sends them, or the next one.
  }
}

/** The worker has nothing more to do with it: it is sent, or given up. */
export function takeFromWorker(key: string): void {
  if (theirs.delete(key)) takeBack(key).catch(() => {});
}

/** What the server answered the worker, if that has sent it. */
export async function sentByWorker(key: string): Promise<Message | undefined> {
  if (!theirs.has(key)) return undefined;
  try {
    return (await entrustedMessage(key))?.sent;
  } catch {
    return undefined;
  }
}
