import type pg from 'pg';
import type { Due } from '../../../core/attention/store.js';
import { holds } from '../held.js';
import { inTransaction, Revisions, type Sql } from '../pool.js';

const MOST_USERS = 100;
const MOST_OF_A_USER = 50;

/** Reminders whose time has come, and conversations that were put off until now: each is marked, and answered once. */
export async function markDue(pool: pg.Pool, now: number): Promise<Due[]> {
  const at = new Date(now);
  const { rows } = await pool.query<{ id: string }>(
    `SELECT DISTINCT user_id AS id FROM (
       SELECT user_id FROM messages WHERE remind_at <= $1 AND remind_at IS NOT NULL AND reminded_at IS NULL
       UNION ALL SELECT user_id FROM conversations WHERE remind_at <= $1 AND remind_at IS NOT NULL AND reminded_at IS NULL
       UNION ALL SELECT user_id FROM conversations WHERE snoozed_until <= $1 AND snoozed_until IS NOT NULL) AS waiting
     WHERE ${holds('user_id')} LIMIT ${MOST_USERS}`,
    [at],
  );
  const all: Due[] = [];
  for (const { id } of rows) all.push(...(await inTransaction(pool, (sql) => ofUser(sql, id, at))));
  return all;
}

async function ofUser(sql: Sql, userId: string, at: Date): Promise<Due[]> {
  const revs = await Revisions.take(sql, userId, 5 * MOST_OF_A_USER);
  const messages = await due<MessageRow>(sql, DUE_MESSAGES, userId, at);
  const conversations = await due<Row>(sql, dueConversations('remind_at', 'AND v.reminded_at IS NULL'), userId, at);
  const snoozed = await due<Row>(sql, dueConversations('snoozed_until', ''), userId, at);
  for (const { id, conversationId } of messages) {
    await sql.query('UPDATE messages SET reminded_at = $2, rev = $3 WHERE id = $1', [id, at, revs.next()]);
    await comeUp(sql, conversationId, revs);
  }
  for (const { conversationId } of conversations) {
    await sql.query('UPDATE conversations SET reminded_at = $2 WHERE id = $1', [conversationId, at]);
    await comeUp(sql, conversationId, revs);
  }
  for (const { conversationId } of snoozed) {
    await sql.query('UPDATE conversations SET snoozed_until = NULL WHERE id = $1', [conversationId]);
    await comeUp(sql, conversationId, revs);
  }
  return [
    ...messages.map(({ id, ...row }): Due => ({ userId, is: 'reminder', messageId: id, ...row })),
    ...conversations.map((row): Due => ({ userId, is: 'reminder', messageId: undefined, sender: undefined, ...row })),
    ...snoozed.map((row): Due => ({ userId, is: 'snooze', messageId: undefined, sender: undefined, ...row })),
  ];
}

/** The list shows it, as something to be looked at. */
const comeUp = (sql: Sql, conversationId: string, revs: Revisions) =>
  sql.query('UPDATE conversations SET archived = false, marked_unread = unread = 0, rev = $2 WHERE id = $1', [
    conversationId,
    revs.next(),
  ]);

type Row = { conversationId: string; conversation: string; text: string };
type MessageRow = Row & { id: string; sender: string };

async function due<T extends Row>(sql: Sql, text: string, userId: string, at: Date): Promise<T[]> {
  return (await sql.query<T>(text, [userId, at])).rows;
}

const DUE_MESSAGES = `SELECT m.id, v.id AS "conversationId", coalesce(k.name, v.name) AS conversation, m.sender_name AS sender, m.text
  FROM messages m JOIN chats c ON c.id = m.chat_id JOIN conversations v ON v.id = coalesce(m.group_id, c.conversation_id)
    LEFT JOIN contacts k ON k.id = v.contact_id
  WHERE m.user_id = $1 AND m.remind_at <= $2 AND m.remind_at IS NOT NULL AND m.reminded_at IS NULL
  ORDER BY m.remind_at LIMIT ${MOST_OF_A_USER}`;

const dueConversations = (column: string, only: string): string => `SELECT v.id AS "conversationId",
    coalesce(k.name, v.name) AS conversation, coalesce(l.text, '') AS text
  FROM conversations v LEFT JOIN contacts k ON k.id = v.contact_id LEFT JOIN messages l ON l.id = v.last_message_id
  WHERE v.user_id = $1 AND v.${column} <= $2 AND v.${column} IS NOT NULL ${only}
  ORDER BY v.${column} LIMIT ${MOST_OF_A_USER}`;
