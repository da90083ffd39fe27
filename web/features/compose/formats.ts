import { type PlainText, t } from '../../lib/i18n';
import { type Change, fenced, linked, marked, prefixed, type Selected } from './editing';

const around = (mark: string) => (selected: Selected) => marked(selected, mark);
const before = (kind: Parameters<typeof prefixed>[1]) => (selected: Selected) => prefixed(selected, kind);

/** What can be done to the text, in the order of the toolbar; their keys are those of the commands `format-…`. */
export const formats = [
  { key: 'bold', title: 'compose.bold', change: around('**') },
  { key: 'italic', title: 'compose.italic', change: around('*') },
  { key: 'strike', title: 'compose.strike', change: around('~~') },
  { key: 'code', title: 'compose.code', change: around('`') },
  { key: 'block', title: 'compose.code-block', change: fenced },
  { key: 'link', title: 'compose.link', change: (selected) => linked(selected, t('compose.link-words')) },
  { key: 'bullet', title: 'compose.bullets', change: before('bullet') },
  { key: 'number', title: 'compose.numbers', change: before('number') },
  { key: 'quote', title: 'compose.quote', change: before('quote') },
] as const satisfies { key: string; title: PlainText; change: (selected: Selected) => Change }[];
