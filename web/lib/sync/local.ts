import type { Message } from '../api/types';
import { done } from '../idb';
import { type List, nameOf, openCopy, type Raw, readRaw, readTail } from './copy-db';
import { readMarked } from './copy-marked';
import { type Writing, write } from './copy-write';
import { packLists, unpackFirst, unpackRest } from './pack';
import { store } from './store';
import type { Timeline } from './timeline';

/**
 * The copy in IndexedDB the page paints from first. It is a convenience: where it cannot be opened or
 * written, everything still works from the server. Rows and the revision they belong to are written in one
 * transaction, so a copy is never newer or older than it says. Of conversations that were looked at or are recent it has
 * the newest messages without a gap, each a row of its own, so that what arrives anywhere costs one row.
 */
const delayMs = 1000;
const keptMessages = 60;
/** Messages waiting to be written; a page that far behind starts its copy's messages anew. */
const mostWaiting = 20_000;
/** More rows than this beside the packs, and they are packed anew. */
const mostLoose = 300;

let db: IDBDatabase | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
/** The next writing replaces all there is. */
let whole = false;
const dirty = new Map<List, Set<string>>();
const dirtyMessages = new Map<string, Message | null>();
const dirtyTails = new Set<string>();
/** Rows that changed since packing began; null: nothing is being packed. */
let meanwhile: Map<List, Set<string>> | null = null;
const loose = new Set<string>();

/** The newest messages of the conversation that is to be seen first. */
type FirstSeen = { id: string; items: Message[] };
type Opened = { userId: string; db: IDBDatabase; raw: Raw | null; first: FirstSeen | null };
let opening: { userId: string; opened: Promise<Opened | null> } | null = null;
/** Of what is in the store only the first part is there so far. */
let begun: Raw | null = null;

async function open(userId: string, conversationId: string | null): Promise<Opened | null> {
  try {
    const opened = await openCopy(userId);
    // Another page erases it, or brings a newer layout.
    opened.onversionchange = () => {
      opened.close();
      if (db === opened) forgetHandle();
    };
    const [raw, items] = await Promise.all([
      readRaw(opened),
      conversationId === null ? undefined : readTail(opened, conversationId),
    ]);
    return { userId, db: opened, raw, first: conversationId && items ? { id: conversationId, items } : null };
  } catch {
    return null;
  }
}

/** Begins to read the copy, while the page is still being made ready. */
export function readAhead(userId: string, conversationId: string | null): void {
  opening = { userId, opened: open(userId, conversationId) };
}

/** Opens the user's copy and fills the store with what is seen first of it; answers whether there is one. */
export async function restore(userId: string): Promise<boolean> {
  const ahead = opening;
  opening = null;
  const found = await (ahead?.userId === userId ? ahead.opened : open(userId, null));
  if (ahead && ahead.userId !== userId) void ahead.opened.then((other) => other?.db.close());
  if (!found) return false;
  forgetHandle();
  db = found.db;
  if (!found.raw) return false;
  try {
    unpackFirst(found.raw);
  } catch {
    return false;
  }
  for (const rows of found.raw.changed.values()) for (const key of rows.keys()) loose.add(key);
  if (found.first) fill(store.timeline(found.first.id), found.first.items);
  begun = found.raw;
  return true;
}

