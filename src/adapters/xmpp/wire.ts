import { type Element, xml } from '@xmpp/client';
import { ns } from './ns.js';

type Child = Element | string | undefined;

/** An element to send; what is undefined is left out. */
export function el(name: string, attrs: Record<string, string | undefined> = {}, ...children: Child[]): Element {
  const given = Object.fromEntries(Object.entries(attrs).filter(([, value]) => value !== undefined));
  return xml(name, given, ...children.filter((child): child is Element | string => child !== undefined));
}

/** Characters that XML 1.0 cannot carry, however they are written. */
const illegal = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

export const carried = (text: string): string => text.toWellFormed().replace(illegal, '');

export const serialise = (element: Element): string => carried(element.toString());

/** A stanza's error (RFC 6120, 8.3). */
export class StanzaError extends Error {
  constructor(
    readonly condition: string,
    readonly type: string,
    text: string,
  ) {
    super(text === '' ? condition.replaceAll('-', ' ') : text);
    this.name = 'StanzaError';
  }

  static of(stanza: Element): StanzaError {
    const error = stanza.getChild('error');
    const condition = error
      ?.getChildElements()
      .find((child) => child.getNS() === ns.stanzaErrors && child.getName() !== 'text');
    const text = error?.getChildText('text', ns.stanzaErrors) ?? '';
    return new StanzaError(
      (condition?.getName() ?? 'undefined-condition').slice(0, 100),
      error?.attrs.type ?? 'cancel',
      visible(text, 300),
    );
  }
}

/** One line of visible text: control characters and bidi overrides removed. */
export function visible(text: string, max: number): string {
  const flat = text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
  return flat.length > max ? `${flat.slice(0, max).toWellFormed()}…` : flat;
}

/** The hidden or visible fields of a data form (XEP-0004), by name. */
export function formValues(form: Element | undefined): Map<string, string> {
  const fields = form?.getChildren('field') ?? [];
  return new Map(fields.slice(0, 200).map((field) => [field.attrs.var ?? '', field.getChildText('value') ?? '']));
}

/** A form to submit. */
export function submitForm(type: string, values: Record<string, string | undefined>): Element {
  const field = (name: string, value: string, hidden = false) =>
    el('field', { var: name, type: hidden ? 'hidden' : undefined }, el('value', {}, value));
  return el(
    'x',
    { xmlns: ns.dataForm, type: 'submit' },
    field('FORM_TYPE', type, true),
    ...Object.entries(values).map(([name, value]) => (value === undefined ? undefined : field(name, value))),
  );
}
