import { DomainError } from '../../../core/errors.js';
import type { SearchRequest } from '../../../core/services.js';
import type { PageRequest } from '../../../core/views.js';
import { isId } from '../accounts.js';
import type { Sql } from '../pool.js';

export type Found = { id: string; sent_at: Date };

/**
 * What was seen or sent in any chat of the conversation, each message once; of a group, what belongs to it. What a member
 * said and Parley sent on to the others stands there once, as theirs.
 */
const timelineSql = (side: '<' | '>' | '>=', order: 'ASC' | 'DESC') => `
SELECT id, sent_at FROM (
  SELECT m.id, m.sent_at FROM chats c CROSS JOIN LATERAL (
    SELECT id, sent_at FROM messages WHERE chat_id = c.id AND echo_of IS NULL AND group_id IS NULL
      AND ($2::timestamptz IS NULL OR (sent_at, id) ${side} ($2, $3::uuid))
    ORDER BY sent_at ${order}, id ${order} LIMIT $4) AS m
  WHERE c.conversation_id = $1
  UNION
  SELECT d.message_id, d.message_at FROM chats c CROSS JOIN LATERAL (
    SELECT message_id, message_at FROM deliveries WHERE chat_id = c.id AND status <> 'cancelled'
      AND (SELECT g.group_id FROM messages g WHERE g.id = message_id) IS NULL
      AND ($2::timestamptz IS NULL OR (message_at, message_id) ${side} ($2, $3::uuid))
    ORDER BY message_at ${order}, message_id ${order} LIMIT $4) AS d
  WHERE c.conversation_id = $1
  UNION
  (SELECT id, sent_at FROM messages WHERE group_id = $1 AND echo_of IS NULL AND relay_of IS NULL
      AND ($2::timestamptz IS NULL OR (sent_at, id) ${side} ($2, $3::uuid))
    ORDER BY sent_at ${order}, id ${order} LIMIT $4)
) AS found ORDER BY sent_at ${order}, id ${order} LIMIT $4`;

/** `before` is answered newest first, the other two oldest first; `from` begins with the place itself. */
const SIDES = {
  before: timelineSql('<', 'DESC'),
  after: timelineSql('>', 'ASC'),
  from: timelineSql('>=', 'ASC'),
};

export async function timelineIds(
  sql: Sql,
  conversationId: string,
  side: keyof typeof SIDES,
  place: Found | undefined,
  limit: number,
): Promise<Found[]> {
  const { rows } = await sql.query<Found>({
    name: `timeline-${side}`,
    text: SIDES[side],
    values: [conversationId, place?.sent_at ?? null, place?.id ?? null, limit],
  });
  return rows;
}

/** Newest first, in every chat the message was said or sent in. */
const THREAD = `
SELECT DISTINCT m.id, m.sent_at FROM (
  SELECT chat_id, remote_id FROM messages WHERE id = $1
  UNION SELECT chat_id, remote_id FROM deliveries WHERE message_id = $1
) AS root JOIN messages m ON m.chat_id = root.chat_id AND m.thread_remote = root.remote_id
WHERE m.id <> $1 AND m.echo_of IS NULL AND m.relay_of IS NULL
  AND ($2::timestamptz IS NULL OR (m.sent_at, m.id) < ($2, $3::uuid))
ORDER BY m.sent_at DESC, m.id DESC LIMIT $4`;

export async function threadIds(sql: Sql, rootId: string, before: Found | undefined, limit: number): Promise<Found[]> {
  const { rows } = await sql.query<Found>({
    name: 'thread',
    text: THREAD,
    values: [rootId, before?.sent_at ?? null, before?.id ?? null, limit],
  });
  return rows;
}

