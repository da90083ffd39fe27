import { ApiError, call, messageOf } from '../api/client';
import type { Answer } from '../api/types';
import { remember, restoreTimeline } from './local';
import { store } from './store';
import type { Before } from './timeline';

const pageSize = 50;
/** A network may be asked meanwhile. */
const pageMs = 60_000;
const restMs = 3000;

const beforeOf = ({ nextCursor, history }: Answer<'listMessages'>): Before => ({
  stored: nextCursor !== null,
  history: history ?? null,
});

/** Makes a conversation's newest messages present; paints what is remembered meanwhile. */
export async function openTimeline(conversationId: string): Promise<void> {
  const timeline = store.timeline(conversationId);
  if (timeline.loading === 'latest' || (timeline.fresh && timeline.atLatest)) return;
  // A page of elsewhere is of no use any more.
  timeline.forsake();
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

/** Goes on towards now, where the window ends before the newest. */
export async function loadNewer(conversationId: string): Promise<void> {
  const timeline = store.timelines.get(conversationId);
  const last = timeline?.items.at(-1);
  if (!timeline || !last || timeline.atLatest || timeline.loading || timeline.restsUntil > Date.now()) return;
  timeline.loading = 'newer';
  const { moves } = timeline;
  try {
    const query = { after: last.id, limit: pageSize };
    const page = await call('listMessages', { params: { id: conversationId }, query, limitMs: pageMs });
    if (timeline.moves !== moves || timeline.items.at(-1)?.id !== last.id) return;
    timeline.addNewer(page.items, page.newerCursor === null);
  } catch {
    timeline.restsUntil = Date.now() + restMs;
  } finally {
    if (timeline.moves === moves) timeline.loading = null;
    store.touch(`t:${conversationId}`);
  }
}

/** Shows what stands around a message (e.g. a search result) or a moment. @throws ApiError */
export async function openAround(conversationId: string, place: { around: string } | { at: string }): Promise<void> {
  const timeline = store.timeline(conversationId);
  if ('around' in place && timeline.has(place.around)) return;
  timeline.forsake();
  const { moves } = timeline;
  const query = { ...place, limit: pageSize };
  const page = await call('listMessages', { params: { id: conversationId }, query, limitMs: pageMs });
  if (timeline.moves !== moves) return;
  timeline.replaceWith(page.items, beforeOf(page), page.newerCursor === null);
  timeline.error = null;
  store.touch(`t:${conversationId}`);
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
