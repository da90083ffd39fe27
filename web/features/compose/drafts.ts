import { call } from '../../lib/api/client';
import { store } from '../../lib/sync/store';

const key = (conversationId: string) => `parley.draft.${store.user?.id ?? ''}.${conversationId}`;
const delayMs = 900;
const timers = new Map<string, ReturnType<typeof setTimeout>>();

/** What was typed: here at once, on the server soon after. */
export function saveDraft(conversationId: string, text: string): void {
  if (text) localStorage.setItem(key(conversationId), text);
  else localStorage.removeItem(key(conversationId));
  clearTimeout(timers.get(conversationId));
  timers.set(
    conversationId,
    setTimeout(() => {
      timers.delete(conversationId);
      const known = store.conversations.get(conversationId)?.draft ?? '';
      const draft = text.trim() ? text : null;
      if (known === (draft ?? '')) return;
      void call('patchConversation', { params: { id: conversationId }, body: { draft } }).catch(() => {});
    }, delayMs),
  );
}

export function readDraft(conversationId: string): string {
  return localStorage.getItem(key(conversationId)) ?? store.conversations.get(conversationId)?.draft ?? '';
}
