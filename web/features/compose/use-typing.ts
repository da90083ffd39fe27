'use client';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { call } from '../../lib/api/client';
import type { Conversation } from '../../lib/api/types';
import { useUser } from '../../lib/sync/hooks';
import type { Way } from './ways';

/** Said again this often while it lasts; the server takes silence for the end of it. */
const everyMs = 4000;

/** Tells the server that something is being written, where a network would pass it on and the person lets it. */
export function useTyping(conversation: Conversation, targets: Way[]) {
  const user = useUser();
  const { id } = conversation;
  const allowed = (conversation.sendTyping ?? user?.sendTyping ?? true) && targets.some((way) => way.can.typing);
  const toldAt = useRef(0);

  const stopped = useCallback(() => {
    if (toldAt.current === 0) return;
    toldAt.current = 0;
    call('setTyping', { params: { id }, body: { on: false } }).catch(() => {});
  }, [id]);

  const wrote = useCallback(
    (text: string) => {
      if (!allowed || !text.trim()) return stopped();
      const now = Date.now();
      if (now - toldAt.current < everyMs) return;
      toldAt.current = now;
      call('setTyping', { params: { id }, body: { on: true } }).catch(() => {});
    },
    [id, allowed, stopped],
  );
  useEffect(() => stopped, [stopped]);
  return useMemo(() => ({ wrote, stopped }), [wrote, stopped]);
}
