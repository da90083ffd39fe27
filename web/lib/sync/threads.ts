import { call, messageOf } from '../api/client';
import type { Message } from '../api/types';
import { store } from './store';
import { Timeline } from './timeline';

const pageSize = 50;

export const threadTopic = (rootId: string): string => `h:${rootId}`;

/** Follows a thread while it is shown; answers how to stop. */
export function openThread(rootId: string): () => void {
  const thread = new Timeline();
  store.threads.set(rootId, thread);
  void loadThread(rootId);
  return () => {
    if (store.threads.get(rootId) === thread) store.threads.delete(rootId);
  };
}

/** Its newest answers; with some there, the next older ones. */
export async function loadThread(rootId: string): Promise<void> {
  const thread = store.threads.get(rootId);
  if (!thread || thread.loading) return;
  const before = thread.fresh ? thread.items[0]?.id : undefined;
  thread.loading = before ? 'older' : 'latest';
  thread.error = null;
  store.touch(threadTopic(rootId));
  try {
    const page = await call('listThread', { params: { id: rootId }, query: { before, limit: pageSize } });
    const more = { stored: page.nextCursor !== null, history: null };
    if (before) thread.addOlder(page.items, more);
    else thread.replaceLatest(page.items, more);
  } catch (error) {
    thread.error = messageOf(error);
  } finally {
    thread.loading = null;
    store.touch(threadTopic(rootId));
  }
}

/** A message as it is now, for the thread it is in, if that is shown. */
export function putInThread(message: Message): void {
  if (message.thread && store.threads.get(message.thread)?.put(message)) store.touch(threadTopic(message.thread));
}

export function takeOutOfThreads(messageId: string): void {
  for (const [rootId, thread] of store.threads) {
    if (!thread.has(messageId)) continue;
    thread.remove(messageId);
    store.touch(threadTopic(rootId));
  }
}
