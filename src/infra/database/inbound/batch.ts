import type { Mention } from '../../../core/attention/mentions.js';
import type { Committed, InboundRow } from '../../../core/messages/inbound.js';
import type { MessageView } from '../../../core/views.js';
import type { Json } from '../../../sdk/index.js';
import { lastGroupOf, shownBy } from '../groups/place.js';
import type { Sql } from '../pool.js';

type Parts = { replyTo: string; answersUser: string; group: string; join: string };

/**
 * The hot path: one statement, one transaction, one round trip. It takes each user's revisions (and with them the
 * lock that orders the user's commits), inserts what is new, counts unread and moves the cursors.
 * Parameters are columns, so that the statement's text never changes and stays prepared. To set a plan up costs more
 * than to store a row with it, so it has no part that a batch can do without: replies are looked up only where there are any.
 * A message is counted where it is shown: in its group, or in the conversation of its chat.
 */
const store = ({ replyTo, answersUser, group, join }: Parts) => `
WITH u AS (
  UPDATE users SET rev = users.rev + x.n FROM unnest($1::uuid[], $2::int[], $3::int[]) AS x(id, n, msgs)
  WHERE users.id = x.id RETURNING users.id, users.rev - x.n AS base, x.n, x.msgs
), ins AS (
  INSERT INTO messages (id, user_id, chat_id, remote_id, direction, buddy_id, sender_name, text, html, format, sent_at,
    reply_to_remote, reply_to, group_id, mentioned, rev)
  SELECT m.id, m.user_id, m.chat_id, m.remote_id, 'in', m.buddy_id, m.sender_name, m.text, m.html, m.format, m.sent_at,
    m.reply, ${replyTo}, ${group}, m.told = 2 OR (m.told = 1 OR ${answersUser}) AND g.kind <> 'direct', u.base + m.ord
  FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::uuid[], $9::text[], $10::text[], $11::text[],
    $12::text[], $13::timestamptz[], $14::text[], $15::int[], $20::int[])
    AS m(id, user_id, chat_id, remote_id, buddy_id, sender_name, text, html, format, sent_at, reply, ord, told)
  JOIN u ON u.id = m.user_id LEFT JOIN chats g ON g.id = m.chat_id ${join}
  ON CONFLICT (chat_id, remote_id) DO NOTHING
  RETURNING id, user_id, chat_id, remote_id, sent_at, reply_to, group_id, mentioned
), counted AS (
  SELECT i.id, i.user_id, i.sent_at, i.reply_to, i.remote_id, i.group_id, i.mentioned, c.account_id,
    coalesce(i.group_id, c.conversation_id) AS conversation_id
  FROM ins i JOIN chats c ON c.id = i.chat_id
), per AS (
  SELECT conversation_id, user_id, count(*) FILTER (WHERE id <> ALL($16::uuid[])) AS unread,
    count(*) FILTER (WHERE mentioned AND id <> ALL($16::uuid[])) AS mentions, max(sent_at) AS last_at,
    (array_agg(id ORDER BY sent_at DESC, id DESC))[1] AS last_id,
    row_number() OVER (PARTITION BY user_id ORDER BY conversation_id) AS place
  FROM counted GROUP BY conversation_id, user_id
), conv AS (
  UPDATE conversations v SET
    unread = v.unread + per.unread, mentions = v.mentions + per.mentions,
    archived = v.archived AND (per.unread = 0 OR v.request = 'declined'),
    last_message_id = CASE WHEN v.last_message_at IS NULL OR per.last_at >= v.last_message_at THEN per.last_id
      ELSE v.last_message_id END,
    last_message_at = greatest(v.last_message_at, per.last_at),
    rev = u.base + u.msgs + per.place
  FROM per JOIN u ON u.id = per.user_id WHERE v.id = per.conversation_id
), active AS (
  UPDATE chats SET last_active_at = now() WHERE id = ANY(ARRAY(SELECT chat_id FROM ins))
), acc AS (
  UPDATE accounts a SET last_event_at = now(), cursor = CASE WHEN x.has THEN x.cursor ELSE a.cursor END
  FROM unnest($17::uuid[], $18::bool[], $19::jsonb[]) AS x(id, has, cursor) WHERE a.id = x.id
)
SELECT (SELECT json_agg(json_build_array(id, base, n)) FROM u) AS users,
  (SELECT json_agg(json_build_array(id, conversation_id, reply_to, group_id IS NOT NULL, mentioned)) FROM counted) AS messages,
  EXISTS (SELECT FROM counted i JOIN parked_events p ON p.account_id = i.account_id AND p.target = i.remote_id) AS parked`;

