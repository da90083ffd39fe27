import type { Committed, InboundRow } from '../../../core/messages/inbound.js';
import type { MessageView } from '../../../core/views.js';
import type { Json } from '../../../sdk/index.js';
import type { Sql } from '../pool.js';

/**
 * The hot path: one statement, one transaction, one round trip. It takes each user's revisions (and with them the
 * lock that orders the user's commits), inserts what is new, counts unread and moves the cursors.
 * Parameters are columns, so that the statement's text never changes and stays prepared.
 */
const STORE = `
WITH u AS (
  UPDATE users SET rev = users.rev + x.n FROM unnest($1::uuid[], $2::int[]) AS x(id, n)
  WHERE users.id = x.id RETURNING users.id, users.rev - x.n AS base, x.n
), ins AS (
  INSERT INTO messages (id, user_id, chat_id, remote_id, direction, buddy_id, sender_name, text, html, format, sent_at,
    reply_to_remote, reply_to, rev)
  SELECT m.id, m.user_id, m.chat_id, m.remote_id, 'in', m.buddy_id, m.sender_name, m.text, m.html, m.format, m.sent_at,
    m.reply, CASE WHEN m.reply IS NULL THEN NULL ELSE (
      SELECT id FROM (
        SELECT coalesce(t.echo_of, t.id) AS id FROM messages t WHERE t.chat_id = m.chat_id AND t.remote_id = m.reply
        UNION ALL SELECT d.message_id FROM deliveries d WHERE d.chat_id = m.chat_id AND d.remote_id = m.reply
      ) AS target LIMIT 1) END, u.base + m.ord
  FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::timestamptz[], $13::text[], $14::int[], $15::bool[])
    AS m(id, user_id, chat_id, remote_id, buddy_id, sender_name, text, html, format, sent_at, reply, ord, counts)
  JOIN u ON u.id = m.user_id
  ORDER BY u.id, m.ord
  ON CONFLICT (chat_id, remote_id) DO NOTHING
  RETURNING id, user_id, chat_id, remote_id, rev, sent_at, reply_to
), counted AS (
  SELECT i.id, i.user_id, i.rev, i.sent_at, i.reply_to, c.conversation_id, c.account_id, i.remote_id, k.counts
  FROM ins i JOIN chats c ON c.id = i.chat_id JOIN unnest($3::uuid[], $15::bool[]) AS k(id, counts) ON k.id = i.id
), per AS (
  SELECT conversation_id, user_id, count(*) FILTER (WHERE counts) AS unread, max(sent_at) AS last_at,
    (array_agg(id ORDER BY sent_at DESC, id DESC))[1] AS last_id,
    row_number() OVER (PARTITION BY user_id ORDER BY conversation_id) AS place
  FROM counted GROUP BY conversation_id, user_id
), conv AS (
  UPDATE conversations v SET
    unread = v.unread + per.unread,
    archived = v.archived AND (per.unread = 0 OR v.request = 'declined'),
    last_message_id = CASE WHEN v.last_message_at IS NULL OR per.last_at >= v.last_message_at THEN per.last_id
      ELSE v.last_message_id END,
    last_message_at = greatest(v.last_message_at, per.last_at),
    rev = u.base + x.msgs + per.place
  FROM per JOIN u ON u.id = per.user_id JOIN unnest($1::uuid[], $16::int[]) AS x(id, msgs) ON x.id = per.user_id
  WHERE v.id = per.conversation_id RETURNING v.id, v.user_id
), active AS (
  UPDATE chats SET last_active_at = now() WHERE id IN (SELECT chat_id FROM ins)
), acc AS (
  UPDATE accounts a SET last_event_at = now(), cursor = CASE WHEN x.has THEN x.cursor ELSE a.cursor END
  FROM unnest($17::uuid[], $18::bool[], $19::jsonb[]) AS x(id, has, cursor) WHERE a.id = x.id
)
SELECT json_build_object(
  'users', (SELECT coalesce(json_agg(json_build_array(id, base, n)), '[]') FROM u),
  'messages', (SELECT coalesce(json_agg(json_build_array(id, rev, conversation_id, reply_to)), '[]') FROM counted),
  'conversations', (SELECT coalesce(json_agg(json_build_array(id, user_id)), '[]') FROM conv),
  'parked', (SELECT coalesce(json_agg(p.id), '[]') FROM parked_events p JOIN counted i
    ON p.account_id = i.account_id AND p.target = i.remote_id)
) AS result`;

