import type { Message } from '../api/types';
import { done } from '../idb';

/** Starred and pinned messages, wherever they stand: `at` says in which order they were marked, as far as is known. */
type Marked = { message: Message; at: number };

const mostMarked = 1000;
const table = 'marked';

/** Keeps what is marked, as it is now, and lets go of what no longer is. */
export async function putMarked(
  transaction: IDBTransaction,
  changed: ReadonlyMap<string, Message | null>,
): Promise<void> {
  const marked = transaction.objectStore(table);
  const known = new Set(await done(marked.getAllKeys()));
  let at = Date.now();
  for (const [id, message] of changed) {
    if (!known.has(id) && !message?.starred && !message?.pinned) continue;
    const there = await done(marked.get(id) as IDBRequest<Marked | undefined>);
    if (message && there && there.message.rev > message.rev) continue;
    at += 1;
    if (!message?.starred && !message?.pinned) {
      if (there) marked.delete(id);
    } else if (there || (await done(marked.count())) < mostMarked) {
      marked.put({ message, at: there?.at ?? at } satisfies Marked, id);
    }
  }
}

/** All that are kept, the one marked last first. */
export async function readMarked(db: IDBDatabase): Promise<Message[]> {
  const all = await done(db.transaction(table).objectStore(table).getAll() as IDBRequest<Marked[]>);
  return all.sort((a, b) => b.at - a.at).map(({ message }) => message);
}