const lastGroup = lastGroupOf('g', 'm.sent_at');

const statements = {
  plain: {
    name: 'store-batch',
    text: store({ replyTo: 'NULL::uuid', answersUser: 'false', group: lastGroup, join: '' }),
  },
  replies: {
    name: 'store-batch-replies',
    text: store({
      replyTo: 't.id',
      answersUser: "coalesce(t.direction = 'out', false)",
      group: `CASE WHEN t.id IS NULL THEN ${lastGroup} ELSE t.group_id END`,
      join: `LEFT JOIN LATERAL (${shownBy('m.chat_id', 'm.reply')}) AS t ON m.reply IS NOT NULL`,
    }),
  },
};

type Result = {
  users: [id: string, base: number, n: number][] | null;
  messages: [id: string, conversationId: string, replyTo: string | null, grouped: boolean, mentioned: boolean][] | null;
  parked: boolean;
};

/** `grouped`: the messages that belong to groups. */
export type BatchResult = { committed: Committed[]; parked: boolean; grouped: Set<string> };

export async function storeBatch(
  sql: Sql,
  rows: InboundRow[],
  cursors: { accountId: string; cursor: Json | undefined }[],
  mentions: readonly Mention[],
): Promise<BatchResult> {
  const users = countByUser(rows);
  const last = lastCursors(cursors);
  const ordered = [...users.keys()].sort();
  const places = placesOf(rows);
  const column = <T>(read: (row: InboundRow) => T) => rows.map(read);
  const { rows: answer } = await sql.query<Result>({
    ...(rows.some((row) => row.replyToRemote !== null) ? statements.replies : statements.plain),
    values: [
      ordered,
      ordered.map((id) => revisionsFor(users.get(id))),
      ordered.map((id) => users.get(id)?.messages ?? 0),
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
      places,
      rows.filter((row) => !row.counts).map((row) => row.id),
      [...last.keys()],
      [...last.values()].map((cursor) => cursor !== undefined),
      [...last.values()].map((cursor) => (cursor === undefined ? null : JSON.stringify(cursor))),
      mentions.map((mention) => ranks[mention]),
    ],
  });
  const result = answer[0];
  if (!result) throw new Error('the batch answered nothing');
  const grouped = new Set(result.messages?.flatMap(([id, , , inGroup]) => (inGroup ? [id] : [])));
  return { committed: committed(rows, places, result, users), parked: result.parked, grouped };
}

/** As the statement has them. */
const ranks: Record<Mention, number> = { none: 0, name: 1, keyword: 2 };

type Counts = Map<string, { messages: number; chats: Set<string> }>;

/** What is said in one chat is shown in its conversation or in a group. */
const revisionsFor = (counts = { messages: 0, chats: new Set<string>() }): number =>
  counts.messages + Math.min(counts.messages, 2 * counts.chats.size);

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

/** Each row's place among those of its user: its revision is that many past the user's base. */
function placesOf(rows: InboundRow[]): number[] {
  const taken = new Map<string, number>();
  return rows.map(({ account }) => {
    const place = (taken.get(account.userId) ?? 0) + 1;
    taken.set(account.userId, place);
    return place;
  });
}

function committed(rows: InboundRow[], places: number[], result: Result, users: Counts): Committed[] {
  const stored = new Map((result.messages ?? []).map((row) => [row[0], row]));
  const byUser = new Map<string, Committed & { conversations: Set<string> }>();
  for (const [userId, base, n] of result.users ?? []) {
    const upTo = base + (users.get(userId)?.messages ?? 0);
    const conversations = new Set<string>();
    byUser.set(userId, { userId, base, upTo, end: base + n, messages: [], conversationIds: [], conversations });
  }
  for (const [index, row] of rows.entries()) {
    const [, conversationId, replyTo, , mentioned] = stored.get(row.id) ?? [];
    const of = byUser.get(row.account.userId);
    if (of === undefined || conversationId === undefined) continue;
    const message = view(row, of.base + (places[index] ?? 0), conversationId, replyTo ?? null);
    of.messages.push(mentioned ? { ...message, mentioned } : message);
    of.conversations.add(conversationId);
  }
  return [...byUser.values()].map(({ conversations, ...rest }) => ({ ...rest, conversationIds: [...conversations] }));
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
