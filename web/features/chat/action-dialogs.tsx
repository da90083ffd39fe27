'use client';
import { useSyncExternalStore } from 'react';
import type { Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { go, link } from '../../lib/router';
import { lazily } from '../../ui/lazily';
import { useCommand } from '../commands/registry';

/** What is asked or shown before something is done with messages. It outlives the rows it was asked from. */
type Asked =
  | { is: 'forward'; messages: Message[] }
  | { is: 'remove'; messages: Message[] }
  | { is: 'edits'; message: Message }
  | { is: 'remind'; message: Message };

let asked: Asked | null = null;
const listeners = new Set<() => void>();

export function ask(next: Asked | null): void {
  asked = next;
  for (const listener of listeners) listener();
}

const ForwardDialog = lazily(() => import('../forward/forward-dialog').then((found) => found.ForwardDialog));
const RemoveDialog = lazily(() => import('../forward/remove-dialog').then((found) => found.RemoveDialog));
const RemindDialog = lazily(() => import('../attention/time-dialogs').then((found) => found.RemindDialog));
const EditsDialog = lazily(() => import('../forward/edits-dialog').then((found) => found.EditsDialog));

export function ActionDialogs() {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => asked,
    () => null,
  );
  useCommand({ id: 'starred', title: t('message.starred-page'), group: 'go', run: () => go(link.starred) });
  const close = () => ask(null);
  switch (now?.is) {
    case 'forward':
      return <ForwardDialog messages={now.messages} onClose={close} />;
    case 'remove':
      return <RemoveDialog messages={now.messages} onClose={close} />;
    case 'edits':
      return <EditsDialog message={now.message} onClose={close} />;
    case 'remind':
      return <RemindDialog about={{ is: 'message', message: now.message }} onClose={close} />;
    default:
      return null;
  }
}
