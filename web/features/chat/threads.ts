import type { Message } from '../../lib/api/types';

/** How much of each thread is in the window, by the message that began it. */
export function threadsOf(messages: Message[]): Map<string, number> {
  const threads = new Map<string, number>();
  for (const { id, thread, deletedAt } of messages) {
    if (thread && thread !== id && !deletedAt) threads.set(thread, (threads.get(thread) ?? 0) + 1);
  }
  return threads;
}
