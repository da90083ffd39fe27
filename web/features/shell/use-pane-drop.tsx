'use client';
import { type DragEvent, useState } from 'react';
import { t } from '../../lib/i18n';
import { chatOf, isChat } from '../buddies/chat-drag';
import { canOpenBeside, openBeside, openIn } from './panes';

type Side = 'before' | 'in' | 'after';

/** A conversation dropped on this one is shown in its place; at its edges, beside it. */
export function usePaneDrop(id: string) {
  const [side, setSide] = useState<Side | null>(null);
  const over = (event: DragEvent<HTMLElement>) => {
    if (!isChat(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'link';
    setSide(sideAt(event));
  };
  const leave = (event: DragEvent<HTMLElement>) => {
    const { relatedTarget, currentTarget } = event;
    if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setSide(null);
  };
  const drop = (event: DragEvent<HTMLElement>) => {
    setSide(null);
    const dropped = isChat(event) && chatOf(event);
    if (!dropped) return;
    event.preventDefault();
    const where = sideAt(event);
    if (where === 'in') openIn(id, dropped);
    else if (dropped !== id) openBeside(dropped, { side: where, of: id });
  };
  const veil = side && (
    <div className="pane-drop" data-side={side} aria-hidden="true">
      <span>{side === 'in' ? t('shell.drop-here') : t('shell.drop-beside')}</span>
    </div>
  );
  return { onDragOver: over, onDragLeave: leave, onDrop: drop, veil };
}

/** The outer thirds are beside it, where two can stand side by side. */
function sideAt({ clientX, currentTarget }: DragEvent<HTMLElement>): Side {
  const { left, width } = currentTarget.getBoundingClientRect();
  const part = (clientX - left) / width;
  if (!canOpenBeside() || (part > 1 / 3 && part < 2 / 3)) return 'in';
  const leftwards = part < 0.5;
  return leftwards === (document.documentElement.dir !== 'rtl') ? 'before' : 'after';
}
