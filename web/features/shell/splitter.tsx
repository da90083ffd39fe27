'use client';
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { t } from '../../lib/i18n';
import { leastPane } from './room';

type Props = {
  /** Whose width it changes. */
  name: string;
  /** Of the two beside it, how much the first one has. */
  share: number;
  onShare: (share: number) => void;
  onEven: () => void;
};

const step = 0.04;
const clamp = (share: number, least: number): number => Math.min(1 - least, Math.max(least, share));

/** Between two conversations: moved by the pointer or by arrow keys; Enter or a double click makes all equally wide. */
export function Splitter({ name, share, onShare, onEven }: Props) {
  const bar = useRef<HTMLDivElement>(null);
  const moved = useRef<number | null>(null);
  /** From the line to where it was taken hold of. */
  const held = useRef(0);
  const beside = () => {
    const after = bar.current?.closest('.pane-frame');
    const before = after?.previousElementSibling;
    if (!(before instanceof HTMLElement) || !(after instanceof HTMLElement)) return null;
    const width = before.offsetWidth + after.offsetWidth;
    return { before, after, width, least: Math.min(0.5, leastPane / width) };
  };
  const shareAt = (clientX: number): number | null => {
    const both = beside();
    if (!both) return null;
    const { left, right } = both.before.getBoundingClientRect();
    const part = (document.documentElement.dir === 'rtl' ? right - clientX : clientX - left) / both.width;
    return clamp(part, both.least);
  };
  const move = ({ clientX, currentTarget, pointerId }: PointerEvent<HTMLElement>) => {
    if (!currentTarget.hasPointerCapture(pointerId)) return;
    const next = shareAt(clientX - held.current);
    const both = beside();
    if (next === null || !both) return;
    // Only the widths move with the pointer: what is in them is drawn once it is let go.
    const all = Number(both.before.style.flexGrow) + Number(both.after.style.flexGrow);
    both.before.style.flexGrow = String(all * next);
    both.after.style.flexGrow = String(all * (1 - next));
    moved.current = next;
  };
  const hold = ({ button, clientX, currentTarget, pointerId }: PointerEvent<HTMLElement>) => {
    const { left = 0, right = 0 } = beside()?.before.getBoundingClientRect() ?? {};
    held.current = clientX - (document.documentElement.dir === 'rtl' ? left : right);
    if (button === 0) currentTarget.setPointerCapture(pointerId);
  };
  const release = () => {
    if (moved.current !== null) onShare(moved.current);
    moved.current = null;
  };
  const press = (event: KeyboardEvent) => {
    const both = beside();
    const next = both && shareBy(event.key, share, both.least);
    if (event.key === 'Enter') onEven();
    else if (next !== null) onShare(next);
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a line cannot be moved
    <div
      className="splitter"
      ref={bar}
      role="separator"
      aria-orientation="vertical"
      aria-label={t('shell.width-of', { name })}
      aria-valuenow={Math.round(share * 100)}
      title={t('shell.resize')}
      tabIndex={0}
      onPointerDown={hold}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={release}
      onDoubleClick={onEven}
      onKeyDown={press}
    />
  );
}

function shareBy(key: string, share: number, least: number): number | null {
  const forward = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  if (key === 'Home') return least;
  if (key === 'End') return 1 - least;
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return null;
  return clamp(share + (key === forward ? step : -step), least);
}
