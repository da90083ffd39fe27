import type { Account, Contact, Conversation, Message } from '../api/types';
import { store } from './store';
import type { Timeline } from './timeline';

/**
 * The copy in IndexedDB the page paints from first. It is a convenience: where it cannot be opened or
 * written, everything still works from the server. Rows and the revision they belong to are written in one
 * transaction, so a copy is never newer or older than it says.
 */
const tables = ['meta', 'accounts', 'contacts', 'conversations', 'timelines'] as const;
type Table = (typeof tables)[number];
const delayMs = 1000;
const keptMessages = 60;
const keptTimelines = 100;

let db: IDBDatabase | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
/** The next writing replaces all there is. */
let whole = false;
const dirty = new Map<Table, Set<string>>();

const nameOf = (userId: string) => `parley-${userId}`;

const done = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    for (const table of tables) request.result.createObjectStore(table);
  };
  return done(request);
}

/** Opens the user's copy and fills the store from it; answers whether there was one. */
export async function restore(userId: string): Promise<boolean> {
  try {
    db = await open(nameOf(userId));
    db.onversionchange = () => forgetHandle();
    const read = db.transaction(tables);
    const all = <T>(table: Table) => done(read.objectStore(table).getAll() as IDBRequest<T[]>);
    const [rev, accounts, contacts, conversations] = await Promise.all([
      done(read.objectStore('meta').get('rev') as IDBRequest<number | undefined>),
      all<Account>('accounts'),
      all<Contact>('contacts'),
      all<Conversation>('conversations'),
    ]);
    if (rev === undefined) return false;
    for (const account of accounts) store.accounts.set(account.id, account);
    for (const contact of contacts) store.contacts.set(contact.id, contact);
    for (const conversation of conversations) store.conversations.set(conversation.id, conversation);
    store.rev = rev;
    for (const topic of ['accounts', 'contacts', 'conversations']) store.touch(topic);
    return true;
  } catch {
    return false;
  }
}

/** Fills an empty timeline with what was last seen of it. */
export async function restoreTimeline(conversationId: string, timeline: Timeline): Promise<void> {
  if (!db) return;
  try {
    const items = await done(
      db.transaction('timelines').objectStore('timelines').get(conversationId) as IDBRequest<Message[] | undefined>,
    );
    if (items && !timeline.fresh && timeline.atLatest) {
      timeline.restore(items);
      store.touch(`t:${conversationId}`);
    }
  } catch {
    // The server's page is on its way.
  }
}

/** Marks a row for writing. */
export function remember(table: Table, key: string): void {
  if (!db) return;
  const keys = dirty.get(table) ?? new Set();
  dirty.set(table, keys.add(key));
  timer ??= setTimeout(save, delayMs);
}

/** Begins the copy anew, after a first load. */
export function rememberAll(): void {
  whole = true;
  for (const table of ['accounts', 'contacts', 'conversations'] as const) {
    for (const key of store[table].keys()) remember(table, key);
  }
  remember('meta', 'rev');
}

function present(table: Table, key: string): unknown {
  if (table === 'meta') return store.rev;
  if (table === 'timelines') {
    const timeline = store.timelines.get(key);
    return timeline?.fresh && timeline.atLatest ? timeline.items.slice(-keptMessages) : undefined;
  }
  return store[table].get(key);
}

function save(): void {
  timer = undefined;
  if (!db || !store.loaded || dirty.size === 0) return;
  // Another page may have written since: rows are never older than the revision beside them.
  dirty.set('meta', new Set(['rev']));
  try {
    const write = db.transaction(whole ? tables : [...dirty.keys()], 'readwrite');
    // A copy that missed some rows must not go on to later revisions.
    write.onabort = forgetHandle;
    if (whole) for (const table of tables) write.objectStore(table).clear();
    for (const [table, keys] of dirty) {
      const target = write.objectStore(table);
      for (const key of keys) {
        const value = present(table, key);
        if (value === undefined) target.delete(key);
        else target.put(value, key);
      }
      if (table === 'timelines') prune(target).catch(() => {});
    }
    dirty.clear();
    whole = false;
  } catch {
    forgetHandle();
  }
}

async function prune(target: IDBObjectStore): Promise<void> {
  const keys = await done(target.getAllKeys());
  for (const key of keys.slice(0, Math.max(0, keys.length - keptTimelines))) target.delete(key);
}

function forgetHandle(): void {
  db?.close();
  db = null;
}

/** Erases the copy, at sign-out. */
export async function erase(userId: string): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  whole = false;
  dirty.clear();
  forgetHandle();
  await done(indexedDB.deleteDatabase(nameOf(userId))).catch(() => {});
}
