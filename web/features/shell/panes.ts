'use client';
import { useSyncExternalStore } from 'react';
import { beside, fitting, type Pane, type Place, without, workedIn, workIn } from '../../lib/panes';
import { currentRoute, go, link, openPanes, type Route, recentPanes, replaceAddress, useRoute } from '../../lib/router';
import { type Fold, type Room, roomIn } from './room';

const key = 'parley.fold';
const listeners = new Set<() => void>();

const foldNow = (): Fold => {
  const kept = localStorage.getItem(key);
  return kept === 'folded' || kept === 'unfolded' ? kept : null;
};

function setFold(fold: Fold): void {
  if (fold) localStorage.setItem(key, fold);
  else localStorage.removeItem(key);
  for (const listener of listeners) listener();
}

const onServer: Room = { folded: false, room: 1, most: 1 };
let known = onServer;

/** The same object as long as nothing of it changes. */
function currentRoom(): Room {
  const next = roomIn(innerWidth, openPanes()?.list.length ?? 0, foldNow());
  const same = next.folded === known.folded && next.room === known.room && next.most === known.most;
  if (!same) known = next;
  return known;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('resize', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('resize', listener);
  };
}

/** How much stands side by side in this window. */
export function useRoom(): Room {
  useRoute();
  return useSyncExternalStore(subscribe, currentRoom, () => onServer);
}

export function toggleFold(): void {
  const { folded } = currentRoom();
  setFold(null);
  // Where there is room for it, that is what comes of itself.
  if (currentRoom().folded === folded) setFold(folded ? 'unfolded' : 'folded');
}

/** The conversations that are seen now. */
export function shownPanes(): Pane[] {
  const route = currentRoute();
  return route.at === 'conversation' ? fitting(route.panes, currentRoom().room, recentPanes()) : [];
}

export const isShown = (conversationId: string): boolean => shownPanes().some(({ id }) => id === conversationId);

/** `here`: it is worked in; `open`: it stands beside that. */
export type Standing = 'here' | 'open' | null;

const currents = { here: 'page', open: 'true' } as const;

/** As a row of a list says it (`aria-current`). */
export const currentAs = (standing: Standing) => (standing === null ? undefined : currents[standing]);

/** How conversations stand in the window: looked up once for all rows of a list. */
export function standingsIn(route: Route): (conversationId: string | null) => Standing {
  if (route.at !== 'conversation') return () => null;
  const shown = new Set<string | null>(shownPanes().map(({ id }) => id));
  return (conversationId) => (route.id === conversationId ? 'here' : shown.has(conversationId) ? 'open' : null);
}

/** Selects the panes that are shown, not those that stay ready behind them. */
export const shownFrame = '.pane-frame:not([data-kept])';

/** Whether two conversations can stand side by side here. */
export const canOpenBeside = (): boolean => currentRoom().most > 1;

/** The conversation whose pane is to get the focus once it is drawn. */
let awaited: string | null = null;

/** Takes the wish for this pane, once. */
export function takeFocusFor(id: string): boolean {
  const taken = awaited === id;
  if (taken) awaited = null;
  return taken;
}

/** Opens a conversation in a pane of its own: where it is said, else after the one that is worked in. */
export function openBeside(id: string, place?: Place): void {
  const panes = openPanes();
  const here = panes && workedIn(panes);
  if (!panes || !here || !canOpenBeside() || (panes.list.length === 1 && here.id === id)) {
    go(link.conversation(id));
    return;
  }
  if (!place && panes.list.some((pane) => pane.id === id)) {
    if (here.id !== id) awaited = id;
    go(link.panes(workIn(panes, id)));
    return;
  }
  const { room, most } = currentRoom();
  // What does not fit now does once the list is folded.
  if (panes.list.length >= room && most > room) setFold(null);
  const next = beside(
    panes,
    id,
    place ?? { side: 'after', of: here.id },
    roomFor(panes.list.length + 1),
    recentPanes(),
  );
  awaited = id;
  // Without a word of it, "back" would leave the new one open.
  if (panes.list.length === 1 && currentRoute().at === 'conversation') replaceAddress(link.panes(panes));
  go(link.panes(next));
}

const roomFor = (open: number): number => Math.max(2, roomIn(innerWidth, open, foldNow()).room);

/** Shows a conversation in the place of this one. */
export function openIn(paneId: string, id: string): void {
  const panes = openPanes();
  if (panes && !isShown(id)) focusPane(paneId);
  awaited = id;
  go(link.conversation(id));
}

/** Closes one of several; the only one leaves the page to the list. */
export function closePane(id: string): void {
  const panes = openPanes();
  const next =
    panes &&
    without(
      panes,
      id,
      recentPanes().filter((one) => one !== id),
    );
  if (!next || currentRoute().at !== 'conversation') {
    go(link.home);
    return;
  }
  awaited = workedIn(next)?.id ?? null;
  go(link.panes(next));
}

/** Goes on in another of those that are open. */
export function focusPane(id: string): void {
  const panes = openPanes();
  if (!panes || workedIn(panes)?.id === id) return;
  replaceAddress(link.panes(workIn(panes, id)));
}

/** From pane to pane, round and round; the focus goes along. */
export function stepPane(by: 1 | -1): void {
  const shown = shownPanes();
  const panes = openPanes();
  const here = shown.findIndex(({ id }) => panes && id === workedIn(panes)?.id);
  const next = shown.at((here + by) % shown.length);
  if (!next || shown.length < 2) return;
  awaited = next.id;
  focusPane(next.id);
}
