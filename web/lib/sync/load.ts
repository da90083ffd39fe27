import { ApiError, call, messageOf } from '../api/client';
import type { Answer, Message } from '../api/types';
import { remember, restoreTimeline } from './local';
import { store } from './store';
import type { Before } from './timeline';

const pageSize = 50;
/** A network may be asked meanwhile. */
const pageMs = 60_000;

const beforeOf = ({ nextCursor, history }: Answer<'listMessages'>): Before => ({
  stored: nextCursor !== null,
  history: history ?? null,
});

/** Makes a conversation's newest messages present; paints what is remembered meanwhile. */
export async function openTimeline(conversationId: string): Promise<void> {
  const timeline = store.timeline(conversationId);
  if (timeline.loading || (timeline.fresh && timeline.atLatest)) return;
  timeline.loading = 'latest';
  timeline.error = null;
  const { moves } = timeline;
  if (timeline.items.length === 0) void restoreTimeline(conversationId, timeline);
  try {
    const page = await call('listMessages', {
      params: { id: conversationId },
      query: { limit: pageSize },
      limitMs: pageMs,
    });
    if (timeline.moves !== moves) return;
    timeline.replaceLatest(page.items, beforeOf(page));
    remember('timelines', conversationId);
  } catch (error) {
    timeline.error = messageOf(error);
  } finally {
    if (timeline.moves === moves) timeline.loading = null;
    store.touch(`t:${conversationId}`);
  }
}

/** Asks anew for what is in memory of a conversation, once the changes alone do not tell what became of it. */
export function reloadTimeline(conversationId: string): void {
  const timeline = store.timelines.get(conversationId);
  if (!timeline) return;
  timeline.forsake();
  timeline.fresh = false;
  void openTimeline(conversationId);
}

export async function loadOlder(conversationId: string): Promise<void> {
  const timeline = store.timelines.get(conversationId);
  const first = timeline?.items[0];
  if (!timeline || !first || !timeline.more || timeline.loading) return;
  timeline.loading = 'older';
  store.touch(`t:${conversationId}`);
  const { moves } = timeline;
  try {
    const query = { before: first.id, limit: pageSize };
    const page = await call('listMessages', { params: { id: conversationId }, query, limitMs: pageMs });
    // Had the first message gone meanwhile, the page would leave a gap.
    if (timeline.moves !== moves || timeline.items[0]?.id !== first.id) return;
    timeline.addOlder(page.items, beforeOf(page));
    timeline.error = null;
  } catch (error) {
    timeline.error = messageOf(error);
  } finally {
    if (timeline.moves === moves) timeline.loading = null;
    store.touch(`t:${conversationId}`);
  }
}

/** Tries the past again: after an error, or once a network is back. */
export function retryOlder(conversationId: string): void {
  const timeline = store.timelines.get(conversationId);
  if (!timeline) return;
  timeline.error = null;
  timeline.askAgain();
  void (timeline.items.length === 0 ? openTimeline(conversationId) : loadOlder(conversationId));
}

/** Shows the past up to one message, e.g. a search result. */
export async function openAt(message: Message): Promise<void> {
  const timeline = store.timeline(message.conversationId);
  if (timeline.has(message.id)) return;
  const query = { before: message.id, limit: pageSize };
  const page = await call('listMessages', { params: { id: message.conversationId }, query, limitMs: pageMs });
  timeline.replaceWith([...page.items, message], beforeOf(page));
  store.touch(`t:${message.conversationId}`);
}

/** Makes sure of a conversation the lists did not bring, e.g. one just opened. */
export async function ensureConversation(id: string): Promise<'known' | 'missing'> {
  if (store.conversations.has(id)) return 'known';
  try {
    store.conversations.set(id, await call('getConversation', { params: { id } }));
    store.touch('conversations');
    return 'known';
  } catch (error) {
    if (error instanceof ApiError && error.passing) throw error;
    return 'missing';
  }
}
