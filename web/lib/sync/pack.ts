import type { Account, Contact, Conversation } from '../api/types';
import { compareChats, type Part, partOf } from '../chat-order';
import { firstPacks, type List, lists, type Pack, type Raw } from './copy-db';
import { store } from './store';

const perPack = 50;
/** Longer than this at a stretch, and the page would be held up. */
const stretchMs = 8;

const rest = () => new Promise((resolve) => setTimeout(resolve));

/** All rows there are, as JSON, a few at a time so that the page is not held up. */
export async function packLists(): Promise<string[]> {
  const first = firstSeen();
  const packs = first.map((pack) => JSON.stringify(pack));
  const packed = new Set(first.flatMap(({ rows }) => rows));
  for (const list of lists) {
    const rows: Pack['rows'] = [...store[list].values()].filter((row) => !packed.has(row));
    for (let at = 0; at < rows.length; at += perPack) {
      packs.push(JSON.stringify({ list, rows: rows.slice(at, at + perPack) } satisfies Pack));
      await rest();
    }
  }
  return packs;
}

/** The top of the list of conversations, and what its rows show. */
function firstSeen(): Pack[] {
  const now = Date.now();
  const placeOf = (one: Conversation) => places[partOf(one, now)];
  const conversations = [...store.conversations.values()].sort((a, b) => placeOf(a) - placeOf(b) || compareChats(a, b));
  const seen = conversations.slice(0, perPack);
  const contacts = seen.flatMap(({ contactId }) => store.contacts.get(contactId ?? '') ?? []);
  const packs: Pack[] = [
    { list: 'conversations', rows: seen },
    { list: 'contacts', rows: [...new Set(contacts)] },
    { list: 'accounts', rows: [...store.accounts.values()].slice(0, perPack) },
  ];
  return packs.slice(0, firstPacks);
}

const places: Record<Part, number> = { requests: 0, open: 1, snoozed: 2, archived: 3 };

/** Puts what is seen first of a copy into the store, and all that changed. It was written by us: its rows are what they were. */
export function unpackFirst({ rev, first, changed }: Raw): void {
  for (const pack of first) put(pack, () => true);
  for (const [list, rows] of changed) {
    for (const [id, text] of rows) {
      const row: Pack['rows'][number] | null = JSON.parse(text);
      if (row) set(list, row);
      else store[list].delete(id);
    }
  }
  store.rev = rev;
  for (const topic of lists) store.touch(topic);
}

/** Puts the other rows beside them, a little at a time, as long as they are wanted. What is in the store already is newer. */
export async function unpackRest(packs: string[], { changed }: Raw, wanted: () => boolean): Promise<void> {
  let began = performance.now();
  for (const pack of packs) {
    put(pack, (list, { id }) => !changed.get(list)?.has(id) && !store.graves.has(id) && !store[list].has(id));
    if (performance.now() - began < stretchMs) continue;
    await rest();
    if (!wanted()) return;
    began = performance.now();
  }
  for (const topic of lists) store.touch(topic);
}

function put(pack: string, isNews: (list: List, row: Pack['rows'][number]) => boolean): void {
  const { list, rows } = JSON.parse(pack) as Pack;
  for (const row of rows) if (isNews(list, row)) set(list, row);
}

function set(list: List, row: Pack['rows'][number]): void {
  if (list === 'accounts') store.accounts.set(row.id, row as Account);
  else if (list === 'contacts') store.contacts.set(row.id, row as Contact);
  else store.conversations.set(row.id, row as Conversation);
}
