'use client';
import { useEffect, useRef } from 'react';
import type { Route } from '../../lib/router';
import { shownFrame } from './panes';

/**
 * Where what had the focus left with the page before, the page that came has it: its box to write in for whoever was
 * writing, else the page as a whole, so that the next key goes on from there.
 */
export function useKeptFocus(route: Route): void {
  const wrote = useRef(false);
  useEffect(() => {
    const onFocus = ({ target }: FocusEvent) => {
      wrote.current = target instanceof Element && target.closest('.composer') !== null;
    };
    document.addEventListener('focusin', onFocus);
    return () => document.removeEventListener('focusin', onFocus);
  }, []);
  const before = useRef(route);
  useEffect(() => {
    if (before.current === route) return;
    before.current = route;
    const { activeElement } = document;
    if (activeElement !== document.body && !activeElement?.closest('[data-kept]')) return;
    const boxes = [`${shownFrame}[data-focused] .composer textarea`, `${shownFrame} .composer textarea`];
    const box = boxes.map((one) => document.querySelector<HTMLElement>(one)).find((one) => one !== null);
    ((wrote.current ? box : null) ?? document.getElementById('main'))?.focus({ preventScroll: true });
  }, [route]);
}
