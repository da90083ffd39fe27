'use client';
import type { KeyboardEvent } from 'react';
import type { Completion } from './complete/use-completion';
import { continued } from './editing';
import type { Editor } from './use-editor';

type Wanted = {
  editor: Editor;
  completion: Completion;
  formatted: boolean;
  /** Enter sends, and with Shift makes a line; else Control does. */
  enterSends: boolean;
  onSend: () => void;
  /** Each answers whether there was something to do. */
  onEditLast: () => boolean;
  onUndo: () => boolean;
  onEscape: () => boolean;
};

/** What keys do in the box; those that format are commands. */
export function useKeys(wanted: Wanted) {
  const { editor, completion, formatted, enterSends, onSend, onEditLast, onUndo, onEscape } = wanted;
  const onEnter = (event: KeyboardEvent): boolean => {
    const control = event.ctrlKey || event.metaKey;
    if (control || (enterSends && !event.shiftKey)) {
      onSend();
      return true;
    }
    const next = formatted ? continued(editor.read()) : null;
    if (next) editor.apply(next);
    return next !== null;
  };
  const handled = (event: KeyboardEvent): boolean => {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (key === 'Enter' && !altKey) return onEnter(event);
    if (key === 'Escape') return onEscape();
    if (altKey) return false;
    if (ctrlKey || metaKey) return key === 'z' && !shiftKey && onUndo();
    return key === 'ArrowUp' && !shiftKey && editor.read().text === '' && onEditLast();
  };
  return (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing || completion.onKey(event)) return;
    if (handled(event)) event.preventDefault();
  };
}
