import { type AddressObject, type Attachment, type EmailAddress, type ParsedMail, simpleParser } from 'mailparser';
import { type IncomingAttachment, limits } from '../../sdk/index.js';
import { normaliseAddress, oneLine, type Person } from './addresses.js';
import { htmlOfText, textOfHtml } from './html.js';
import { hashId, isMessageId, messageIds } from './ids.js';

/** A mail as the rest of the adapter sees it: decoded, bounded, every field of a known shape. */
export type Letter = {
  /** Its Message-ID, or a hash of its header where that is missing, doubled or unfit. */
  id: string;
  /** False where `id` is a hash: nothing can refer to it. */
  named: boolean;
  inReplyTo: string[];
  references: string[];
  from: Person | undefined;
  replyTo: Person[];
  /** To and Cc, at most `maxPeople`. */
  to: Person[];
  subject: string;
  date: number | undefined;
  /** Written by a program or sent through a list: never to be answered by one. */
  automatic: boolean;
  /** The whole text, quotes and all. */
  text: string;
  html: string | undefined;
  attachments: IncomingAttachment[];
  /** One line each on what was left out. */
  notes: string[];
  /** Recipients that a mail system says it could not reach (Exim and its like). */
  failedRecipients: string[];
  /** Parts of a delivery or read report (RFC 3464, RFC 8098), by type; absent in other mail. */
  report: { type: string; content: string }[] | undefined;
};

const maxPeople = 200;
const maxAttachments = 100;
const maxHtml = 2_000_000;
const parseLimitMs = 30_000;

/** Reads one mail. Throws only where nothing can be made of it. `truncated`: `source` is its beginning. */
export async function readLetter(source: Buffer, truncated = false): Promise<Letter> {
  const mail = await parse(source);
  const body = bodyOf(mail);
  const { attachments, notes } = attachmentsOf(mail.attachments, truncated);
  const ids = decoded(mail, 'message-id', mail.messageId).flatMap(messageIds);
  const id = ids.length === 1 && headers(mail, 'message-id').length === 1 ? ids[0] : undefined;
  if (body.overflow) attachments.push(body.overflow);
  return {
    id: id && isMessageId(id) ? id : hashId(headOf(source)),
    named: id !== undefined,
    inReplyTo: decoded(mail, 'in-reply-to', mail.inReplyTo).flatMap(messageIds),
    references: decoded(mail, 'references', mail.references).flatMap(messageIds),
    from: people(mail.from)[0],
    replyTo: people(mail.replyTo),
    to: [...people(mail.to), ...people(mail.cc)].slice(0, maxPeople),
    subject: oneLine(mail.subject ?? '', 300),
    date: mail.date?.getTime(),
    automatic: isAutomatic(mail),
    text: body.text,
    html: body.html,
    attachments,
    notes: truncated ? ['This mail is too large to fetch whole; only its beginning was read.', ...notes] : notes,
    failedRecipients: headers(mail, 'x-failed-recipients')
      .flatMap((line) => line.slice(0, 2000).split(','))
      .map((one) => oneLine(one, 254))
      .filter((one) => one !== ''),
    report: reportOf(mail),
  };
}

