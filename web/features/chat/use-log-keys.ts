'use client';
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import { moveFocus } from '../../ui/roving';
import { rowOf, topRow } from './use-scroll';

type Ways = {
  /** Draws, or asks for, what lies beyond the drawn rows; answers whether there is anything. */
  older: () => boolean;
  newer: () => boolean;
  first: () => void;
  last: () => void;
};

/**
 * Arrow keys, Home and End lead from message to message, also past what is drawn. The focus is never lost: where its
 * row leaves the page, the log has it, and the keys go on from what is seen.
 */
export function useLogKeys(box: RefObject<HTMLDivElement | null>, drawn: readonly unknown[], ways: Ways) {
  /** Where a step could not be made yet. */
  const waiting = useRef<{ from: string; key: 'ArrowUp' | 'ArrowDown' } | null>(null);
  const held = useRef<Element | null>(null);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const onIn = ({ target }: FocusEvent) => {
      held.current = target instanceof Element ? target.closest('[data-roving]') : null;
    };
    // Without a place to go to, the row has left the page, or the window has lost the focus.
    const onOut = ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget) held.current = null;
    };
    const onPress = () => {
      held.current = null;
    };
    element.addEventListener('focusin', onIn);
    element.addEventListener('focusout', onOut);
    document.addEventListener('pointerdown', onPress, true);
    return () => {
      element.removeEventListener('focusin', onIn);
      element.removeEventListener('focusout', onOut);
      document.removeEventListener('pointerdown', onPress, true);
    };
  }, [box]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: after each drawing of the rows
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const lost = document.activeElement === document.body && held.current?.isConnected === false;
    if (lost) element.focus({ preventScroll: true });
    const { current } = waiting;
    if (!current) return;
    const row = rowOf(element, current.from);
    const rows = [...element.querySelectorAll<HTMLElement>('[data-roving]')];
    const next = row ? rows[rows.indexOf(row) + (current.key === 'ArrowUp' ? -1 : 1)] : undefined;
    if (row && document.activeElement !== row) waiting.current = null;
    else if (next) {
      waiting.current = null;
      next.focus();
    }
  }, [box, drawn]);

  return (event: KeyboardEvent<HTMLDivElement>) => {
    const element = box.current;
    const { target, key } = event;
    if (!element || !(target instanceof HTMLElement) || event.altKey || event.ctrlKey || event.metaKey) return;
    if (target === element) {
      const top = topRow(element);
      if (key !== 'ArrowUp' && key !== 'ArrowDown') return;
      event.preventDefault();
      if (top) rowOf(element, top.id)?.focus();
      return;
    }
    if (target.dataset.roving === undefined) return;
    if (key === 'Home' || key === 'End') {
      event.preventDefault();
      if (key === 'Home') ways.first();
      else ways.last();
      return;
    }
    if (key !== 'ArrowUp' && key !== 'ArrowDown') return;
    const rows = element.querySelectorAll<HTMLElement>('[data-roving]');
    const edge = key === 'ArrowUp' ? rows[0] : rows[rows.length - 1];
    if (target !== edge) return moveFocus(event, element);
    event.preventDefault();
    const from = target.dataset.message;
    if (from !== undefined && (key === 'ArrowUp' ? ways.older() : ways.newer())) waiting.current = { from, key };
  };
}
