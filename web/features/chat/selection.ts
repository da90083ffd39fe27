import { useSyncExternalStore } from 'react';

/** Several messages of one conversation, chosen to do something with all of them. */
export type Selection = { conversationId: string; ids: ReadonlySet<string> };

export const mostSelected = 100;

let selection: Selection | null = null;
/** The next message that gets the focus is chosen too: Shift and an arrow key. */
let extending = false;
const listeners = new Set<() => void>();

function become(next: Selection | null): void {
  selection = next;
  for (const listener of listeners) listener();
}

export const currentSelection = (): Selection | null => selection;

export function endSelection(): void {
  if (selection) become(null);
}

export function endSelectionIn(conversationId: string): void {
  if (selection?.conversationId === conversationId) become(null);
}

export function setSelected(conversationId: string, id: string, on: boolean): void {
  const ids = new Set(selection?.conversationId === conversationId ? selection.ids : []);
  if (!on) ids.delete(id);
  else if (ids.size < mostSelected) ids.add(id);
  become(ids.size > 0 ? { conversationId, ids } : null);
}

export function toggleSelected(conversationId: string, id: string): void {
  setSelected(conversationId, id, !selection?.ids.has(id));
}

export function extendFrom(conversationId: string, id: string): void {
  setSelected(conversationId, id, true);
  extending = true;
}

export function takeExtending(): boolean {
  const was = extending;
  extending = false;
  return was;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const nothing = () => null;

export const useSelection = (): Selection | null => useSyncExternalStore(subscribe, currentSelection, nothing);

/** Whether a message is chosen; null while nothing of its conversation is. */
export const useSelected = (conversationId: string, id: string): boolean | null =>
  useSyncExternalStore(
    subscribe,
    () => (selection?.conversationId === conversationId ? selection.ids.has(id) : null),
    nothing,
  );
