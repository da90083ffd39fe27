import pg from 'pg';
import type { Mention } from '../../../core/attention/mentions.js';
import type { Committed, InboundRow } from '../../../core/messages/inbound.js';
import { FencedError } from '../../../core/nodes/fenced.js';
import type { MessageView } from '../../../core/views.js';
import type { Json } from '../../../sdk/index.js';
import { bools, ints, texts, times, uuids } from '../columns.js';
import { lastGroupIn, shownBy } from '../groups/place.js';
import { isHeld } from '../held.js';
import type { Sql } from '../pool.js';

const DIVISION_BY_ZERO = '22012';

type Parts = { replyTo: string; answersUser: string; group: string; join: string };

/**
 * The hot path: one statement, one transaction, one round trip. It takes each user's revisions (and with them the
 * lock that orders the user's commits), inserts what is new, counts unread and moves the cursors.
 * Parameters are columns, so that the statement's text never changes and stays prepared. Nothing is joined for each row:
 * what belongs to a user or a chat is read once, as arrays that rows point into; replies are looked up only where there are any.
 * A message is counted where it is shown: in its group, or in the conversation of its chat.
 * It divides by zero where another process holds one of the users, so that nothing of it is stored.
 */
const store = ({ replyTo, answersUser, group, join }: Parts) => `
WITH u AS (
  UPDATE users SET rev = users.rev + x.n FROM unnest($1::uuid[], $2::int[], $3::int[]) WITH ORDINALITY AS x(id, n, msgs, ord)
  WHERE users.id = x.id AND ${isHeld('users')} RETURNING users.id, users.rev - x.n AS base, x.n, x.msgs, x.ord
), b AS (
  SELECT array_agg(u.base ORDER BY u.ord) AS bases FROM u
), g AS (
  SELECT CASE WHEN bool_or(c.group_id IS NOT NULL) THEN array_agg(c.group_id ORDER BY x.ord) END AS ids,
    array_agg(c.group_at ORDER BY x.ord) AS ats, array_agg(c.kind <> 'direct' ORDER BY x.ord) AS several
  FROM unnest($4::uuid[]) WITH ORDINALITY AS x(id, ord) LEFT JOIN chats c ON c.id = x.id
), ins AS (
  INSERT INTO messages (id, user_id, chat_id, remote_id, direction, buddy_id, sender_name, text, html, format, sent_at,
    reply_to_remote, reply_to, group_id, mentioned, rev)
  SELECT m.id, m.user_id, m.chat_id, m.remote_id, 'in', m.buddy_id, m.sender_name, m.text, m.html, m.format, m.sent_at,
    m.reply, ${replyTo}, ${group}, m.told = 2 OR (m.told = 1 OR ${answersUser}) AND (SELECT several FROM g)[m.chat],
    coalesce((SELECT bases FROM b)[m.usr], 0) + m.ord
  FROM unnest($5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::uuid[], $10::text[], $11::text[], $12::text[],
    $13::text[], $14::timestamptz[], $15::text[], $16::int[], $17::int[], $18::int[], $19::int[])
    AS m(id, user_id, chat_id, remote_id, buddy_id, sender_name, text, html, format, sent_at, reply, ord, told, usr, chat) ${join}
  ON CONFLICT (chat_id, remote_id) DO NOTHING
  RETURNING id, user_id, chat_id, remote_id, sent_at, reply_to, group_id, mentioned
), said AS (
  SELECT chat_id, group_id, user_id, count(*) FILTER (WHERE id <> ALL($20::uuid[])) AS unread,
    count(*) FILTER (WHERE mentioned AND id <> ALL($20::uuid[])) AS mentions, max(sent_at) AS last_at,
    (array_agg(id ORDER BY sent_at DESC, id DESC))[1] AS last_id
  FROM ins GROUP BY chat_id, group_id, user_id
), per AS (
  SELECT coalesce(s.group_id, c.conversation_id) AS conversation_id, s.user_id, sum(s.unread)::int AS unread,
    sum(s.mentions)::int AS mentions, max(s.last_at) AS last_at,
    (array_agg(s.last_id ORDER BY s.last_at DESC, s.last_id DESC))[1] AS last_id,
    row_number() OVER (PARTITION BY s.user_id ORDER BY coalesce(s.group_id, c.conversation_id)) AS place
  FROM said s JOIN chats c ON c.id = s.chat_id GROUP BY coalesce(s.group_id, c.conversation_id), s.user_id
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
  UPDATE chats SET last_active_at = now() WHERE id = ANY(ARRAY(SELECT chat_id FROM said))
), acc AS (
  UPDATE accounts a SET last_event_at = now(), cursor = CASE WHEN x.has THEN x.cursor ELSE a.cursor END
  FROM unnest($21::uuid[], $22::bool[], $23::jsonb[]) AS x(id, has, cursor) WHERE a.id = x.id
)
SELECT (SELECT json_agg(json_build_array(id, base, n)) FROM u) AS users,
  (SELECT json_agg(json_build_array(s.chat_id, c.conversation_id)) FROM said s JOIN chats c ON c.id = s.chat_id) AS chats,
  CASE WHEN (SELECT count(*) FROM ins) < cardinality($5) THEN ARRAY(SELECT id FROM ins) END AS stored,
  (SELECT json_agg(json_build_array(id, group_id, reply_to, mentioned)) FROM ins
    WHERE group_id IS NOT NULL OR reply_to IS NOT NULL OR mentioned) AS special,
  EXISTS (SELECT FROM parked_events WHERE account_id = ANY($21)) AND EXISTS (SELECT FROM ins i JOIN chats c ON c.id = i.chat_id
    JOIN parked_events p ON p.account_id = c.account_id AND p.target = i.remote_id) AS parked,
  1 / CASE WHEN (SELECT count(*) FROM u) = cardinality($1::uuid[]) THEN 1 ELSE 0 END AS held`;

