import { type Button, type Capabilities, limits } from '../../sdk/index.js';
import { withButtons } from '../delivery/buttons.js';
import { DomainError } from '../errors.js';

/** What a message is made of, before it is known where it goes. */
export type Draft = {
  text: string;
  html: string | undefined;
  subject: string | undefined;
  attachments: number;
  /** Written below the text where the network has no buttons. */
  buttons?: Button[][];
  isReply: boolean;
};

/** A way the message is to go, with what can be done there. */
export type Way = { network: string; send: Capabilities['send'] };

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

/** Refuses, before anything is queued, what a network could never carry. @throws DomainError naming the network */
export function checkWays(draft: Draft, ways: readonly Way[]): void {
  for (const { network, send } of ways) {
    const { text } = withButtons(draft, send);
    if (text.length > send.maxLength) throw tooLong(text, send.maxLength, network);
    if (draft.attachments > 0 && send.attachments === 'rejected')
      throw invalid('attachments-not-possible', `${network} carries no files. Send it another way, or without them.`, {
        attachments: `cannot go by ${network}`,
      });
    if (draft.isReply && send.replies === 'rejected')
      throw invalid('replies-not-possible', `${network} has no replies. Send it as a message of its own.`, {
        replyTo: `cannot go by ${network}`,
      });
    if (draft.html !== undefined && send.formatting === 'rejected')
      throw invalid('formatting-not-possible', `${network} carries plain text only.`, {
        format: `must be plain for ${network}`,
      });
  }
  // A channel that carries only text is left with nothing of a message that is only files.
  const mute = ways.find(({ send }) => draft.text.trim() === '' && send.attachments === 'dropped');
  if (mute)
    throw invalid('nothing-left', `${mute.network} carries no files, and there is no text.`, {
      text: `must not be empty for ${mute.network}`,
    });
}

function tooLong(text: string, most: number, network: string): DomainError {
  const message = `has ${text.length} characters; ${network} takes at most ${most}`;
  return new DomainError('too-large', 'text-too-long', `The text ${message}. Shorten it or send it another way.`, {
    fields: { text: message },
  });
}

const invalid = (code: string, message: string, fields: Record<string, string>) =>
  new DomainError('invalid', code, message, { fields });
