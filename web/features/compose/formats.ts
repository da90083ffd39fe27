import { type PlainText, t } from '../../lib/i18n';
import { type Change, fenced, linked, marked, prefixed, type Selected } from './editing';

type Format = {
  key: string;
  title: PlainText;
  /** Beside Control or Command. */
  shortcut: string;
  change: (selected: Selected) => Change;
};

export const formats: Format[] = [
  {
    key: 'bold',
    title: 'compose.bold',
    shortcut: 'B',
    change: (selected) => marked(selected, '**'),
  },
  {
    key: 'italic',
    title: 'compose.italic',
    shortcut: 'I',
    change: (selected) => marked(selected, '*'),
  },
  {
    key: 'strike',
    title: 'compose.strike',
    shortcut: 'Shift+X',
    change: (selected) => marked(selected, '~~'),
  },
  {
    key: 'code',
    title: 'compose.code',
    shortcut: 'E',
    change: (selected) => marked(selected, '`'),
  },
  {
    key: 'block',
    title: 'compose.code-block',
    shortcut: 'Shift+E',
    change: fenced,
  },
  {
    key: 'link',
    title: 'compose.link',
    shortcut: 'Shift+U',
    change: (selected) => linked(selected, t('compose.link-words')),
  },
  {
    key: 'bullet',
    title: 'compose.bullets',
    shortcut: 'Shift+L',
    change: (selected) => prefixed(selected, 'bullet'),
  },
  {
    key: 'number',
    title: 'compose.numbers',
    shortcut: 'Shift+K',
    change: (selected) => prefixed(selected, 'number'),
  },
  {
    key: 'quote',
    title: 'compose.quote',
    shortcut: 'Shift+G',
    change: (selected) => prefixed(selected, 'quote'),
  },
];

/** Which of them a key means. */
export function formatOf({ key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>): Format | undefined {
  const pressed = `${shiftKey ? 'Shift+' : ''}${key.toUpperCase()}`;
  return formats.find(({ shortcut }) => shortcut === pressed);
}