type Result = {
  users: [id: string, base: number, n: number][];
  messages: [id: string, rev: number, conversationId: string, replyTo: string | null][];
  conversations: [id: string, userId: string][];
  parked: string[];
};

export type BatchResult = { committed: Committed[]; parked: string[] };

export async function storeBatch(
  sql: Sql,
  rows: InboundRow[],
  cursors: { accountId: string; cursor: Json | undefined }[],
): Promise<BatchResult> {
  const users = countByUser(rows);
  const last = lastCursors(cursors);
  const ordered = [...users.keys()].sort();
  const places = new Map(ordered.map((id) => [id, 0]));
  const place = (userId: string) => {
    const next = (places.get(userId) ?? 0) + 1;
    places.set(userId, next);
    return next;
  };
  const column = <T>(read: (row: InboundRow) => T) => rows.map(read);
  const { rows: answer } = await sql.query<{ result: Result }>({
    name: 'store-batch',
    text: STORE,
    values: [
      ordered,
      ordered.map((id) => (users.get(id)?.messages ?? 0) + (users.get(id)?.chats.size ?? 0)),
      column((row) => row.id),
      column((row) => row.account.userId),
      column((row) => row.chatId),
      column((row) => row.remoteId),
      column((row) => row.buddyId),
      column((row) => row.senderName),
      column((row) => row.text),
      column((row) => row.html),
      column((row) => row.format),
      column((row) => row.sentAt),
      column((row) => row.replyToRemote),
      column((row) => place(row.account.userId)),
      column((row) => row.counts),
      ordered.map((id) => users.get(id)?.messages ?? 0),
      [...last.keys()],
      [...last.values()].map((cursor) => cursor !== undefined),
      [...last.values()].map((cursor) => (cursor === undefined ? null : JSON.stringify(cursor))),
    ],
  });
  const result = answer[0]?.result;
  if (!result) throw new Error('the batch answered nothing');
  return { committed: committed(rows, result, users), parked: result.parked };
}

type Counts = Map<string, { messages: number; chats: Set<string> }>;

function countByUser(rows: InboundRow[]): Counts {
  const users: Counts = new Map();
  for (const row of rows) {
    const user = users.get(row.account.userId) ?? { messages: 0, chats: new Set<string>() };
    user.messages += 1;
    user.chats.add(row.chatId);
    users.set(row.account.userId, user);
  }
  return users;
}

function lastCursors(cursors: { accountId: string; cursor: Json | undefined }[]): Map<string, Json | undefined> {
  const last = new Map<string, Json | undefined>();
  for (const { accountId, cursor } of cursors) last.set(accountId, cursor ?? last.get(accountId));
  return new Map([...last].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function committed(rows: InboundRow[], result: Result, users: Counts): Committed[] {
  const stored = new Map(result.messages.map((row) => [row[0], row]));
  const byUser = new Map<string, Committed>();
  for (const [userId, base, n] of result.users) {
    const upTo = base + (users.get(userId)?.messages ?? 0);
    byUser.set(userId, { userId, base, upTo, end: base + n, messages: [], conversationIds: [] });
  }
  for (const row of rows) {
    const [, rev, conversationId, replyTo] = stored.get(row.id) ?? [];
    if (rev === undefined || conversationId === undefined) continue;
    byUser.get(row.account.userId)?.messages.push(view(row, rev, conversationId, replyTo ?? null));
  }
  for (const [id, userId] of result.conversations) byUser.get(userId)?.conversationIds.push(id);
  return [...byUser.values()];
}

function view(row: InboundRow, rev: number, conversationId: string, replyTo: string | null): MessageView {
  return {
    id: row.id,
    conversationId,
    chatId: row.chatId,
    accountId: row.account.id,
    network: row.account.network,
    direction: 'in',
    sender: { buddyId: row.buddyId, name: row.senderName },
    text: row.text,
    ...(row.html === null ? {} : { html: row.html }),
    format: row.format,
    sentAt: row.sentAt.toISOString(),
    rev,
    ...(replyTo === null ? {} : { replyTo }),
    attachments: [],
    reactions: [],
  };
}
