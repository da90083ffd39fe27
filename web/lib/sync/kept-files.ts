import type { Attachment, Voice } from '../api/types';
import { done } from '../idb';

/**
 * Files that wait beside unsent words, in a database of their own in this browser: what was chosen is there again after a
 * reload, and what was under way goes on. Where it cannot be opened, files last as long as the page.
 */
export type KeptFile = {
  key: string;
  conversationId: string;
  name: string;
  type: string;
  size: number;
  at: number;
  voice?: Voice;
  /** Until it is on the server. */
  file?: Blob;
  /** Of the upload under way. */
  url?: string;
  attachment?: Attachment;
};

const keptMs = 7 * 86_400_000;
let opening: Promise<IDBDatabase> | undefined;
let opened = '';

const nameOf = (userId: string) => `parley-files-${userId}`;

function database(userId: string): Promise<IDBDatabase> {
  if (opening && opened === userId) return opening;
  opened = userId;
  const request = indexedDB.open(nameOf(userId), 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('files', { keyPath: 'key' }).createIndex('conversation', 'conversationId');
  };
  opening = done(request);
  opening.then(
    (db) => {
      db.onversionchange = () => db.close();
    },
    () => {
      opening = undefined;
    },
  );
  return opening;
}

async function files(userId: string, mode: IDBTransactionMode): Promise<IDBObjectStore> {
  return (await database(userId)).transaction('files', mode).objectStore('files');
}

export async function keep(userId: string, file: KeptFile): Promise<void> {
  await files(userId, 'readwrite')
    .then((all) => done(all.put(file)))
    .catch(() => {});
}

export async function letGo(userId: string, keys: string[]): Promise<void> {
  if (keys.length === 0) return;
  await files(userId, 'readwrite')
    .then((all) => Promise.all(keys.map((key) => done(all.delete(key)))))
    .catch(() => {});
}

/** Those of a conversation, oldest first; what nobody sent for a week is dropped. */
export async function keptOf(userId: string, conversationId: string): Promise<KeptFile[]> {
  try {
    const all = await files(userId, 'readonly');
    const found: KeptFile[] = await done(all.index('conversation').getAll(conversationId));
    const old = found.filter(({ at }) => Date.now() - at > keptMs);
    void letGo(
      userId,
      old.map(({ key }) => key),
    );
    return found.filter((file) => !old.includes(file)).sort((a, b) => a.at - b.at);
  } catch {
    return [];
  }
}

/** At sign-out. */
export async function eraseKept(userId: string): Promise<void> {
  if (opened === userId) {
    await opening?.then(
      (db) => db.close(),
      () => {},
    );
    opening = undefined;
  }
  await done(indexedDB.deleteDatabase(nameOf(userId))).catch(() => {});
}
