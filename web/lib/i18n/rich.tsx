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
  return text
    .split(/(<([a-z][A-Za-z]*)>.*?<\/\2>|\ue000[A-Za-z]+\ue001)/)
    .map((part, index) => piece(part, index, given));
}

function piece(part: string | undefined, index: number, given: Map<string, unknown>): ReactNode {
  // Of three in a row: words, a mark, and the name in it if it is a tag.
  if (part === undefined || index % 3 === 2) return null;
  if (index % 3 === 0) return part;
  const tag = /^<([A-Za-z]+)>(.*)<\/\1>$/s.exec(part);
  const value = given.get(tag?.[1] ?? part.slice(1, -1));
  const element = typeof value === 'function' ? value(tag?.[2]) : value;
  return <Fragment key={index}>{element as ReactNode}</Fragment>;
}
