import { call } from '../../lib/api/client';
import type { Conversation } from '../../lib/api/types';
import { store } from '../../lib/sync/store';

const key = (conversationId: string) => `parley.draft.${store.user?.id ?? ''}.${conversationId}`;
const delayMs = 700;
const retryMs = 5000;

const timers = new Map<string, ReturnType<typeof setTimeout>>();
/** What the server was told last of each, and the revision that made of it: older news is over, and newer of the same is ours. */
const told = new Map<string, { text: string; rev: number }>();

const kept = (text: string): string => (text.trim() ? text : '');

/** What was typed: here at once, on the server and in all other windows soon after. */
export function saveDraft(conversationId: string, text: string): void {
  localStorage.setItem(key(conversationId), text);
  later(conversationId, delayMs);
}

function later(conversationId: string, ms: number): void {
  clearTimeout(timers.get(conversationId));
  timers.set(
    conversationId,
    setTimeout(() => void push(conversationId), ms),
  );
}

/** The local copy is there only as long as the server has not got it. */
async function push(conversationId: string): Promise<void> {
  const entry = key(conversationId);
  const text = localStorage.getItem(entry);
  if (text === null) return void timers.delete(conversationId);
  const draft = kept(text);
  try {
    // The row may not show yet what we told last.
    const same = [told.get(conversationId)?.text, store.conversations.get(conversationId)?.draft ?? ''];
    if (same.some((known) => known !== undefined && known !== draft)) {
      const params = { id: conversationId };
      const { rev } = await call('patchConversation', { params, body: { draft: draft || null } });
      told.set(conversationId, { text: draft, rev });
    }
  } catch {
    if (localStorage.getItem(entry) !== null) later(conversationId, retryMs);
    return;
  }
  if (localStorage.getItem(entry) !== text) return;
  localStorage.removeItem(entry);
  timers.delete(conversationId);
}

export function readDraft(conversationId: string): string {
  const { draft, rev = 0 } = store.conversations.get(conversationId) ?? {};
  const local = localStorage.getItem(key(conversationId));
  if (local === null) {
    told.set(conversationId, { text: draft ?? '', rev });
    return draft ?? '';
  }
  // Typed here and not told yet, e.g. before a reload.
  if (!timers.has(conversationId)) later(conversationId, delayMs);
  return local;
}

/** What another window made of the draft; null where ours is the latest. */
export function newsOf({ id, draft, rev }: Pick<Conversation, 'id' | 'draft' | 'rev'>): string | null {
  const text = draft ?? '';
  const last = told.get(id);
  if (timers.has(id) || (last && (rev <= last.rev || text === last.text))) return null;
  told.set(id, { text, rev });
  return text;
}
