import type { Message, SendBody } from './api/types';
import { done } from './idb';

/**
 * Unsent messages that the page leaves to the service worker, which sends them although the page was closed. Used by
 * both. What the worker sent stays here, with the server's answer, until a page has taken notice of it: the server knows
 * a key for a day only, and a page may come back later than that.
 */
export type Entrusted = {
  key: string;
  userId: string;
  conversationId: string;
  body: SendBody;
  createdAt: string;
  sent?: Message;
};

/** What the browser calls the worker for. */
export const outboxTag = 'parley-outbox';

/** Where the page keeps the unsent messages of a user. */
export const outboxPrefix = (userId: string): string => `parley.outbox.${userId}.`;

/** Whoever holds it, a page or the worker, sends what is written in that conversation; the others wait. */
export const outboxLock = (userId: string, conversationId: string): string =>
  `${outboxPrefix(userId)}${conversationId}`;

async function within<T>(mode: IDBTransactionMode, work: (all: IDBObjectStore) => Promise<T>): Promise<T> {
  const request = indexedDB.open('parley-outbox', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('messages', { keyPath: 'key' });
  const db = await done(request);
  try {
    return await work(db.transaction('messages', mode).objectStore('messages'));
  } finally {
    db.close();
  }
}

/** What is here already stays as it is. */
export const entrust = (messages: readonly Entrusted[]): Promise<void> =>
  within('readwrite', async (all) => {
    const known = new Set(await done(all.getAllKeys()));
    await Promise.all(messages.filter(({ key }) => !known.has(key)).map((one) => done(all.put(one))));
  });

export const takeBack = (key: string): Promise<void> => within('readwrite', (all) => done(all.delete(key)));

export const entrustedMessage = (key: string): Promise<Entrusted | undefined> =>
  within('readonly', (all) => done(all.get(key)));

/** All that is still to be sent, in the order it was written. */
export async function stillUnsent(): Promise<Entrusted[]> {
  const all: Entrusted[] = await within('readonly', (store) => done(store.getAll()));
  return all.filter(({ sent }) => sent === undefined).sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/** Unless it was taken back meanwhile. */
export const markSent = (key: string, sent: Message): Promise<void> =>
  within('readwrite', async (all) => {
    const found: Entrusted | undefined = await done(all.get(key));
    if (found) await done(all.put({ ...found, sent }));
  });

/** At sign-out. */
export const dropEntrusted = (userId: string): Promise<void> =>
  within('readwrite', async (all) => {
    const found: Entrusted[] = await done(all.getAll());
    await Promise.all(found.filter((one) => one.userId === userId).map(({ key }) => done(all.delete(key))));
  });
