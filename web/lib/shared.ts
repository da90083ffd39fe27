import { done } from './idb';

/** What another app shared, until the page has asked whom it is for. Used by the page and by the service worker. */
export type Shared = { text: string; files: File[] };

export const maxFiles = 10;

const name = 'parley-shared';
const table = 'shared';
const only = 'latest';

async function within<T>(mode: IDBTransactionMode, work: (shared: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(table);
  const db = await done(request);
  try {
    return await done(work(db.transaction(table, mode).objectStore(table)));
  } finally {
    db.close();
  }
}

export async function putShared(shared: Shared): Promise<void> {
  await within('readwrite', (store) => store.put(shared, only));
}

export async function getShared(): Promise<Shared | undefined> {
  return within('readonly', (store) => store.get(only) as IDBRequest<Shared | undefined>);
}

export async function dropShared(): Promise<void> {
  await within('readwrite', (store) => store.delete(only));
}
