'use client';
import { useEffect, useState } from 'react';
import type { Attachment, Voice } from '../../lib/api/types';
import { useStore, useUser } from '../../lib/sync/hooks';
import {
  addAttachments,
  addFiles,
  clearFiles,
  filesOf,
  filesTopic,
  loadFiles,
  pause,
  removeFile,
  resume,
} from '../media/uploads';

export type Uploads = ReturnType<typeof useAttachments>;

/** Files beside the text being written; each is uploaded as soon as it is chosen, and goes on after a reload. */
export function useAttachments(conversationId: string) {
  const user = useUser();
  const items = useStore(filesTopic(conversationId), () => filesOf(conversationId), [conversationId]);
  // The message is to go as soon as its files are there.
  const [awaited, setAwaited] = useState(false);
  useEffect(() => {
    if (user) void loadFiles(user.id, conversationId);
  }, [user, conversationId]);
  const ready = items.flatMap(({ state }) => (state.is === 'done' ? [state.attachment] : []));
  const failed = items.some(({ state }) => state.is === 'failed');
  const busy = items.some(({ state }) => state.is !== 'done' && state.is !== 'failed');
  return {
    items,
    ready,
    busy,
    failed,
    awaited,
    /** Sends once the files are there: see `useSendWhenReady`. */
    await: setAwaited,
    add: (files: Iterable<File>) => addFiles(conversationId, files),
    addVoice: (file: File, voice: Voice) => addFiles(conversationId, [file], voice),
    remove: (key: string) => removeFile(conversationId, key),
    pause: (key: string) => pause(conversationId, key),
    resume: (key: string) => resume(conversationId, key),
    clear: () => clearFiles(conversationId),
    /** Files that are on the server already. */
    restore: (attachments: Attachment[]) => addAttachments(conversationId, attachments),
  };
}

/** Calls `send` when everything that was awaited is there. Nothing goes out with a file that failed. */
export function useSendWhenReady(uploads: Uploads, send: () => void): void {
  const { awaited, busy, failed, items } = uploads;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is sent once, as it is then
  useEffect(() => {
    if (!awaited || busy) return;
    uploads.await(false);
    if (!failed && items.length > 0) send();
  }, [awaited, busy, failed, items.length]);
}
