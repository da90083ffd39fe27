import type { Message } from '../../lib/api/types';

/** What of a thread is in the window. */
export type Thread = { count: number; last: Message };

/** By the message that began it. */
export function threadsOf(messages: Message[]): Map<string, Thread> {
  const threads = new Map<string, Thread>();
  for (const message of messages) {
    if (!message.thread || message.thread === message.id || message.deletedAt) continue;
    threads.set(message.thread, { count: (threads.get(message.thread)?.count ?? 0) + 1, last: message });
  }
  return threads;
}