/** Fills the store with all else, a little at a time; answers whether it holds the whole copy then. */
export async function restoreRest(): Promise<boolean> {
  const [handle, raw] = [db, begun];
  begun = null;
  if (!handle || !raw) return false;
  try {
    await unpackRest(await raw.rest, raw, () => db === handle);
  } catch {
    return false;
  }
  return db === handle;
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

/** Starred and pinned messages as the copy has them, the one marked last first. */
export async function markedInCopy(): Promise<Message[]> {
  if (!db) return [];
  try {
    return await readMarked(db);
  } catch {
    return [];
  }
}

/** Keeps marked messages that the server has answered, newest first. */
export function rememberMarked(messages: readonly Message[]): void {
  for (const message of [...messages].reverse()) rememberMessage(message.id, message);
}

/** Fills an empty timeline with what was last seen of it. */
export async function restoreTimeline(conversationId: string, timeline: Timeline): Promise<void> {
  const items = await tailOf(conversationId);
  if (!items || timeline.fresh || !timeline.atLatest) return;
  fill(timeline, items);
  store.touch(`t:${conversationId}`);
}

const fill = (timeline: Timeline, items: Message[]) => timeline.restore(items.slice(-keptMessages));

function soon(): void {
  timer ??= setTimeout(save, delayMs);
}

const add = (to: Map<List, Set<string>>, list: List, key: string) => to.set(list, (to.get(list) ?? new Set()).add(key));

/** Marks a row for writing; of a timeline all its newest messages. */
export function remember(table: List | 'meta' | 'timelines', key: string): void {
  if (!db) return;
  if (table === 'timelines') dirtyTails.add(key);
  else if (table !== 'meta') {
    add(dirty, table, key);
    if (meanwhile) add(meanwhile, table, key);
  }
  soon();
}

/**
 * Marks one message for writing, as it is now; it is kept where those around it are. One that is older than what waits
 * changes nothing.
 */
export function rememberMessage(id: string, message: Message | null): void {
  if (!db) return;
  const waiting = dirtyMessages.get(id);
  if (message && waiting && waiting.rev > message.rev) return;
  dirtyMessages.set(id, message);
  if (dirtyMessages.size > mostWaiting) forgetHandle();
  soon();
}

/** Begins the copy anew, after a first load. */
export function rememberAll(): void {
  if (!db) return;
  whole = true;
  void repack();
}

async function repack(): Promise<void> {
  if (meanwhile) return;
  const changed = new Map<List, Set<string>>();
  meanwhile = changed;
  const handle = db;
  const packs = await packLists();
  if (meanwhile !== changed || !db || db !== handle) return;
  meanwhile = null;
  for (const [list, keys] of changed) for (const key of keys) add(dirty, list, key);
  loose.clear();
  commit(packs);
}

function tailInMemory(conversationId: string): Message[] | null {
  const timeline = store.timelines.get(conversationId);
  return timeline?.fresh && timeline.atLatest ? timeline.items.slice(-keptMessages) : null;
}

const textOf = (list: List, key: string) => JSON.stringify(store[list].get(key) ?? null);

function take(packs: string[] | null): Writing {
  const rows = [...dirty].map(
    ([list, keys]) => [list, new Map([...keys].map((key) => [key, textOf(list, key)]))] as const,
  );
  const writing: Writing = {
    rev: store.rev,
    whole,
    packs,
    rows: new Map(rows),
    messages: new Map(dirtyMessages),
    tails: new Map([...dirtyTails].map((id) => [id, tailInMemory(id)])),
  };
  whole = false;
  for (const keys of dirty.values()) for (const key of keys) loose.add(key);
  for (const waiting of [dirty, dirtyMessages, dirtyTails]) waiting.clear();
  return writing;
}

function commit(packs: string[] | null): void {
  const handle = db;
  if (!handle) return;
  // A copy that missed some rows must not go on to later revisions.
  write(handle, take(packs)).catch(() => {
    if (db === handle) forgetHandle();
  });
}

function save(): void {
  timer = undefined;
  // What is packed for the first time is written with it.
  if (!db || !store.loaded || whole) return;
  commit(null);
  if (loose.size > mostLoose) void repack();
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
  meanwhile = null;
  begun = null;
  for (const waiting of [dirty, dirtyMessages, dirtyTails, loose]) waiting.clear();
}

/** Erases the copy, at sign-out. */
export async function erase(userId: string): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  whole = false;
  forgetHandle();
  await done(indexedDB.deleteDatabase(nameOf(userId))).catch(() => {});
}
