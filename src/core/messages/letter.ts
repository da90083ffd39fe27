import type { Button, Channel } from '../../sdk/index.js';
import { DomainError } from '../errors.js';
import { formatMarkdown } from './markdown.js';
import { checkPlaceholders, hasPlaceholders, keepEscapes, type Person } from './placeholders.js';
import { filled, type Words } from './render.js';
import type { SendRequest, Variants } from './request.js';
import { type Draft, sendableSubject, sendableText } from './sendable.js';

/** Longer ahead, nobody remembers what they scheduled. */
const FURTHEST_MS = 366 * 86_400_000;
/** What a button can say to us. */
const VALUE_BYTES = 64;

/** A message as it is accepted, before it is known where it goes. */
export type Letter = Draft & { replyTo: string | undefined; files: string[] };

/**
 * What placeholders are in a message: `checked` where it was written for many, so that none is misspelt; `loose` where a
 * person talks to one or a few, and braces they know nothing of are braces; `none` where there is nobody to name.
 */
export type Placeholders = 'checked' | 'loose' | 'none';

/** Of a message written in a conversation. */
export const placeholdersIn = (place: { contactId: string | null; mixed?: boolean }): Placeholders =>
  place.contactId === null && place.mixed !== true ? 'none' : 'loose';

/** @throws DomainError for what could go nowhere */
export function letterOf(
  request: Pick<
    SendRequest,
    'text' | 'format' | 'subject' | 'replyTo' | 'inThread' | 'attachments' | 'buttons' | 'variants' | 'shortenLinks'
  >,
  placeholders: Placeholders = 'checked',
): Letter {
  const { format, replyTo, inThread, attachments, buttons, shortenLinks } = request;
  const words = wordsOf(request, { format, placeholders, mayBeEmpty: attachments.length > 0 });
  const variants = variantsOf(request.variants, format, placeholders);
  const personal = placeholders !== 'none' && [words, ...Object.values(variants ?? {})].some(isPersonal);
  return {
    ...words,
    ...(variants === undefined ? {} : { variants }),
    ...(buttons === undefined ? {} : { buttons: buttons.map((row) => row.map(withValue)) }),
    ...(shortenLinks === true ? { shortenLinks } : {}),
    ...(personal ? { personal } : {}),
    attachments: attachments.length,
    isReply: replyTo !== undefined,
    ...(inThread === true ? { inThread } : {}),
    replyTo,
    files: attachments,
  };
}

/** The letter to one person: what speaks of them is filled in. @throws DomainError where there is nobody to name */
export function addressed(letter: Letter, person: Person | undefined): Letter {
  if (letter.personal !== true) return letter;
  const { personal: _filled, variants, ...rest } = letter;
  const own = mapped(variants, (words) => filled(words, person));
  return { ...rest, ...fitted(filled(letter, person)), ...(own === undefined ? {} : { variants: own }) };
}

const fitted = ({ text, html, subject }: Words) => ({ text, html, subject });

export function formatted(
  text: string,
  format: SendRequest['format'],
  placeholders: Placeholders = 'loose',
): { text: string; html: string | undefined } {
  const written = placeholders === 'none' ? text : keepEscapes(text);
  const marked = format === 'markdown' && text.trim() !== '' ? formatMarkdown(written) : undefined;
  return marked?.html == null ? { text, html: undefined } : { text: marked.text, html: marked.html };
}

type WordsGiven = { text: string; subject?: string | undefined };

type Rules = { format: SendRequest['format']; placeholders: Placeholders; mayBeEmpty: boolean };

function wordsOf(given: WordsGiven, { format, placeholders, mayBeEmpty }: Rules, field = '') {
  if (placeholders === 'checked') {
    checkPlaceholders(given.text, `${field}text`);
    checkPlaceholders(given.subject, `${field}subject`);
  }
  const { text, html } = formatted(sendableText(given.text, mayBeEmpty), format, placeholders);
  return { text, html, subject: sendableSubject(given.subject) };
}

/** Other words for a channel are formatted as the message is. @throws DomainError for what could go nowhere */
export const variantsOf = (
  variants: Variants | undefined,
  format: SendRequest['format'],
  placeholders: Placeholders = 'checked',
): Draft['variants'] =>
  mapped(variants, (words, channel) =>
    wordsOf(words, { format, placeholders, mayBeEmpty: false }, `variants.${channel}.`),
  );

const CHANNELS = ['im', 'email', 'sms'] as const;

function mapped<T, U>(
  variants: { [C in Channel]?: T } | undefined,
  by: (words: T, channel: Channel) => U,
): { [C in Channel]?: U } | undefined {
  const found: { [C in Channel]?: U } = {};
  for (const channel of CHANNELS) {
    const words = variants?.[channel];
    if (words !== undefined) found[channel] = by(words, channel);
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

const isPersonal = ({ text, html, subject }: Words): boolean => [text, html, subject].some(hasPlaceholders);

const withValue = (button: Button): Button =>
  button.url === undefined ? { ...button, value: button.value ?? upTo(VALUE_BYTES, button.label) } : button;

/** As many whole characters as go into so many bytes. */
function upTo(bytes: number, text: string): string {
  let cut = '';
  for (const character of text) {
    if (new TextEncoder().encode(cut + character).length > bytes) break;
    cut += character;
  }
  return cut;
}

/** A time that has passed is now. */
export function sendTime(sendAt: string | undefined, now: number): number {
  if (sendAt === undefined) return now;
  const at = Date.parse(sendAt);
  if (!Number.isNaN(at) && at <= now + FURTHEST_MS) return Math.max(at, now);
  throw new DomainError('invalid', 'invalid-send-time', 'A message can be scheduled for at most a year ahead.', {
    fields: { sendAt: 'must be a time within a year' },
  });
}
