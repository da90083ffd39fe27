'use client';
import { type RefObject, useMemo } from 'react';
import type { Change, Selected } from './editing';

export type Editor = {
  read: () => Selected;
  apply: (change: Change) => void;
};

/** Changes the text in a box as typing does: what the browser undoes stays whole. */
export function useEditor(box: RefObject<HTMLTextAreaElement | null>): Editor {
  return useMemo(
    () => ({
      read: () => {
        const { value: text = '', selectionStart: start = 0, selectionEnd: end = 0 } = box.current ?? {};
        return { text, start, end };
      },
      apply: ({ from, to, insert, start, end }) => {
        const element = box.current;
        if (!element) return;
        element.focus();
        element.setSelectionRange(from, to);
        // The only way that keeps the history of the box; it is there in all browsers.
        if (insert !== '') document.execCommand('insertText', false, insert);
        else if (from !== to) document.execCommand('delete');
        element.setSelectionRange(start, end);
      },
    }),
    [box],
  );
}
