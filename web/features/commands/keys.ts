/** What of a key press decides. */
export type Press = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/**
 * The name of a press, as shortcuts are written: `mod+k`, `alt+shift+arrowdown`, `j`, `?`. `mod` is Ctrl, or ⌘ on a Mac.
 * With Alt the place of a key counts, since what it types differs from keyboard to keyboard.
 */
export function nameOf({ key, code, ctrlKey, metaKey, altKey, shiftKey }: Press): string {
  const placed = altKey ? (/^(?:Key|Digit)(.)$/.exec(code)?.[1] ?? key) : key;
  const typed = placed.length === 1;
  // A sign that is typed with Shift, such as "?", is its own name.
  const shift = shiftKey && (!typed || /\p{L}/u.test(placed));
  const parts = [ctrlKey || metaKey ? 'mod' : '', altKey ? 'alt' : '', shift ? 'shift' : '', placed.toLowerCase()];
  return parts.filter(Boolean).join('+');
}

/** A single key that types something: nothing for those who are writing. */
export const isLetter = (shortcut: string): boolean => !/^(mod|alt)\+/.test(shortcut);

export type Bound = {
  /** With Ctrl/⌘ or Alt, e.g. `mod+k`, `alt+a`; works while writing too. */
  shortcut?: string;
  /** Single keys, e.g. `j` or `g s`, for those who switched them on; never while writing. */
  letters?: string;
};

/** The keys before the last, as typed within a moment of each other, e.g. `g` of `g s`. */
export function found<Command extends Bound>(commands: readonly Command[], before: string, name: string) {
  const keys = before ? `${before} ${name}` : name;
  const fits = ({ shortcut, letters }: Command) => shortcut === keys || letters === keys;
  return commands.findLast(fits) ?? null;
}

/** Whether these keys begin the letters of a command. */
export const begins = (commands: readonly Bound[], keys: string): boolean =>
  commands.some(({ letters }) => letters?.startsWith(`${keys} `));

const signs: Record<string, string> = {
  arrowdown: '↓',
  arrowup: '↑',
  arrowleft: '←',
  arrowright: '→',
  enter: '↵',
  escape: 'Esc',
  delete: 'Del',
  end: 'End',
  pagedown: 'PgDn',
  pageup: 'PgUp',
};

/** The keys of a shortcut as they are written on the keyboard, those to be pressed together in one list. */
export function written(shortcut: string, mac: boolean): string[][] {
  const names: Record<string, string> = mac
    ? { mod: '⌘', alt: '⌥', shift: '⇧' }
    : { mod: 'Ctrl', alt: 'Alt', shift: 'Shift' };
  return shortcut.split(' ').map((press) =>
    press.split('+').map((key) => {
      const name = names[key] ?? signs[key];
      return name ?? (key.length === 1 ? key.toUpperCase() : key);
    }),
  );
}
