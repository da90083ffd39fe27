import type { Message } from '../api/types';

/** The layout of the copy in IndexedDB; see `local.ts`. */
export const lists = ['accounts', 'contacts', 'conversations'] as const;
export const tables = ['meta', ...lists, 'messages', 'tails'] as const;
export type Table = (typeof tables)[number];

/** All messages of the conversation from this time on are in the copy. */
export type Tail = { from: string };

const version = 2;
/** By conversation and time. */
export const byPlace = 'place';
/** After every time there is. */
const end = '\uffff';

export const nameOf = (userId: string): string => `parley-${userId}`;

export const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** A copy of an older layout is given up: the server has it all. */
export function openCopy(userId: string): Promise<IDBDatabase> {
  const request = indexedDB.open(nameOf(userId), version);
  request.onupgradeneeded = () => {
    const { result: db } = request;
    for (const old of [...db.objectStoreNames]) db.deleteObjectStore(old);
    for (const table of tables) {
      const made = db.createObjectStore(table);
      if (table === 'messages') made.createIndex(byPlace, ['conversationId', 'sentAt']);
    }
  };
  return done(request);
}

export const rangeOf = (conversationId: string, from = ''): IDBKeyRange =>
  IDBKeyRange.bound([conversationId, from], [conversationId, end]);

/** The newest messages of a conversation, oldest first, without a gap among them; undefined: none are kept. */
export async function readTail(db: IDBDatabase, conversationId: string): Promise<Message[] | undefined> {
  const read = db.transaction(['messages', 'tails']);
  const tail = await done(read.objectStore('tails').get(conversationId) as IDBRequest<Tail | undefined>);
  if (!tail) return undefined;
  return done(
    read.objectStore('messages').index(byPlace).getAll(rangeOf(conversationId, tail.from)) as IDBRequest<Message[]>,
  );
}
