import { type Button, limits } from '../../sdk/index.js';
import { DomainError } from '../errors.js';
import { sampleAddresses } from '../links/addresses.js';
import type { NamedFile } from './file-lines.js';
import type { Person } from './placeholders.js';
import { lacksFiles, render, type Way, type Written } from './render.js';

export type { Way } from './render.js';

/** What a message is made of, before it is known where it goes. */
export type Draft = {
  text: string;
  html: string | undefined;
  subject: string | undefined;
  attachments: number;
  /** The files themselves, where they were looked up. */
  named?: readonly NamedFile[];
  /** Other words for one channel. */
  variants?: Written['variants'];
  shortenLinks?: boolean;
  /** It speaks of whoever gets it, and is not filled in. */
  personal?: boolean;
  /** Written below the text where the network has no buttons. */
  buttons?: Button[][];
  isReply: boolean;
  /** It goes into a thread, and nowhere else. */
  inThread?: boolean;
};

const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/;
const LINE_BREAKS = /[\u0000-\u001f\u007f\u0085\u2028\u2029]/;
const SUBJECT_LENGTH = 300;

/** Line ends as LF, surrogates whole. @throws DomainError where a protocol's own marks or nothing at all is in it */
export function sendableText(text: string, mayBeEmpty: boolean): string {
  if (text.length > limits.textLength) throw tooLong(text, limits.textLength, 'a message');
  const clean = text.replace(/\r\n?/g, '\n').toWellFormed();
  if (CONTROLS.test(clean))
    throw invalid('control-characters', 'The text holds control characters. Remove them and send it again.', {
      text: 'must not contain control characters',
    });
  if (!mayBeEmpty && clean.trim() === '')
    throw invalid('empty-message', 'There is nothing to send. Write something or attach a file.', {
      text: 'must not be empty',
    });
  return clean;
}

export function sendableSubject(subject: string | undefined): string | undefined {
  if (subject === undefined) return undefined;
  if (LINE_BREAKS.test(subject) || subject.length > SUBJECT_LENGTH)
    throw invalid('invalid-subject', `A subject is one line of at most ${SUBJECT_LENGTH} characters.`, {
      subject: 'must be one line without control characters',
    });
  return subject.trim().toWellFormed() || undefined;
}

/** What the server can do for channels that lack something, and whom a message is to. */
export type Circumstances = {
  /** Our address as others reach it; without it there are no links. */
  linkBase?: string | undefined;
  person?: Person | undefined;
};

/** Refuses, before anything is queued, what a network could never carry. @throws DomainError naming the network */
export function checkWays(draft: Draft, ways: readonly Way[], { linkBase, person }: Circumstances = {}): void {
  const written = writtenOf(draft);
  const addresses = linkBase === undefined ? undefined : sampleAddresses(linkBase, 0);
  for (const way of ways) {
    const { network, send } = way;
    if (draft.inThread === true && send.threads !== 'full') throw noThreads(network);
    if (draft.attachments > 0 && lacksFiles(way) && addresses === undefined) refuseFiles(draft, way);
    const { text } = render(written, way, person, addresses);
    if (text.length > send.maxLength) throw tooLong(text, send.maxLength, network);
  }
}

/** A file nobody has looked up is thought of as one with a usual name. */
const UNKNOWN_FILE = { name: 'attached-file.pdf', size: 1_000_000 };

/** The draft as it is fitted to its ways. */
export function writtenOf(draft: Draft): Written {
  const { text, html, subject, variants, buttons, shortenLinks, personal } = draft;
  const files =
    draft.named ?? Array.from({ length: draft.attachments }, (_, index) => ({ id: `${index}`, ...UNKNOWN_FILE }));
  return { text, html, subject, variants, buttons, shortenLinks, personal, files };
}

function refuseFiles({ text }: Draft, { network, send }: Way): void {
  const help = 'Send it another way, or without them. With PARLEY_PUBLIC_URL set, files go as links.';
  if (send.attachments === 'rejected')
    throw invalid('attachments-not-possible', `${network} carries no files. ${help}`, {
      attachments: `cannot go by ${network}`,
    });
  // A channel that carries only text is left with nothing of a message that is only files.
  if (text.trim() === '')
    throw invalid('nothing-left', `${network} carries no files, and there is no text. ${help}`, {
      text: `must not be empty for ${network}`,
    });
}

const noThreads = (network: string) =>
  invalid('threads-not-possible', `${network} has no threads that could be begun. Send it as an answer.`, {
    inThread: `cannot be by ${network}`,
  });

function tooLong(text: string, most: number, network: string): DomainError {
  const message = `has ${text.length} characters; ${network} takes at most ${most}`;
  return new DomainError('too-large', 'text-too-long', `The text ${message}. Shorten it or send it another way.`, {
    fields: { text: message },
  });
}

const invalid = (code: string, message: string, fields: Record<string, string>) =>
  new DomainError('invalid', code, message, { fields });
