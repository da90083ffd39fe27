'use client';
import type { KeyboardEvent, RefObject } from 'react';
import { t } from '../../lib/i18n';
import { offerId } from './complete/offers';
import type { Completion } from './complete/use-completion';

type Props = {
  box: RefObject<HTMLTextAreaElement | null>;
  /** Whom it is written to. */
  name: string;
  text: string;
  completion: Completion;
  enterSends: boolean;
  onText: (text: string) => void;
  onKeyDown: (event: KeyboardEvent<HTMLTextAreaElement>) => void;
  onLeave: () => void;
  onFiles: (files: Iterable<File>) => void;
};

export function TextBox({ box, name, text, completion, enterSends, onText, onKeyDown, onLeave, onFiles }: Props) {
  const { id, open, at, look, close } = completion;
  return (
    <textarea
      ref={box}
      className="composer-text"
      aria-label={t('compose.message')}
      aria-autocomplete="list"
      aria-controls={open ? id : undefined}
      aria-activedescendant={open ? offerId(id, at) : undefined}
      aria-keyshortcuts={enterSends ? 'Enter' : 'Control+Enter'}
      enterKeyHint={enterSends ? 'send' : 'enter'}
      placeholder={t('compose.write-to', { name })}
      dir="auto"
      rows={1}
      value={text}
      onChange={(event) => {
        onText(event.target.value);
        look();
      }}
      onSelect={look}
      onKeyDown={onKeyDown}
      onBlur={() => {
        onLeave();
        close();
      }}
      onPaste={(event) => {
        if (event.clipboardData.files.length === 0) return;
        event.preventDefault();
        onFiles(event.clipboardData.files);
      }}
    />
  );
}
