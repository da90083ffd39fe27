import type { Message } from '../api/types';
import { done } from '../idb';

/**
 * The layout of the copy in IndexedDB; see `local.ts`. Rows of the lists lie in packs, as JSON: many times faster to read
 * than as many objects. The first packs hold what is seen first, so that the page need not wait for the others. Rows that
 * changed since the packs were made lie beside them, one by one.
 */
export const lists = ['accounts', 'contacts', 'conversations'] as const;
export type List = (typeof lists)[number];
export const tables = ['meta', 'packs', ...lists, 'messages', 'tails', 'marked'] as const;
export type Table = (typeof tables)[number];
/** What a pack says. */
export type Pack = { list: List; rows: { id: string }[] };

/** All messages of the conversation from this time on are in the copy. */
export type Tail = { from: string };

/** How many packs hold what is seen first. */
export const firstPacks = 3;

const version = 5;
/** By conversation and time. */
export const byPlace = 'place';
/** After every time there is. */
const end = '\uffff';

export const nameOf = (userId: string): string => `parley-${userId}`;

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

/** As it was written; null for a row that went. `null` in all: there is no copy. */
export type Raw = {
  rev: number;
  first: string[];
  changed: Map<List, Map<string, string>>;
  /** As they were when the others were read. */
  rest: Promise<string[]>;
};

export async function readRaw(db: IDBDatabase): Promise<Raw | null> {
  const read = db.transaction(['meta', 'packs', ...lists]);
  const changed = lists.map(async (list): Promise<[List, Map<string, string>]> => {
    const rows = read.objectStore(list);
    const [keys, values] = await Promise.all([done(rows.getAllKeys()), done(rows.getAll() as IDBRequest<string[]>)]);
    return [list, new Map(keys.map((key, index) => [String(key), values[index] ?? 'null']))];
  });
  const packs = (range: IDBKeyRange) => done(read.objectStore('packs').getAll(range) as IDBRequest<string[]>);
  const known = Promise.all([
    done(read.objectStore('meta').get('rev') as IDBRequest<number | undefined>),
    packs(IDBKeyRange.upperBound(firstPacks, true)),
    ...changed,
  ]);
  const rest = packs(IDBKeyRange.lowerBound(firstPacks));
  // Told to whoever asks for it.
  rest.catch(() => {});
  const [rev, first, ...rows] = await known;
  return rev === undefined ? null : { rev, first, changed: new Map(rows), rest };
}

/** The newest messages of a conversation, oldest first, without a gap among them; undefined: none are kept. */
export async function readTail(db: IDBDatabase, conversationId: string): Promise<Message[] | undefined> {
  const read = db.transaction(['messages', 'tails']);
  const tail = await done(read.objectStore('tails').get(conversationId) as IDBRequest<Tail | undefined>);
  if (!tail) return undefined;
  return done(
    read.objectStore('messages').index(byPlace).getAll(rangeOf(conversationId, tail.from)) as IDBRequest<Message[]>,
  );
}
