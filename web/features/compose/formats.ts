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
    shortcut: 'Shift+8',
    change: (selected) => prefixed(selected, 'bullet'),
  },
  {
    key: 'number',
    title: 'compose.numbers',
    shortcut: 'Shift+7',
    change: (selected) => prefixed(selected, 'number'),
  },
  {
    key: 'quote',
    title: 'compose.quote',
    shortcut: 'Shift+9',
    change: (selected) => prefixed(selected, 'quote'),
  },
];

/** Which of them a key means; digits by their place, for Shift makes other signs of them. */
export function formatOf({
  key,
  code,
  shiftKey,
}: Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>): Format | undefined {
  const sign = code.startsWith('Digit') ? code.slice('Digit'.length) : key.toUpperCase();
  const pressed = shiftKey ? `Shift+${sign}` : sign;
  return formats.find(({ shortcut }) => shortcut === pressed);
}
