'use client';
import { useEffect, useState } from 'react';
import type { Attachment, Voice } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { useStore, useUser } from '../../lib/sync/hooks';
import { notify } from '../../ui/notice';
import { filesOf, filesTopic, setList } from '../media/files';

/** What moves files is fetched while nothing is waited for. */
const uploads = () => import('../media/uploads');
type Moves = Awaited<ReturnType<typeof uploads>>;
const withUploads = (work: (moves: Moves) => void): Promise<void> =>
  uploads().then(work, () => notify(t('common.part-missing')));

export type Uploads = ReturnType<typeof useAttachments>;

/** Files beside the text being written; each is uploaded as soon as it is chosen, and goes on after a reload. */
export function useAttachments(conversationId: string) {
  const user = useUser();
  const items = useStore(filesTopic(conversationId), () => filesOf(conversationId), [conversationId]);
  // The message is to go as soon as its files are there.
  const [awaited, setAwaited] = useState(false);
  useEffect(() => {
    if (user)
      void uploads().then(
        ({ loadFiles }) => loadFiles(user.id, conversationId),
        () => {},
      );
  }, [user, conversationId]);
  const keys = items.map(({ key }) => key);
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
    add: (files: Iterable<File>) => {
      // A list of the browser's own is emptied once its event is over.
      const chosen = [...files];
      void withUploads(({ addFiles }) => addFiles(conversationId, chosen));
    },
    addVoice: (file: File, voice: Voice) => withUploads(({ addFiles }) => addFiles(conversationId, [file], voice)),
    remove: (key: string) => withUploads(({ removeFile }) => removeFile(conversationId, key)),
    pause: (key: string) => withUploads(({ pause }) => pause(conversationId, key)),
    resume: (key: string) => withUploads(({ resume }) => resume(conversationId, key)),
    clear: () => {
      setList(conversationId, []);
      void withUploads(({ forget }) => forget(keys));
    },
    /** Files that are on the server already. */
    restore: (attachments: Attachment[]) =>
      withUploads(({ addAttachments }) => addAttachments(conversationId, attachments)),
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