async function parse(source: Buffer): Promise<ParsedMail> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`reading it took over ${parseLimitMs / 1000} s`)), parseLimitMs);
  });
  try {
    const options = {
      skipHtmlToText: true,
      skipTextToHtml: true,
      keepCidLinks: true,
      keepDeliveryStatus: true,
    } as const;
    return await Promise.race([simpleParser(source, { ...options, checksumAlgo: false }), limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** The header block: what a hash id is made of, so that the same mail hashes the same after a resynchronisation. */
function headOf(source: Buffer): Buffer {
  const end = source.indexOf('\r\n\r\n');
  return source.subarray(0, end < 0 ? Math.min(source.length, 65_536) : end);
}

function headers(mail: ParsedMail, key: string): string[] {
  return mail.headerLines.filter((line) => line.key === key).map((line) => line.line.slice(line.line.indexOf(':') + 1));
}

/** Some programs write long Message-IDs as encoded words, which no reader should have to expect (RFC 2047 5). */
function decoded(mail: ParsedMail, key: string, value: string | string[] | undefined): string[] {
  const lines = headers(mail, key);
  return lines.some((line) => line.includes('=?')) && value !== undefined ? [[value].flat().join(' ')] : lines;
}

function people(header: AddressObject | AddressObject[] | undefined): Person[] {
  const found = new Map<string, Person>();
  const add = (entries: EmailAddress[]) => {
    for (const entry of entries) {
      if (found.size >= maxPeople) return;
      if (entry.group) add(entry.group.slice(0, maxPeople).map(({ name, address }) => ({ name, address })));
      const raw = entry.address?.trim();
      if (!raw) continue;
      const address = normaliseAddress(raw) ?? oneLine(raw, 254).toLowerCase();
      const name = oneLine(entry.name ?? '', 120);
      if (address && !found.has(address)) found.set(address, { address, ...(name && name !== raw && { name }) });
    }
  };
  for (const object of header === undefined ? [] : [header].flat()) add(object.value);
  return [...found.values()];
}

type Body = { text: string; html: string | undefined; overflow?: IncomingAttachment };

function bodyOf(mail: ParsedMail): Body {
  const html = mail.html || undefined;
  const plain = mail.text?.trim() ? mail.text : undefined;
  const text = (plain ?? (html && textOfHtml(html)) ?? (html ? '(This mail can only be shown as HTML.)' : ''))
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replaceAll('\0', '');
  if (text.length > limits.textLength) {
    const content = new TextEncoder().encode(text).subarray(0, limits.attachmentBytes);
    return {
      text: `${text.slice(0, limits.textLength - 100).toWellFormed()}\n[The rest is in the attached full-text.txt.]`,
      html: html && html.length <= maxHtml ? html : undefined,
      overflow: { name: 'full-text.txt', type: 'text/plain', size: content.length, content },
    };
  }
  if (html && html.length > maxHtml) {
    const content = new TextEncoder().encode(html).subarray(0, limits.attachmentBytes);
    return { text, html: undefined, overflow: { name: 'mail.html', type: 'text/html', size: content.length, content } };
  }
  return { text, html };
}

function attachmentsOf(
  parts: Attachment[],
  truncated: boolean,
): { attachments: IncomingAttachment[]; notes: string[] } {
  const attachments: IncomingAttachment[] = [];
  const notes: string[] = [];
  parts.forEach((part, index) => {
    const name = fileName(part, index);
    const size = part.content.length;
    if (truncated && index === parts.length - 1) notes.push(`Attachment not fetched: ${name}`);
    else if (size > limits.attachmentBytes) notes.push(`Attachment too large: ${name} (${size} bytes)`);
    else if (attachments.length >= maxAttachments) notes.push(`Attachment left out: ${name}`);
    else {
      const contentId = /^<?([^<>\s]{1,200})>?$/.exec(part.cid ?? part.contentId ?? '')?.[1];
      attachments.push({ name, type: part.contentType, size, content: part.content, ...(contentId && { contentId }) });
    }
  });
  return { attachments, notes: notes.length > 20 ? [...notes.slice(0, 20), `and ${notes.length - 20} more`] : notes };
}

/** What parts are called that come without a name. */
const unnamed: Record<string, [string, string]> = {
  'message/rfc822': ['mail', '.eml'],
  'text/calendar': ['invitation', '.ics'],
  'text/vcard': ['contact', '.vcf'],
  'application/ms-tnef': ['winmail', '.dat'],
  'image/png': ['image', '.png'],
  'image/jpeg': ['image', '.jpg'],
  'image/gif': ['image', '.gif'],
};

/** The last part of any path, one line, never empty, never only dots. */
function fileName(part: Attachment, index: number): string {
  const base =
    oneLine(part.filename ?? '', 1000)
      .split(/[\\/]/)
      .at(-1) ?? '';
  const clean = base.replace(/^\.+/, '').slice(-150).trim().toWellFormed();
  if (clean) return clean;
  const [stem, end] = unnamed[part.contentType] ?? [/^image\//.test(part.contentType) ? 'image' : 'attachment', ''];
  return `${stem}-${index + 1}${end}`;
}

/** RFC 3834 and the older customs: answers to these loop. */
function isAutomatic(mail: ParsedMail): boolean {
  const first = (key: string) => headers(mail, key)[0]?.trim().toLowerCase();
  const submitted = first('auto-submitted');
  if (submitted !== undefined && !submitted.startsWith('no')) return true;
  if (/^(bulk|junk|list|auto_reply)\b/.test(first('precedence') ?? '')) return true;
  if (first('return-path') === '<>') return true;
  return ['x-autoreply', 'x-autorespond', 'x-auto-response-suppress', 'x-loop', 'list-id'].some((key) => first(key));
}

function reportOf(mail: ParsedMail): Letter['report'] {
  if (!/^\s*multipart\/report\b/i.test(headers(mail, 'content-type')[0] ?? '')) return undefined;
  const parts = mail.attachments.map((part) => ({
    type: part.contentType.toLowerCase(),
    content: part.content.subarray(0, 100_000).toString('utf8'),
  }));
  return parts.slice(0, 20);
}

/** Full text as HTML where folding hid something and the mail brought no HTML of its own. */
export function wholeAsHtml(letter: Letter, shown: string): string | undefined {
  if (letter.html !== undefined) return letter.html;
  return shown.trim() === letter.text.trim() ? undefined : htmlOfText(letter.text);
}
