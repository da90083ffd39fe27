import { Readable, Transform } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import MailComposer from 'nodemailer/lib/mail-composer';
import { AdapterError, type ChatId, limits, type OutgoingAttachment, type OutgoingMessage } from '../../sdk/index.js';
import { normaliseAddress, oneLine } from './addresses.js';
import type { Thread } from './cursor.js';
import { addressOf, isMessageId } from './ids.js';
import { bareSubject } from './inbound.js';
import type { Settings } from './settings.js';

export type Draft = {
  id: string;
  to: string[];
  subject: string;
  inReplyTo: string | undefined;
  references: string[];
  /** The thread once this is sent. */
  thread: Thread;
};

/**
 * Decides where a mail goes and which thread it continues. In a `to:` chat without a thread, or with a new subject, it
 * begins one. Throws `rejected` for what can never be sent.
 */
export function draft(chat: ChatId, id: string, message: OutgoingMessage, thread: Thread | undefined): Draft {
  if (message.subject !== undefined && /[\p{Cc}\u2028\u2029]/u.test(message.subject)) {
    throw new AdapterError('rejected', 'The subject must be one line without control characters.');
  }
  const subject = message.subject?.trim() ? bareSubject(oneLine(message.subject, 300)) : undefined;
  const alone = addressOf(chat);
  const before = alone && thread && subject !== undefined && subject !== thread.subject ? undefined : thread;
  if (before?.crowd) throw new AdapterError('rejected', 'This mail went to too many people to answer them all.');
  const to = alone ? [alone] : (before?.people ?? []);
  if (to.length === 0) throw new AdapterError('rejected', 'Nobody is left in this thread to write to.');
  for (const address of to) {
    if (!normaliseAddress(address))
      throw new AdapterError('rejected', `"${oneLine(address, 100)}" is not a mail address.`);
  }
  const answered = message.replyTo?.remoteId;
  // On a repeat the thread may end in this very mail.
  const refs = (before?.refs ?? []).filter((one) => one !== id);
  const references =
    answered && answered !== id && isMessageId(answered) ? [...refs.filter((one) => one !== answered), answered] : refs;
  const bare = subject ?? before?.subject ?? bareSubject(oneLine(firstLine(message), 78));
  return {
    id,
    to,
    subject: before ? `Re: ${bare}` : bare,
    inReplyTo: references.at(-1),
    references,
    thread: { refs: [...references, id], people: to, subject: bare },
  };
}

const firstLine = (message: OutgoingMessage) =>
  message.text.split('\n').find((line) => line.trim() !== '') ?? message.attachments[0]?.name ?? 'Message';

/** The mail as a stream; attachments are opened as it is read, so nothing is held whole. */
export function compose(mail: Draft, message: OutgoingMessage, settings: Settings, now: number): Readable {
  const name = oneLine(settings.name ?? '', 120);
  const composer = new MailComposer({
    from: { name, address: settings.address },
    to: mail.to.map((address) => ({ name: '', address })),
    subject: mail.subject,
    messageId: mail.id,
    ...(mail.inReplyTo && { inReplyTo: mail.inReplyTo, references: mail.references }),
    date: new Date(now),
    text: message.text.toWellFormed().replaceAll('\0', ''),
    ...(message.html !== undefined && { html: message.html.toWellFormed().replaceAll('\0', '') }),
    attachments: message.attachments.map((file) => ({
      filename: oneLine(file.name, 150).replace(/[\\/]/g, '_') || 'attachment',
      contentType: /^[\w.+-]{1,80}\/[\w.+-]{1,80}$/.test(file.type) ? file.type : 'application/octet-stream',
      content: Readable.from(bytesOf(file)),
    })),
    ...(settings.readReports && { headers: { 'Disposition-Notification-To': settings.address } }),
    attachDataUrls: true,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().createReadStream();
}

async function* bytesOf(file: OutgoingAttachment): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of (await file.open()) as WebStream<Uint8Array>) {
    sent += chunk.length;
    if (sent > limits.attachmentBytes * 4) throw new Error('the attachment is longer than it said');
    yield chunk;
  }
}

/** Passes a mail on and keeps what went through, up to a size. */
export function copying(source: Readable, most: number): { source: Readable; whole(): Buffer | undefined } {
  let chunks: Buffer[] | undefined = [];
  let size = 0;
  let ended = false;
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > most) chunks = undefined;
      else chunks?.push(chunk);
      done(null, chunk);
    },
    flush(done) {
      ended = true;
      done();
    },
  });
  source.on('error', (error) => tap.destroy(error));
  tap.on('close', () => source.destroy());
  source.pipe(tap);
  return { source: tap, whole: () => (ended && chunks ? Buffer.concat(chunks) : undefined) };
}
