'use client';
import { useEffect, useSyncExternalStore } from 'react';
import { settings } from '../../lib/settings';
import { useLatest } from '../../lib/use-latest';
import { usePane } from '../shell/pane-context';
import { type Bound, begins, found, isLetter, nameOf } from './keys';
import { type CommandId, keysOf } from './shortcuts';

export type CommandGroup = 'go' | 'conversation' | 'message' | 'write' | 'view';

/**
 * Something that can be done from the keyboard. It stands in the command bar and in the list of shortcuts while the
 * component that registers it is shown.
 */
type Given = {
  id: CommandId;
  title: string;
  group: CommandGroup;
  /** False: it makes no sense now. */
  when?: boolean;
  run: () => void;
};
export type Command = Given & Bound;

const registered = new Map<CommandId, Command>();
const listeners = new Set<() => void>();
let listed: readonly Command[] = [];

function tell(): void {
  listed = [...registered.values()];
  for (const listener of listeners) listener();
}

/**
 * Registers a command for as long as the component is shown, and its pane is the one that is worked in; what it does is
 * always that of the last drawing.
 */
export function useCommand(command: Given): void {
  const latest = useLatest(command);
  const { focused } = usePane();
  const { id, title, group, when = true } = command;
  const counts = when && focused;
  useEffect(() => {
    if (!counts) return;
    const mine: Command = { id, title, group, ...keysOf(id), run: () => latest.current.run() };
    registered.set(id, mine);
    tell();
    return () => {
      if (registered.get(id) === mine) registered.delete(id);
      tell();
    };
  }, [id, title, group, counts]);
}

/** Does what is registered under this name, e.g. from a menu. */
export const runCommand = (id: CommandId): void => registered.get(id)?.run();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const none: readonly Command[] = [];
/** All that can be done now, in the order it was registered. */
export const useCommands = (): readonly Command[] =>
  useSyncExternalStore(
    subscribe,
    () => listed,
    () => none,
  );

/** Between the keys of a shortcut such as `g s`. */
const pauseMs = 1200;
let before = '';
let pressedAt = 0;

/** The one listener for the shortcuts of the page. */
export function listenForShortcuts(): () => void {
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
  // A dialog has the keyboard for itself.
  if (document.querySelector('dialog[open], [popover]:popover-open')) return;
  const name = nameOf(event);
  if (isLetter(name) && (isWriting(event.target) || !lettersCount(name))) return;
  const kept = event.timeStamp - pressedAt < pauseMs ? before : '';
  const command = found(listed, kept, name) ?? (kept ? found(listed, '', name) : null);
  before = command || !begins(listed, name) ? '' : name;
  pressedAt = event.timeStamp;
  if (!command) return;
  event.preventDefault();
  command.run();
}

/** `?` shows which keys there are; all others have to be switched on, for they are easily pressed by chance. */
function lettersCount(name: string): boolean {
  const chosen = settings().letterKeys;
  return chosen || name === '?' || name === 'escape';
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}
