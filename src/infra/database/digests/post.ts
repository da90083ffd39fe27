import type { Supervisor } from '../../../core/accounts/supervisor.js';
import type { DigestLetter } from '../../../core/digests/letters.js';
import { DomainError } from '../../../core/errors.js';
import { cleanHtml } from '../../../core/messages/html.js';
import type { Letter } from '../../../core/messages/letter.js';
import type { Place } from '../deliveries/chats.js';
import { type Accepted, accept } from '../messages/accept.js';
import { reachesOf } from '../messages/candidates.js';
import type { Sql } from '../pool.js';

type Words = Pick<DigestLetter, 'subject' | 'text' | 'html' | 'marked'> & { replyTo?: string };

/** Writes to the user in the chat of their digests; the caller's transaction makes it one with what it is about. */
export async function post(
  sql: Sql,
  supervisor: Supervisor,
  userId: string,
  chatId: string,
  { subject, text, html, marked, replyTo }: Words,
  now: number,
): Promise<Accepted> {
  const place = await placeOf(sql, chatId);
  const reaches = await reachesOf(sql, supervisor, userId, [place], now);
  const candidate = reaches.get(place.id)?.find((reach) => reach.chatId === chatId);
  if (!candidate) throw new DomainError('conflict', 'digest-chat', 'The chat that digests come in is gone.');
  if (candidate.closed === 'opted-out')
    throw new DomainError('conflict', 'opted-out', `${candidate.target} asked to get no more messages.`);
  const letter: Letter = {
    text,
    html: cleanHtml(html) ?? undefined,
    subject,
    ...(marked === undefined ? {} : { variants: { email: { ...marked, html: cleanHtml(marked.html) ?? undefined } } }),
    attachments: 0,
    isReply: replyTo !== undefined,
    replyTo,
    files: [],
  };
  const step = {
    candidate,
    step: 0,
    afterMs: 0,
    withinMs: 0,
    unless: undefined,
    kind: 'first' as const,
    resolved: undefined,
  };
  return accept(sql, userId, [{ place, steps: [step] }], letter, { now, at: now });
}

async function placeOf(sql: Sql, chatId: string): Promise<Place> {
  const { rows } = await sql.query<{ id: string; contact_id: string | null }>(
    'SELECT v.id, v.contact_id FROM chats c JOIN conversations v ON v.id = c.conversation_id WHERE c.id = $1',
    [chatId],
  );
  const row = rows[0];
  if (!row) throw new DomainError('conflict', 'digest-chat', 'The chat that digests come in is gone.');
  return { id: row.id, contactId: row.contact_id };
}
