import { DomainError } from '../errors.js';

/** Who gets a message, as far as the message speaks of them. */
export type Person = { name: string };

/**
 * `{{name}}`, or with a backslash before it the same signs as plain text. What is no single word in double braces
 * (`{{ a.b }}`, code) is left alone. Bounded on all sides, so that no text is slow.
 */
const PLACEHOLDER = /\\?\{\{[ \t]{0,4}([\p{L}_][\p{L}\p{N}_]{0,39})[ \t]{0,4}\}\}/gu;
/** The same as Markdown writes it into an address. */
const IN_ADDRESS = /%7B%7B([A-Za-z_]{1,40})%7D%7D/g;

const values: Record<string, (person: Person) => string> = {
  name: ({ name }) => asData(name),
  firstName: ({ name }) => asData(firstWord(name)),
};
const known = (name: string): boolean => Object.hasOwn(values, name);

/** In Markdown a backslash escapes a brace by itself: doubled, it is still there for `fill`. */
export const keepEscapes = (markdown: string): string =>
  markdown.replace(PLACEHOLDER, (whole) => (whole.startsWith('\\') ? `\\${whole}` : whole));

/** Text that `fill` gives back as it is here: what was not written for placeholders has none. */
export const literally = (text: string): string => text.replace(PLACEHOLDER, (whole) => `\\${whole}`);

/** Whether there is anything for `fill` to do. */
export const hasPlaceholders = (text: string | undefined): boolean =>
  text !== undefined && (text.search(PLACEHOLDER) >= 0 || text.search(IN_ADDRESS) >= 0);

/** @throws DomainError for a placeholder that nobody fills, naming `field` */
export function checkPlaceholders(text: string | undefined, field: string): void {
  for (const [whole, name = ''] of text?.matchAll(PLACEHOLDER) ?? []) {
    if (whole.startsWith('\\') || known(name)) continue;
    throw new DomainError(
      'invalid',
      'unknown-placeholder',
      `There is no placeholder ${whole}: there are {{name}} and {{firstName}}. To send the braces as they are, write \\${whole}.`,
      { fields: { [field]: `holds ${whole}, which nothing is known for` } },
    );
  }
}

/**
 * The text with what it says of the person. A value is data: it is not looked at for placeholders, and `encode` makes it
 * safe where it lands. @throws DomainError where there is nobody to speak of
 */
export function fill(text: string, person: Person | undefined, encode: (value: string) => string = same): string {
  return text.replace(PLACEHOLDER, (whole, name: string) => {
    if (whole.startsWith('\\')) return whole.slice(1);
    return known(name) ? encode(saidOf(name, person)) : whole;
  });
}

/** As `fill`, for what Markdown became: escaped in HTML, percent-encoded in its addresses. */
export function fillFormatted(
  { text, html }: { text: string; html: string },
  person: Person | undefined,
): { text: string; html: string } {
  const inAddresses = (words: string) =>
    words.replace(IN_ADDRESS, (whole, name: string) =>
      known(name) ? encodeURIComponent(saidOf(name, person)) : whole,
    );
  return { text: inAddresses(fill(text, person)), html: inAddresses(fill(html, person, escaped)) };
}

function saidOf(name: string, person: Person | undefined): string {
  if (person !== undefined) return values[name]!(person);
  throw new DomainError(
    'invalid',
    'nobody-to-name',
    `{{${name}}} needs somebody to name, and this goes to a room. Take it out, or write \\{{${name}}} for the braces themselves.`,
    { fields: { text: `holds {{${name}}}, and there is nobody to name` } },
  );
}

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const same = (value: string): string => value;

/** One line that turns no writing direction around and is no address: people choose their own names. */
const asData = (value: string): string =>
  oneLine(value)
    .replace(/\b[a-z][a-z0-9+.-]{0,20}:\/\//gi, '')
    .slice(0, 200)
    .toWellFormed();

const firstWord = (name: string): string => {
  const first = oneLine(name).split(' ')[0] ?? '';
  // Of a number or an address, a part says nothing.
  return /\p{L}/u.test(first) && !first.includes('@') ? first : name;
};

/** Without line breaks, controls and the signs that turn the writing direction. */
export const oneLine = (text: string): string =>
  text
    .slice(0, 1_000)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\s]+/g, ' ')
    .replace(/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