/** Writing without blanks between words: nothing to look up in an index of words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** What ends a sentence belongs to no word. */
const EDGES = /^["'(«“]+|[,.;:!?"')»”]+$/gu;
const MAX_WORDS = 16;
/** Must stay the expression of the index `messages_words_idx`. */
export const WORDS = `to_tsvector('simple', ${[...'@./:_-\\'].reduce((text, sign) => `replace(${text}, '${sign}', ' ')`, 'm.text')})`;

/**
 * All messages in which every word of `q` stands, or begins a word; newest first. Words are looked up in the index of
 * words. What that cannot know (signs, scripts without blanks) is looked for letter by letter along the index of times.
 */
export async function searchIds(sql: Sql, userId: string, request: SearchRequest & PageRequest): Promise<Found[]> {
  const values: unknown[] = [userId];
  const where = ['m.user_id = $1', 'm.echo_of IS NULL', 'm.relay_of IS NULL', 'm.deleted_at IS NULL'];
  const add = (condition: (parameter: string) => string, value: unknown) => {
    values.push(value);
    where.push(condition(`$${values.length}`));
  };
  const { words, pieces } = termsOf(request.q);
  if (words.length > 0)
    add((query) => `${WORDS} @@ to_tsquery('simple', ${query})`, words.map((word) => `'${word}':*`).join(' & '));
  for (const piece of pieces) add((pattern) => `m.text ILIKE ${pattern}`, `%${piece.replace(/[\\%_]/g, '\\$&')}%`);
  if (request.in !== undefined)
    add(
      (id) => `CASE WHEN m.group_id IS NOT NULL THEN m.group_id = ${id}
         ELSE m.chat_id IN (SELECT id FROM chats WHERE conversation_id = ${id}) OR EXISTS (
           SELECT 1 FROM deliveries d JOIN chats c ON c.id = d.chat_id
           WHERE d.message_id = m.id AND d.status <> 'cancelled' AND c.conversation_id = ${id}) END`,
      request.in,
    );
  if (request.from !== undefined)
    add((id) => `m.buddy_id IN (SELECT id FROM buddies WHERE id = ${id} OR contact_id = ${id})`, request.from);
  if (request.network !== undefined)
    add(
      (network) =>
        `m.chat_id IN (SELECT c.id FROM chats c JOIN accounts a ON a.id = c.account_id WHERE a.user_id = $1 AND a.network = ${network})`,
      request.network,
    );
  if (request.has === 'attachment')
    where.push('EXISTS (SELECT 1 FROM message_attachments x WHERE x.message_id = m.id)');
  if (request.has === 'link') where.push(`m.text ~* 'https?://'`);
  if (request.before !== undefined) add((time) => `m.sent_at < ${time}`, request.before);
  if (request.after !== undefined) add((time) => `m.sent_at > ${time}`, request.after);
  const after = request.cursor === undefined ? undefined : decodeCursor(request.cursor);
  if (after) {
    values.push(after.sent_at, after.id);
    where.push(`(m.sent_at, m.id) < ($${values.length - 1}::timestamptz, $${values.length}::uuid)`);
  }
  values.push(request.limit + 1);
  const { rows } = await sql.query<Found>(
    `SELECT m.id, m.sent_at FROM messages m WHERE ${where.join(' AND ')} ORDER BY m.sent_at DESC, m.id DESC LIMIT $${values.length}`,
    values,
  );
  return rows;
}

/** `words` by their beginnings; `pieces` must stand in the text exactly. */
function termsOf(q: string): { words: string[]; pieces: string[] } {
  const words: string[] = [];
  const pieces: string[] = [];
  for (const given of q.replaceAll('\0', '').toWellFormed().split(/\s+/u).filter(Boolean).slice(0, MAX_WORDS)) {
    const typed = given.replace(EDGES, '') || given;
    const parts = typed.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
    words.push(...parts.filter((part) => !UNSPACED.test(part)));
    if (parts.length !== 1 || parts[0] !== typed || UNSPACED.test(typed)) pieces.push(typed);
  }
  return { words: words.slice(0, MAX_WORDS), pieces };
}

export const encodeCursor = ({ id, sent_at }: Found): string =>
  Buffer.from(`${sent_at.toISOString()}|${id}`).toString('base64url');

export function decodeCursor(cursor: string): Found {
  const [at = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
  if (isId(id) && !Number.isNaN(Date.parse(at))) return { id, sent_at: new Date(at) };
  throw new DomainError('invalid', 'invalid-cursor', 'This cursor is not one of ours.', {
    fields: { cursor: 'must be a nextCursor' },
  });
}
