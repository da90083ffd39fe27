import { type RefObject, useInsertionEffect, useRef } from 'react';

/**
 * What was given last, of what is on the page: for what runs later than the drawing. What is drawn in the background may
 * never be shown, so it is not taken before; effects find it there.
 */
export function useLatest<T>(value: T): RefObject<T> {
  const latest = useRef(value);
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}
