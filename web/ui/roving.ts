import type { KeyboardEvent } from 'react';

/** Arrow keys, Home and End move the focus among `[data-roving]` inside `box`. */
export function moveFocus(event: KeyboardEvent, box: HTMLElement | null): void {
  if (!box || event.altKey || event.ctrlKey || event.metaKey) return;
  const items = [...box.querySelectorAll<HTMLElement>('[data-roving]:not(:disabled)')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = target(event.key, at, items.length);
  if (to === null || !items[to]) return;
  event.preventDefault();
  items[to].focus();
}

/** The same along a toolbar: by the arrows of a line, as it is read, from one end to the other and on. */
export function moveAlong(event: KeyboardEvent, box: HTMLElement | null): void {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const items = [...(box?.querySelectorAll<HTMLElement>('button:not(:disabled)') ?? [])];
  const at = items.indexOf(document.activeElement as HTMLElement);
  if (by === undefined || at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const step = document.documentElement.dir === 'rtl' ? -by : by;
  items[(at + step + items.length) % items.length]?.focus();
}

function target(key: string, at: number, count: number): number | null {
  if (key === 'ArrowDown') return Math.min(at + 1, count - 1);
  if (key === 'ArrowUp') return Math.max(at - 1, 0);
  if (key === 'Home' && at >= 0) return 0;
  if (key === 'End' && at >= 0) return count - 1;
  return null;
}
