import { call } from '../../lib/api/client';
import type { Message } from '../../lib/api/types';
import { store } from '../../lib/sync/store';

const atOnce = 2;
/** Older talk stays as it is: nobody wants a hundred servers asked for scrolling back. */
const newestMs = 14 * 86_400_000;
const link = /\bhttps?:\/\/\S/i;

const asked = new Set<string>();
const waiting: string[] = [];
let running = 0;

/** Whether a message has links that nobody has looked at yet, and may be looked at. */
export const hasUnseenLinks = ({ previews, text, sentAt, deletedAt, unreadable }: Message): boolean =>
  !previews && !deletedAt && !unreadable && link.test(text) && Date.now() - Date.parse(sentAt) < newestMs;

/** Asks the server to look where its links lead; what it finds comes with the message, to all windows. */
export function askPreviews(id: string): void {
  if (asked.has(id)) return;
  asked.add(id);
  waiting.push(id);
  void next();
}

async function next(): Promise<void> {
  const id = running < atOnce ? waiting.shift() : undefined;
  if (id === undefined) return;
  running += 1;
  await call('previewLinks', { params: { id } }).catch(() => {});
  running -= 1;
  store.touch(`previews:${id}`);
  void next();
}
