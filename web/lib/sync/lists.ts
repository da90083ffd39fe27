import { call } from '../api/client';
import { rememberAll } from './local';
import { store } from './store';

const pageSize = 200;
const mostPages = 100;

/** Loads the lists as of a revision, in the place of what was there. @throws ApiError */
export async function loadLists(stillWanted: () => boolean): Promise<boolean> {
  const { rev } = await call('sync', {});
  const [accounts, contacts, conversations] = await Promise.all([
    everyPage((query) => call('listAccounts', { query })),
    everyPage((query) => call('listContacts', { query })),
    everyPage((query) => call('listConversations', { query })),
  ]);
  if (!stillWanted()) return false;
  refill(store.accounts, accounts);
  refill(store.contacts, contacts);
  refill(store.conversations, conversations);
  store.timelines.clear();
  store.pins.clear();
  store.rev = rev;
  store.loaded = true;
  for (const topic of ['accounts', 'contacts', 'conversations', 'loaded']) store.touch(topic);
  rememberAll();
  return true;
}

type Page<T> = { items: T[]; nextCursor: string | null };

async function everyPage<T>(read: (query: { limit: number; cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const page = await read({ limit: pageSize, cursor });
    all.push(...page.items);
    if (!page.nextCursor) break;
    cursor = page.nextCursor;
  }
  return all;
}

function refill<T extends { id: string }>(map: Map<string, T>, items: T[]): void {
  map.clear();
  for (const item of items) map.set(item.id, item);
}
