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

function target(key: string, at: number, count: number): number | null {
  if (key === 'ArrowDown') return Math.min(at + 1, count - 1);
  if (key === 'ArrowUp') return Math.max(at - 1, 0);
  if (key === 'Home' && at >= 0) return 0;
  if (key === 'End' && at >= 0) return count - 1;
  return null;
}