const lastGroup = `CASE WHEN (SELECT ids FROM g) IS NOT NULL THEN ${lastGroupIn('(SELECT ids FROM g)[m.chat]', '(SELECT ats FROM g)[m.chat]', 'm.sent_at')} END`;

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
  /** Which conversation each chat's messages are shown in, those of a group apart. */
  chats: [id: string, conversationId: string][] | null;
  /** Absent where all were new. */
  stored: string[] | null;
  special: [id: string, groupId: string | null, replyTo: string | null, mentioned: boolean][] | null;
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
  const chats = [...new Set(rows.map((row) => row.chatId))];
  const userAt = placesIn(ordered);
  const chatAt = placesIn(chats);
  const places = placesOf(rows);
  const column = <T>(read: (row: InboundRow) => T) => rows.map(read);
  const { rows: answer } = await query(sql, {
    ...(rows.some((row) => row.replyToRemote !== null) ? statements.replies : statements.plain),
    values: [
      uuids(ordered),
      ints(ordered.map((id) => revisionsFor(users.get(id)))),
      ints(ordered.map((id) => users.get(id)?.messages ?? 0)),
      uuids(chats),
      uuids(column((row) => row.id)),
      uuids(column((row) => row.account.userId)),
      uuids(column((row) => row.chatId)),
      texts(column((row) => row.remoteId)),
      uuids(column((row) => row.buddyId)),
      texts(column((row) => row.senderName)),
      texts(column((row) => row.text)),
      texts(column((row) => row.html)),
      texts(column((row) => row.format)),
      times(column((row) => row.sentAt)),
      texts(column((row) => row.replyToRemote)),
      ints(places),
      ints(mentions.map((mention) => ranks[mention])),
      ints(column((row) => userAt.get(row.account.userId) ?? 0)),
      ints(column((row) => chatAt.get(row.chatId) ?? 0)),
      uuids(rows.filter((row) => !row.counts).map((row) => row.id)),
      uuids([...last.keys()]),
      bools([...last.values()].map((cursor) => cursor !== undefined)),
      [...last.values()].map((cursor) => (cursor === undefined ? null : JSON.stringify(cursor))),
    ],
  });
  const result = answer[0];
  if (!result) throw new Error('the batch answered nothing');
  const grouped = new Set(result.special?.flatMap(([id, groupId]) => (groupId === null ? [] : [id])));
  return { committed: committed(rows, places, result, users), parked: result.parked, grouped };
}

/** Where each stands in an array of PostgreSQL's. */
const placesIn = (ids: readonly string[]): Map<string, number> => new Map(ids.map((id, index) => [id, index + 1]));

/** @throws FencedError where one of the users is held elsewhere */
async function query(sql: Sql, statement: pg.QueryConfig): Promise<pg.QueryResult<Result>> {
  try {
    return await sql.query<Result>(statement);
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === DIVISION_BY_ZERO) throw new FencedError(error);
    throw error;
  }
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
  const conversations = new Map(result.chats);
  const stored = result.stored && new Set(result.stored);
  const special = new Map((result.special ?? []).map((row) => [row[0], row]));
  const byUser = new Map<string, Committed & { conversations: Set<string> }>();
  for (const [userId, base, n] of result.users ?? []) {
    const upTo = base + (users.get(userId)?.messages ?? 0);
    const touched = new Set<string>();
    byUser.set(userId, {
      userId,
      base,
      upTo,
      end: base + n,
      messages: [],
      conversationIds: [],
      conversations: touched,
    });
  }
  for (const [index, row] of rows.entries()) {
    if (stored && !stored.has(row.id)) continue;
    const of = byUser.get(row.account.userId);
    const [, groupId = null, replyTo = null, mentioned = false] = special.get(row.id) ?? [];
    const conversationId = groupId ?? conversations.get(row.chatId);
    if (of === undefined || conversationId === undefined) continue;
    const message = view(row, of.base + (places[index] ?? 0), conversationId, replyTo);
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
