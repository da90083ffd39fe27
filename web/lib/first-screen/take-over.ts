import { elementId } from './kept';

/** Puts the list itself in the place of what was drawn for it, with the place it was scrolled to, what had the focus, and the press that waits. */
export function takeOver(): void {
  const screen = document.getElementById(elementId);
  if (!screen) return;
  const key = document.activeElement?.closest(`#${elementId} [data-row]`)?.getAttribute('data-row');
  const top = screen.querySelector('.sidebar-list')?.scrollTop ?? 0;
  const [x, y] = (screen.dataset.press ?? '').split(' ').map(Number);
  screen.remove();
  const list = document.querySelector('.sidebar-list');
  if (list && top > 0) list.scrollTop = top;
  if (key) document.querySelector<HTMLElement>(`.sidebar-list [data-row="${CSS.escape(key)}"] [data-roving]`)?.focus();
  // After what draws the list now.
  if (x !== undefined && y !== undefined) setTimeout(() => press(x, y));
}

function press(x: number, y: number): void {
  const pressed = document.elementFromPoint(x, y)?.closest<HTMLElement>('.sidebar :is(button, a, input)');
  pressed?.focus();
  pressed?.click();
}
