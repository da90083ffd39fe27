import type { Account, Contact, Conversation } from '../api/types';
import { type List, lists, type Pack, type Raw } from './copy-db';
import { store } from './store';

const perPack = 50;

/** All rows there are, as JSON, a few at a time so that the page is not held up. */
export async function packLists(): Promise<string[]> {
  const packs: string[] = [];
  for (const list of lists) {
    const rows: Pack['rows'] = [...store[list].values()];
    for (let at = 0; at < rows.length; at += perPack) {
      packs.push(JSON.stringify({ list, rows: rows.slice(at, at + perPack) } satisfies Pack));
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  return packs;
}

/** Puts a copy into the store. It was written by us: its rows are what they were. */
export function unpack({ rev, packs, changed }: Raw): void {
  for (const pack of packs) {
    const { list, rows } = JSON.parse(pack) as Pack;
    for (const row of rows) set(list, row);
  }
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

function set(list: List, row: Pack['rows'][number]): void {
  if (list === 'accounts') store.accounts.set(row.id, row as Account);
  else if (list === 'contacts') store.contacts.set(row.id, row as Contact);
  else store.conversations.set(row.id, row as Conversation);
}
