import { useSyncExternalStore } from 'react';

type Editing = { messageId: string; back: HTMLElement | null };

/** The message whose words are being changed: one at a time, begun from anywhere. */
let editing: Editing | null = null;
const listeners = new Set<() => void>();

function become(next: Editing | null): void {
  editing = next;
  for (const listener of listeners) listener();
}

/** Opens the message's form where it stands. `back` gets the focus once it is done; else the message does. */
export function beginEdit(messageId: string, back: HTMLElement | null = null): void {
  become({ messageId, back });
  rowOf(messageId)?.scrollIntoView({ block: 'nearest' });
}

export function endEdit(): void {
  if (!editing) return;
  const { messageId, back } = editing;
  become(null);
  const next = back?.isConnected ? back : rowOf(messageId);
  next?.focus({ preventScroll: true });
}

const rowOf = (messageId: string) => document.querySelector<HTMLElement>(`[data-message="${CSS.escape(messageId)}"]`);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useEditing = (messageId: string): boolean =>
  useSyncExternalStore(
    subscribe,
    () => editing?.messageId === messageId,
    () => false,
  );
