import type { Account, Contact, Conversation, Message } from '../api/types';
import { done, lists, nameOf, openCopy, readTail } from './copy-db';
import { type Writing, write } from './copy-write';
import { store } from './store';
import type { Timeline } from './timeline';

/**
 * The copy in IndexedDB the page paints from first. It is a convenience: where it cannot be opened or
 * written, everything still works from the server. Rows and the revision they belong to are written in one
 * transaction, so a copy is never newer or older than it says. Of conversations that were looked at or are recent it has
 * the newest messages without a gap, each a row of its own, so that what arrives anywhere costs one row.
 */
type List = (typeof lists)[number];
const delayMs = 1000;
const keptMessages = 60;
/** Messages waiting to be written; a page that far behind starts its copy's messages anew. */
const mostWaiting = 20_000;

let db: IDBDatabase | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
/** The next writing replaces all there is. */
let whole = false;
const dirty = new Map<List, Set<string>>();
const dirtyMessages = new Map<string, Message | null>();
const dirtyTails = new Set<string>();

/** Opens the user's copy and fills the store from it; answers whether there was one. */
export async function restore(userId: string): Promise<boolean> {
  try {
    db = await openCopy(userId);
    db.onversionchange = () => forgetHandle();
    const read = db.transaction(['meta', ...lists]);
    const all = <T>(table: List) => done(read.objectStore(table).getAll() as IDBRequest<T[]>);
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
    for (const topic of lists) store.touch(topic);
    return true;
  } catch {
    return false;
  }
}

/** The newest messages of a conversation as the copy has them; undefined: nothing of it is kept. */
export async function tailOf(conversationId: string): Promise<Message[] | undefined> {
  if (!db) return undefined;
  try {
    return await readTail(db, conversationId);
  } catch {
    return undefined;
  }
}

/** Fills an empty timeline with what was last seen of it. */
export async function restoreTimeline(conversationId: string, timeline: Timeline): Promise<void> {
  const items = await tailOf(conversationId);
  if (!items || timeline.fresh || !timeline.atLatest) return;
  timeline.restore(items.slice(-keptMessages));
  store.touch(`t:${conversationId}`);
}

function soon(): void {
  timer ??= setTimeout(save, delayMs);
}

/** Marks a row for writing; of a timeline all its newest messages. */
export function remember(table: List | 'meta' | 'timelines', key: string): void {
  if (!db) return;
  if (table === 'timelines') dirtyTails.add(key);
  else if (table !== 'meta') dirty.set(table, (dirty.get(table) ?? new Set()).add(key));
  soon();
}

/** Marks one message for writing, as it is now; it is kept where those around it are. */
export function rememberMessage(id: string, message: Message | null): void {
  if (!db) return;
  dirtyMessages.set(id, message);
  if (dirtyMessages.size > mostWaiting) forgetHandle();
  soon();
}

/** Begins the copy anew, after a first load. */
export function rememberAll(): void {
  whole = true;
  for (const table of lists) for (const key of store[table].keys()) remember(table, key);
  remember('meta', 'rev');
}

function tailInMemory(conversationId: string): Message[] | null {
  const timeline = store.timelines.get(conversationId);
  return timeline?.fresh && timeline.atLatest ? timeline.items.slice(-keptMessages) : null;
}

function take(): Writing {
  const writing: Writing = {
    rev: store.rev,
    whole,
    rows: new Map(
      [...dirty].map(([table, keys]) => [table, new Map([...keys].map((key) => [key, store[table].get(key)]))]),
    ),
    messages: new Map(dirtyMessages),
    tails: new Map([...dirtyTails].map((id) => [id, tailInMemory(id)])),
  };
  whole = false;
  dirty.clear();
  dirtyMessages.clear();
  dirtyTails.clear();
  return writing;
}

function save(): void {
  timer = undefined;
  if (!db || !store.loaded) return;
  // A copy that missed some rows must not go on to later revisions.
  write(db, take()).catch(forgetHandle);
}

/** Writes what waits without waiting longer, e.g. when the page is about to go. */
export function saveNow(): void {
  if (timer === undefined) return;
  clearTimeout(timer);
  save();
}

function forgetHandle(): void {
  db?.close();
  db = null;
  dirty.clear();
  dirtyMessages.clear();
  dirtyTails.clear();
}

/** Erases the copy, at sign-out. */
export async function erase(userId: string): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  whole = false;
  forgetHandle();
  await done(indexedDB.deleteDatabase(nameOf(userId))).catch(() => {});
}
