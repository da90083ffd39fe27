import { DomainError } from '../errors.js';
import { sentOn } from '../groups/relay.js';
import { withoutImages } from './html.js';
import type { Letter } from './letter.js';
import { escaped } from './placeholders.js';
import { sendableText } from './sendable.js';

/** A message as it is stored, to be passed on. */
export type Original = {
  text: string;
  html: string | null;
  format: string;
  senderName: string;
  own: boolean;
  subject: string | null;
  deleted: boolean;
  unreadable: boolean;
  files: string[];
};

/** What is said with it. */
export type Cover = {
  text?: string | undefined;
  /** Says who wrote it. Absent: where that was somebody else. */
  named?: boolean | undefined;
};

/** Marks of a network's own formatting. */
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
/** Longer formatting is that of a newsletter: its words go without. */
const LONGEST_HTML = 20_000;
const LONGEST_SUBJECT = 300;
const MOST_FILES = 10;

/**
 * A message passed on: a word of our own, then who wrote it, then what they wrote, with its files. Nothing in it is a
 * placeholder, and what it answered is left behind. @throws DomainError where there is nothing to pass on
 */
export function forwarded(original: Original, { text: cover = '', named = !original.own }: Cover): Letter {
  const said = original.text.replace(CONTROLS, '');
  if (original.deleted) throw new DomainError('conflict', 'message-deleted', 'This message was deleted.');
  if (original.unreadable || original.format === 'system' || (said.trim() === '' && original.files.length === 0))
    throw new DomainError('conflict', 'cannot-be-forwarded', 'There is nothing in this message that can be passed on.');
  const name = named ? original.senderName : undefined;
  const files = original.files.slice(0, MOST_FILES);
  const words = name === undefined ? said : sentOn(name, said);
  return {
    text: sendableText([cover.trim(), words].filter((part) => part.trim() !== '').join('\n\n'), files.length > 0),
    html: htmlOf(original.html, cover, name),
    subject: subjectOf(original.subject),
    attachments: files.length,
    isReply: false,
    replyTo: undefined,
    files,
  };
}

function htmlOf(html: string | null, cover: string, name: string | undefined): string | undefined {
  const own = html === null || html.length > LONGEST_HTML ? '' : withoutImages(html).trim();
  if (own === '') return undefined;
  const paragraphs = cover
    .trim()
    .split(/\n{2,}/)
    .filter((part) => part !== '')
    .map((part) => `<p>${escaped(part).replaceAll('\n', '<br />')}</p>`);
  return [...paragraphs, ...(name === undefined ? [] : [`<p><strong>${escaped(name)}:</strong></p>`]), own].join('\n');
}

const subjectOf = (subject: string | null): string | undefined =>
  subject === null || subject.trim() === ''
    ? undefined
    : `Fwd: ${subject.replace(/^(?:fwd?|wg): */i, '').trim()}`.slice(0, LONGEST_SUBJECT).toWellFormed();
