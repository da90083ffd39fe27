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
  const messages = transaction.objectStore('messages');
  const tails = transaction.objectStore('tails');
  const known = new Map<string, Promise<Tail | undefined>>();
  const tailOf = (id: string) => {
    const asked = known.get(id) ?? done(tails.get(id) as IDBRequest<Tail | undefined>);
    known.set(id, asked);
    return asked;
  };
  for (const [id, message] of changed) {
    const tail = message ? await tailOf(message.conversationId) : undefined;
    if (message && tail && message.sentAt >= tail.from) await putNewer(messages, message);
    else messages.delete(id);
  }
  for (const id of known.keys()) await trim(transaction, id);
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
