'use client';
import { useEffect } from 'react';
import { useStore } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';

type Asked = { messageId: string; back: HTMLElement | null };

let asked: Asked | null = null;
const topic = 'edit-asked';

/** Opens the message's form where it stands; the focus goes back once it is done. */
export function askToEdit(messageId: string, back: HTMLElement | null): void {
  asked = { messageId, back };
  store.touch(topic);
}

/** Called where the message is drawn. Answers what is to be called when its form closes. */
export function useAskedToEdit(messageId: string, onAsked: () => void): () => void {
  const now = useStore(topic, () => (asked?.messageId === messageId ? asked : null), [messageId]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once each time it is asked for
  useEffect(() => {
    if (!now) return;
    onAsked();
    document.getElementById(`m-${messageId}`)?.scrollIntoView({ block: 'nearest' });
  }, [now]);
  return () => {
    if (asked?.messageId !== messageId) return;
    asked.back?.focus();
    asked = null;
  };
}
