'use client';
import type { RefObject } from 'react';
import { t } from '../../lib/i18n';
import { useCommand } from '../commands/registry';
import { formats } from './formats';
import type { Opening } from './more-menu';
import type { Editor } from './use-editor';

type Given = {
  box: RefObject<HTMLTextAreaElement | null>;
  editor: Editor;
  onFormat: () => void;
  onOpen: (what: Opening) => void;
};

/** What the composer does, for the command bar and the list of shortcuts. */
export function useComposerCommands({ box, editor, onFormat, onOpen }: Given): void {
  const press = (selector: string) => box.current?.form?.querySelector<HTMLElement>(selector)?.click();
  const group = 'write';
  useCommand({ id: 'emoji', title: t('compose.emoji'), group, run: () => press('.emoji-button') });
  useCommand({ id: 'via', title: t('compose.send-via'), group, run: () => press('.via-button') });
  useCommand({ id: 'send-later', title: t('compose.send-later'), group, run: () => onOpen('when') });
  useCommand({ id: 'who-gets-what', title: t('compose.who-gets-what'), group, run: () => onOpen('preview') });
  useCommand({ id: 'template', title: t('compose.insert-template'), group, run: () => onOpen('insert') });
  for (const { key, title, change } of formats) {
    const run = () => {
      onFormat();
      editor.apply(change(editor.read()));
    };
    // biome-ignore lint/correctness/useHookAtTopLevel: the list is always the same
    useCommand({ id: `format-${key}`, title: t(title), group, run });
  }
}
