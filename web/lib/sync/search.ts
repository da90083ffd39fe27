import type { Message } from '../api/types';
import { fold, wordsOf } from '../text';
import { tailOf } from './local';
import { store } from './store';

/** Conversations looked through for one search, those last active first. */
const mostConversations = 300;

/**
 * Messages of the recent past that have every word, the newest first, from what this browser keeps: at once, and without
 * the network. Accents and capitals do not matter.
 */
export async function searchLocal(text: string, limit = 20, signal?: AbortSignal): Promise<Message[]> {
  const words = wordsOf(text);
  if (words.length === 0) return [];
  const found: Message[] = [];
  const conversations = [...store.conversations.values()]
    .sort((a, b) => (a.lastActiveAt < b.lastActiveAt ? 1 : -1))
    .slice(0, mostConversations);
  for (const { id, lastActiveAt } of conversations) {
    if (signal?.aborted) return [];
    // Nothing that follows is newer than what there is.
    if (found.length >= limit && lastActiveAt < (found[limit - 1]?.sentAt ?? '')) break;
    const timeline = store.timelines.get(id);
    const items = timeline?.fresh ? timeline.items : await tailOf(id);
    const fits = (items ?? []).filter((message) => !message.deletedAt && has(message, words));
    if (fits.length === 0) continue;
    found.push(...fits);
    found.sort((a, b) => (a.sentAt < b.sentAt ? 1 : -1)).splice(limit);
  }
  return found;
}

function has({ text, sender, attachments }: Message, words: string[]): boolean {
  const folded = fold([text, sender.name, ...attachments.map(({ name }) => name)].join(' '));
  return words.every((word) => folded.includes(word));
}
