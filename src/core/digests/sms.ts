import { cleanLine } from '../messages/inbound.js';
import { type Bundle, bundled, type DigestLetter, type Missed, shownText } from './letters.js';

/** Signs of the GSM alphabet; those in the second string count twice (3GPP TS 23.038). */
const GSM = new Set(
  '@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const GSM_TWICE = new Set('^{}\\[~]|€');
const MOST_PARTS = 3;
const MOST_NUMBERED = 9;
const PART = { gsm: 153, unicode: 67 };

/** How many parts of a long SMS a text takes; a short one is one. */
export function smsParts(text: string): number {
  const { length, part } = measured(text);
  return Math.max(1, Math.ceil(length / part));
}

function measured(text: string): { length: number; part: number } {
  let length = 0;
  for (const sign of text) {
    if (GSM.has(sign)) length += 1;
    else if (GSM_TWICE.has(sign)) length += 2;
    else return { length: text.length, part: PART.unicode };
  }
  return { length, part: PART.gsm };
}

/** One text of at most three parts: each conversation has a line, as long as there is room for. */
export function smsLetter(missed: readonly Missed[]): DigestLetter {
  const bundles = bundled(missed);
  const shown = bundles.slice(0, MOST_NUMBERED);
  let room = 200;
  let text = textOf(bundles, shown, room);
  while (smsParts(text) > MOST_PARTS && (room > 0 || shown.length > 1)) {
    if (room > 8) room -= 4;
    else if (shown.length > 1) shown.pop();
    else room = 0;
    text = textOf(bundles, shown, room);
  }
  return {
    subject: undefined,
    text,
    html: undefined,
    conversationIds: shown.map(({ conversationId }) => conversationId),
    messageIds: missed.map(({ id }) => id),
  };
}

function textOf(all: readonly Bundle[], shown: readonly Bundle[], room: number): string {
  const [only] = shown;
  const count = all.reduce((sum, { messages }) => sum + messages.length, 0);
  if (all.length === 1 && only) return `${lineOf(only, room)}\n(Parley: answer with plain text)`;
  const left = all.length - shown.length;
  return [
    `Parley: ${count} missed`,
    ...shown.map((bundle, index) => `${index + 1} ${lineOf(bundle, room)}`),
    ...(left > 0 ? [`and ${left} more`] : []),
    'Answer such as: 1 OK',
  ].join('\n');
}

function lineOf({ name, group, messages }: Bundle, room: number): string {
  const last = messages.at(-1);
  const many = messages.length > 1 ? ` (${messages.length})` : '';
  const who = group && last ? `${short(cleanLine(last.sender), 20)}: ` : '';
  return `${short(name, 24)}${many}: ${who}${last ? short(cleanLine(shownText(last), 400), room) : ''}`;
}

/** Cut to so many signs, in signs that an SMS has room for. */
function short(text: string, most: number): string {
  const plain = plainSigns(text);
  const signs = [...plain];
  return signs.length <= most
    ? plain
    : `${signs
        .slice(0, Math.max(0, most - 2))
        .join('')
        .trimEnd()}..`;
}

const plainSigns = (text: string): string =>
  text
    .replace(/[‘’‚`´]/g, "'")
    .replace(/[“”„]/g, '"')
    .replace(/[–—]/g, '-')
    .replaceAll('…', '..')
    .replace(/[\u00a0\u2009\u202f]/g, ' ')
    .replace(/\p{Extended_Pictographic}|\u200d|\ufe0f/gu, '')
    .trim();
