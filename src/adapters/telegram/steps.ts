import { AdapterError, type Button, type OutgoingAttachment, type OutgoingMessage } from '../../sdk/index.js';
import { type Rich, richOf, splitRich } from './formatting.js';

/** Telegram's limits in UTF-16 code units; a photo is at most 10 MB. */
const mostText = 4_096;
const mostCaption = 1_024;
const mostPhotoBytes = 10_000_000;
const mostButtonBytes = 64;

export type Markup = { inline_keyboard: { text: string; url?: string; callback_data?: string }[][] };
export type FileKind = 'photo' | 'animation' | 'video' | 'voice' | 'audio' | 'document';
/** One message on the wire. */
export type Step = { markup?: Markup } & (
  | { kind: 'text'; words: Rich }
  | { kind: FileKind; file: OutgoingAttachment; words?: Rich }
);

/**
 * The messages an outgoing one takes, the same each time it is asked: long text in pieces, a file each, a short text as
 * the first file's caption, the buttons below the last text. @throws AdapterError `rejected` for what cannot be sent
 */
export function stepsOf(message: Pick<OutgoingMessage, 'text' | 'html' | 'attachments' | 'buttons'>): Step[] {
  const words = wordsOf(message);
  const [first, ...others] = message.attachments;
  const empty = words.text.trim() === '';
  if (empty && !first) throw new AdapterError('rejected', 'Telegram sends no empty messages.');
  const asCaption = first !== undefined && words.text.length <= mostCaption;
  const texts: Step[] =
    asCaption || empty ? [] : splitRich(words, mostText).map((piece) => ({ kind: 'text', words: piece }));
  const files: Step[] = first
    ? [
        { kind: kindOf(first), file: first, ...(asCaption && !empty ? { words } : {}) },
        ...others.map((file): Step => ({ kind: kindOf(file), file })),
      ]
    : [];
  const markup = markupOf(message.buttons ?? []);
  const marked = texts.at(-1) ?? files[0];
  if (markup && marked) marked.markup = markup;
  return [...texts, ...files];
}

export function wordsOf({ text, html }: { text: string; html?: string | undefined }): Rich {
  if (html !== undefined) {
    const rich = richOf(html);
    if (rich.text !== '') return { ...rich, text: clean(rich.text) };
  }
  return { text: clean(text), entities: [] };
}

/** One character for one, so that what is formatted stays where it is. */
const clean = (text: string) =>
  text
    .replace(/\r(?!\n)/g, '\n')
    .replace(/[\0-\x08\x0b-\x1f\x7f]/g, ' ')
    .toWellFormed();

/** A new text for a message that took `count` messages. @throws AdapterError `rejected` where it needs more */
export function pieces(words: Rich, count: number): Rich[] {
  const found = splitRich(words, mostText);
  if (found.length === 0) throw new AdapterError('rejected', 'Telegram keeps no empty messages. Delete it instead.');
  if (found.length > count)
    throw new AdapterError(
      'rejected',
      `The new text is too long: the message may take ${count * mostText} characters.`,
    );
  return found;
}

const kinds: [RegExp, FileKind][] = [
  [/^image\/(jpeg|png|webp)$/, 'photo'],
  [/^image\/gif$/, 'animation'],
  [/^video\/mp4$/, 'video'],
  [/^audio\/(ogg|opus)$/, 'voice'],
  [/^audio\/(mpeg|mp4|mp3|x-m4a|m4a)$/, 'audio'],
];

/** What Telegram plays as music it takes as a voice message, too, where it was spoken for it. */
function kindOf({ type, size, voice }: OutgoingAttachment): FileKind {
  const kind = kinds.find(([pattern]) => pattern.test(type.toLowerCase()))?.[1] ?? 'document';
  if (kind === 'audio' && voice) return 'voice';
  return kind === 'photo' && size > mostPhotoBytes ? 'document' : kind;
}

/** A name that is one on every system, with no way out of its folder. */
export const fileName = (name: string) =>
  name.replace(/\p{C}/gu, '').split(/[/\\]/).at(-1)?.trim().slice(0, 200) || 'file';

function markupOf(rows: Button[][]): Markup | undefined {
  const keyboard = rows.map((row) => row.map(buttonOf)).filter((row) => row.length > 0);
  return keyboard.length > 0 ? { inline_keyboard: keyboard } : undefined;
}

function buttonOf({ label, url, value }: Button): Markup['inline_keyboard'][number][number] {
  const text = label
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .toWellFormed();
  if (text === '') throw new AdapterError('rejected', 'A button needs a label.');
  if (url !== undefined) {
    if (!/^(https?|tg):\/\//i.test(url))
      throw new AdapterError('rejected', `The button "${text}" needs a web address.`);
    return { text, url };
  }
  const data = (value ?? label).toWellFormed();
  if (Buffer.byteLength(data) > mostButtonBytes)
    throw new AdapterError(
      'rejected',
      `What the button "${text}" says is too long: Telegram takes ${mostButtonBytes} bytes.`,
    );
  return { text, callback_data: data };
}
