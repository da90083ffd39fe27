'use client';
import { type RefObject, useEffect, useInsertionEffect } from 'react';
import { afterPaint } from '../../lib/idle';
import { go, link } from '../../lib/router';
import { onForeseen } from '../../lib/sync/prefetch';

/** Shown already, though the address does not say so yet. */
let ahead: string | null = null;

/**
 * React takes what is hidden out of the layout (`display: none`). These are put behind the one that is shown instead,
 * with the layout they have: see `panes.css`. With the commit that hides them it is done before anything measures.
 */
export function useBehind(
  box: RefObject<HTMLElement | null>,
  shownId: string | null,
  isReady: (id: string) => boolean,
): void {
  useInsertionEffect(() => order(box.current, shownId === null ? null : (ahead ?? shownId)));
  // What is drawn behind is hidden once more with each drawing.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new MutationObserver(() => {
      for (const frame of framesIn(element)) {
        if (frame.style.display === 'none') putBehind(frame, true);
        watch.observe(frame, { attributeFilter: ['style'] });
      }
    });
    watch.observe(element, { childList: true });
    return () => watch.disconnect();
  }, [box]);
  useEffect(() => (box.current ? bringNear(box.current) : undefined), [box]);
  useEffect(() => (box.current ? showAtOnce(box.current, isReady) : undefined), [box, isReady]);
}

/** With null all of them are shown. */
function order(box: HTMLElement | null, shownId: string | null): void {
  for (const frame of framesIn(box)) {
    if (shownId === null || frame.dataset.pane === shownId) set(frame, undefined);
    else putBehind(frame);
  }
}

/** One that was never shown is laid out once, then left alone. */
function putBehind(frame: HTMLElement, isNew = false): void {
  frame.style.removeProperty('display');
  if (frame.dataset.kept !== undefined) return;
  set(frame, isNew ? 'new' : '');
  if (!isNew) return;
  const leave = () => {
    if (frame.dataset.kept === 'new') set(frame, isPointedAt(frame) ? 'near' : '');
  };
  requestAnimationFrame(() => requestAnimationFrame(leave));
}

/** `new` and `near` are drawn, for nobody but the browser: showing one then changes only their order. */
function set(frame: HTMLElement, kept: '' | 'new' | 'near' | undefined): void {
  if (frame.dataset.kept === kept) return;
  if (kept === undefined) delete frame.dataset.kept;
  else frame.dataset.kept = kept;
  if (kept) frame.ariaHidden = 'true';
  else frame.removeAttribute('aria-hidden');
}

const framesIn = (box: HTMLElement | null): HTMLElement[] =>
  [...(box?.children ?? [])].filter((one): one is HTMLElement => one instanceof HTMLElement);

const isPointedAt = ({ dataset }: HTMLElement): boolean =>
  document.querySelector(`a[href="${link.conversation(CSS.escape(dataset.pane ?? ''))}"]:hover`) !== null;

/** The one whose row the pointer is over is drawn; with a key it is not, for the next could lead into it. */
function bringNear(box: HTMLElement): () => void {
  const look = () => {
    for (const frame of framesIn(box)) if (frame.dataset.kept === 'near' && !isPointedAt(frame)) set(frame, '');
  };
  const leave = () => {
    for (const frame of framesIn(box)) if (frame.dataset.kept) set(frame, '');
  };
  const stop = onForeseen((id) => {
    for (const frame of framesIn(box)) {
      if (frame.dataset.pane === id && frame.dataset.kept === '' && isPointedAt(frame)) set(frame, 'near');
    }
  });
  document.addEventListener('pointerover', look, { passive: true });
  document.addEventListener('keydown', leave, { capture: true });
  return () => {
    stop();
    document.removeEventListener('pointerover', look);
    document.removeEventListener('keydown', leave, { capture: true });
  };
}

/** A press of a link to one that is ready shows it with the next frame; what else follows from the address comes after that. */
function showAtOnce(box: HTMLElement, isReady: (id: string) => boolean): () => void {
  const onClick = (event: MouseEvent) => {
    const id = document.hidden ? null : pressed(event);
    if (id === null || !isReady(id) || !framesIn(box).some(({ dataset }) => dataset.pane === id && 'kept' in dataset))
      return;
    event.preventDefault();
    const { hash } = location;
    ahead = id;
    order(box, id);
    const follow = () => {
      if (ahead !== id) return;
      ahead = null;
      // Somebody went elsewhere meanwhile.
      if (location.hash === hash) go(link.conversation(id));
    };
    // Right after this frame it would vie with the painting of it.
    requestAnimationFrame(() => afterPaint(follow));
  };
  document.addEventListener('click', onClick);
  return () => document.removeEventListener('click', onClick);
}

/** The conversation a plain press leads to, and nothing else has taken. */
function pressed({ defaultPrevented, button, altKey, ctrlKey, metaKey, shiftKey, target }: MouseEvent): string | null {
  if (defaultPrevented || button !== 0 || altKey || ctrlKey || metaKey || shiftKey) return null;
  const address = target instanceof Element ? target.closest('a[href]')?.getAttribute('href') : null;
  const id = address?.startsWith('#/c/') ? address.slice('#/c/'.length) : null;
  return id !== null && address === link.conversation(id) ? id : null;
}
