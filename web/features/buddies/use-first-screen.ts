'use client';
import { type RefObject, useEffect, useLayoutEffect } from 'react';
import { keepFirstScreen } from '../../lib/first-screen/keep';
import { takeOver } from '../../lib/first-screen/take-over';
import { whenIdle } from '../../lib/idle';

const soonMs = 3_000;
const everyMs = 30_000;
/** So long at most until the page has nothing else to do. */
const latestMs = 5_000;

type Shown = {
  list: RefObject<HTMLElement | null>;
  folded: boolean;
  /** Its rows are in the page. */
  drawn: boolean;
  /** As the next start of the page would have it: nothing is looked for, no menu is open. */
  plain: boolean;
};

/** The list takes the place of what was drawn before it, and is kept for the next start. */
export function useFirstScreen({ list, folded, drawn, plain }: Shown): void {
  useLayoutEffect(() => {
    if (drawn) takeOver();
  }, [drawn]);
  useEffect(() => {
    if (!drawn || !plain) return;
    const keep = () => list.current && keepFirstScreen(list.current, folded);
    const onHide = () => document.hidden && keep();
    const soon = setTimeout(() => whenIdle(keep, latestMs), soonMs);
    const timer = setInterval(() => whenIdle(keep, latestMs), everyMs);
    document.addEventListener('visibilitychange', onHide);
    window.addEventListener('pagehide', keep);
    return () => {
      clearTimeout(soon);
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onHide);
      window.removeEventListener('pagehide', keep);
    };
  }, [list, folded, drawn, plain]);
}
