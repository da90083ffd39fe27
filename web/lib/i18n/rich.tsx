import { Fragment, type ReactNode } from 'react';
import type { Tag, Texts } from '../../locales/generated/texts';
import { type TextName, t } from '.';

type Element<Value> = Value extends Tag ? (words: ReactNode) => ReactNode : Value extends number ? Value : ReactNode;
type Elements<Name extends TextName> = { [Key in keyof Texts[Name]]: Element<Texts[Name][Key]> };

/** Not typed by anybody: marks where an element goes. */
const open = '\ue000';
const close = '\ue001';

/**
 * A text with elements in it: `rich('chat.by', { name: <b>Ann</b> })` for a placeholder, and for words between tags,
 * `See <link>the ledger</link>`: `rich('chat.see', { link: (words) => <a href="…">{words}</a> })`. Numbers stay numbers,
 * so that the text can count.
 */
export function rich<Name extends TextName>(name: Name, elements: Elements<Name>): ReactNode {
  const given = new Map(Object.entries<unknown>(elements));
  const marked = Object.fromEntries(
    [...given].map(([key, value]) => [key, typeof value === 'number' ? value : `${open}${key}${close}`]),
  );
  // The types hold for the caller; here every element is a mark.
  const text = (t as (name: TextName, values: Record<string, unknown>) => string)(name, marked);
  return pieces(text, given);
}

/** Of three parts in a row: words, a mark or tagged words, and the tag's name. */
function pieces(text: string, given: Map<string, unknown>): ReactNode {
  return text.split(/(<([a-z][A-Za-z]*)>.*?<\/\2>|\ue000[A-Za-z]+\ue001)/).map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text keep their places
    index % 3 === 1 ? <Fragment key={index}>{elementOf(part, given)}</Fragment> : index % 3 === 0 && part,
  );
}

function elementOf(part: string, given: Map<string, unknown>): ReactNode {
  const [, tag, words = ''] = /^<([A-Za-z]+)>(.*)<\/\1>$/s.exec(part) ?? [];
  const value = given.get(tag ?? part.slice(1, -1));
  return (typeof value === 'function' ? value(pieces(words, given)) : value) as ReactNode;
}
