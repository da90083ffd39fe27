'use client';
import { useEffect, useRef } from 'react';
import type { Conversation } from '../../lib/api/types';
import { patchSeen } from '../chat/patch-chat';

/** A conversation that was marked unread is so no longer once it is opened; one that is marked while open stays. */
export function useRead(conversation: Conversation | undefined): void {
  const opened = useRef<string | null>(null);
  useEffect(() => {
    if (!conversation || opened.current === conversation.id) return;
    opened.current = conversation.id;
    if (conversation.markedUnread) void patchSeen(conversation.id, { markedUnread: false });
  }, [conversation]);
  // One that only stays ready is opened again.
  useEffect(
    () => () => {
      opened.current = null;
    },
    [],
  );
}
