import type { Message } from '../api/types';
import { done } from '../idb';
import { byPlace, type List, lists, rangeOf, type Table, type Tail, tables } from './copy-db';
import { putMarked } from './copy-marked';

/** What changed since the last writing, as it was when the writing began. */
export type Writing = {
  rev: number;
  /** All that was there goes first. */
  whole: boolean;
  /** All rows of all lists, where they were packed anew. */
  packs: string[] | null;
  /** As JSON; those that went are `null`. */
  rows: Map<List, Map<string, string>>;
  /** By id; null: it is gone. */
  messages: Map<string, Message | null>;
  /** The newest messages of a conversation; null: nothing of it is to be kept. */
  tails: Map<string, Message[] | null>;
};

const mostTails = 300;
const mostMessages = 160;
const keptMessages = 80;

/**
 * Writes in one transaction, with the revision. Another page of this browser may be ahead: then all of this is in the
 * copy already, and what is there stays, for rows must never be older than the revision beside them.
 */
export async function write(db: IDBDatabase, { rev, whole, packs, rows, messages, tails }: Writing): Promise<void> {
  const transaction = db.transaction(tables, 'readwrite');
  const finished = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  const at = (table: Table) => transaction.objectStore(table);
  const stored = (await done(at('meta').get('rev') as IDBRequest<number | undefined>)) ?? -1;
  if (whole) for (const table of tables) at(table).clear();
  else if (stored > rev) return finished;
  at('meta').put(rev, 'rev');
  if (packs) {
    for (const table of ['packs', ...lists] as const) at(table).clear();
    for (const [index, pack] of packs.entries()) at('packs').put(pack, index);
  }
  for (const [list, values] of rows) for (const [key, value] of values) at(list).put(value, key);
  for (const [id, items] of tails) await putTail(transaction, id, items);
  await putMessages(transaction, messages);
  await putMarked(transaction, messages);
  return finished;
}

async function putTail(transaction: IDBTransaction, conversationId: string, items: Message[] | null): Promise<void> {
  const messages = transaction.objectStore('messages');
  const tails = transaction.objectStore('tails');
  const kept = new Set(items?.map(({ id }) => id));
  for (const key of await done(messages.index(byPlace).getAllKeys(rangeOf(conversationId)))) {
    if (!kept.has(String(key))) messages.delete(key);
  }
  const [first] = items ?? [];
  if (!items || !first) {
    tails.delete(conversationId);
    return;
  }
  for (const message of items) await putNewer(messages, message);
  tails.put({ from: first.sentAt } satisfies Tail, conversationId);
  const count = await done(tails.count());
  if (count > mostTails) await dropOneTail(transaction);
}

/** That of the conversation where nothing was said for longest. */
async function dropOneTail(transaction: IDBTransaction): Promise<void> {
  const tails = transaction.objectStore('tails');
  const [keys, values] = await Promise.all([done(tails.getAllKeys()), done(tails.getAll() as IDBRequest<Tail[]>)]);
  const oldest = values.reduce((best, { from }, index) => (from < (values[best]?.from ?? '') ? index : best), 0);
  const key = keys[oldest];
  if (key !== undefined) await putTail(transaction, String(key), null);
}

/** An answer that was long on its way never takes the place of what came after it was made. */
async function putNewer(messages: IDBObjectStore, message: Message): Promise<void> {
  const there = await done(messages.get(message.id) as IDBRequest<Message | undefined>);
  if (!there || there.rev <= message.rev) messages.put(message, message.id);
}

async function putMessages(transaction: IDBTransaction, changed: Writing['messages']): Promise<void> {
  if (changed.size === 0) return;
  const messages = transaction.objectStore('messages');
  const tails = transaction.objectStore('tails');
  // A few at most, so one question for all of them: most of what comes in is of conversations that are not kept.
  const [ids, values] = await Promise.all([done(tails.getAllKeys()), done(tails.getAll() as IDBRequest<Tail[]>)]);
  const known = new Map(ids.map((id, index) => [String(id), values[index]]));
  const last = await lastKey(messages);
  const grown = new Set<string>();
  for (const [id, message] of changed) {
    const tail = message ? known.get(message.conversationId) : undefined;
    // Most are new, and there is nothing to be compared or deleted.
    const isNew = id > last;
    if (message && tail && message.sentAt >= tail.from) {
      if (isNew) messages.put(message, id);
      else await putNewer(messages, message);
      grown.add(message.conversationId);
    } else if (!isNew) messages.delete(id);
  }
  for (const id of grown) await trim(transaction, id);
}

/** Ids grow with time: what lies behind the last one is not there. */
async function lastKey(store: IDBObjectStore): Promise<string> {
  const cursor = await done(store.openKeyCursor(null, 'prev'));
  return cursor ? String(cursor.key) : '';
}

async function trim(transaction: IDBTransaction, conversationId: string): Promise<void> {
  const messages = transaction.objectStore('messages');
  const range = rangeOf(conversationId);
  const index = messages.index(byPlace);
  if ((await done(index.count(range))) <= mostMessages) return;
  const all = (await done(index.getAll(range))) as Message[];
  const from = all.at(-keptMessages)?.sentAt ?? '';
  for (const { id, sentAt } of all) if (sentAt < from) messages.delete(id);
  transaction.objectStore('tails').put({ from } satisfies Tail, conversationId);
}
