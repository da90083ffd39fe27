'use client';
import { type RefObject, useLayoutEffect, useState } from 'react';

export type View = { top: number; height: number };

/** What of a box is in view, in steps of so many pixels: not every moved pixel draws anew. */
export function useView(box: RefObject<HTMLElement | null>, step: number): View {
  const [view, setView] = useState<View>({ top: 0, height: 800 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      const top = Math.round(element.scrollTop / step) * step;
      const height = element.clientHeight;
      setView((before) => (before.top === top && before.height === height ? before : { top, height }));
    };
    look();
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [box, step]);
  return view;
}
