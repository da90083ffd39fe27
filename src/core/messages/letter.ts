import type { Button } from '../../sdk/index.js';
import { DomainError } from '../errors.js';
import type { SendRequest } from '../services.js';
import { formatMarkdown } from './markdown.js';
import { type Draft, sendableSubject, sendableText } from './sendable.js';

/** Longer ahead, nobody remembers what they scheduled. */
const FURTHEST_MS = 366 * 86_400_000;
/** What a button can say to us. */
const VALUE_BYTES = 64;

/** A message as it is accepted, before it is known where it goes. */
export type Letter = Draft & { replyTo: string | undefined; files: string[] };

/** @throws DomainError for what could go nowhere */
export function letterOf(
  request: Pick<SendRequest, 'text' | 'format' | 'subject' | 'replyTo' | 'attachments' | 'buttons'>,
): Letter {
  const { format, subject, replyTo, attachments, buttons } = request;
  return {
    ...formatted(sendableText(request.text, attachments.length > 0), format),
    ...(buttons === undefined ? {} : { buttons: buttons.map((row) => row.map(withValue)) }),
    subject: sendableSubject(subject),
    attachments: attachments.length,
    isReply: replyTo !== undefined,
    replyTo,
    files: attachments,
  };
}

export function formatted(text: string, format: SendRequest['format']): { text: string; html: string | undefined } {
  const marked = format === 'markdown' && text.trim() !== '' ? formatMarkdown(text) : undefined;
  return { text: marked?.text ?? text, html: marked?.html ?? undefined };
}

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
