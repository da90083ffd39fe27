import { call } from '../../lib/api/client';
import { store } from '../../lib/sync/store';

const key = (conversationId: string) => `parley.draft.${store.user?.id ?? ''}.${conversationId}`;
const delayMs = 700;
const retryMs = 5000;

const timers = new Map<string, ReturnType<typeof setTimeout>>();
/** What the server was told last of each, so that its own word is not taken for that of another window. */
const told = new Map<string, string>();

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
  told.set(conversationId, draft);
  try {
    if (draft !== (store.conversations.get(conversationId)?.draft ?? ''))
      await call('patchConversation', { params: { id: conversationId }, body: { draft: draft || null } });
  } catch {
    if (localStorage.getItem(entry) !== null) later(conversationId, retryMs);
    return;
  }
  if (localStorage.getItem(entry) !== text) return;
  localStorage.removeItem(entry);
  timers.delete(conversationId);
}

export function readDraft(conversationId: string): string {
  const draft = store.conversations.get(conversationId)?.draft ?? '';
  const local = localStorage.getItem(key(conversationId));
  if (local === null) {
    told.set(conversationId, draft);
    return draft;
  }
  // Typed here and not told yet, e.g. before a reload.
  if (!timers.has(conversationId)) later(conversationId, delayMs);
  return local;
}

/** What another window made of the draft; null where ours is the latest. */
export function newsOf(conversationId: string, draft: string | null): string | null {
  const text = draft ?? '';
  if (timers.has(conversationId) || told.get(conversationId) === text) return null;
  told.set(conversationId, text);
  return text;
}
