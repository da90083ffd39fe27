import type pg from 'pg';
import { move } from '../../../core/delivery/waiting.js';
import { DomainError } from '../../../core/errors.js';
import { cancel } from '../deliveries/settle.js';
import { inTransaction, Revisions, type Sql } from '../pool.js';
import { type ChangeContext, checkCopies, isOut, mustBeOwn, onItsWay, subjectOf, waits } from './subject.js';

export type WaitingChange = {
  written?: { text: string; html: string | undefined };
  /** null: none. */
  subject?: string | null;
  /** When it is to go; a time that has passed is now. */
  at?: number;
};

type Letter = {
  text: string;
  html: string | null;
  subject: string | null;
  sent_at: Date;
  undo_until: Date | null;
  conversation_id: string;
};

/**
 * Changes a message of which nothing has gone out: all of it, or nothing. Under the lock that the drain claims under, so
 * what goes out is either the old message or the new one. Answers the chats to ring, and when.
 */
export async function changeWaiting(
  context: ChangeContext,
  userId: string,
  id: string,
  change: WaitingChange,
): Promise<{ chatId: string; at: number }[]> {
  const now = context.clock.now();
  return inTransaction(context.pool, async (sql) => {
    const revs = await Revisions.take(sql, userId, 3);
    const message = await subjectOf(sql, userId, id);
    mustBeOwn(message);
    if (!message.copies.some(waits) || message.copies.some(isOut)) throw notWaiting();
    const letter = await letterOf(sql, id);
    const subject = change.subject === undefined ? (letter.subject ?? undefined) : (change.subject ?? undefined);
    const words = change.written ?? { text: letter.text, html: letter.html ?? undefined };
    checkCopies(context, message, { ...words, subject });
    const moved = move(
      { sentAt: letter.sent_at.getTime(), undoUntil: letter.undo_until?.getTime() },
      change.at ?? letter.undo_until?.getTime() ?? letter.sent_at.getTime(),
      now,
    );
    await sql.query(
      `UPDATE messages SET subject = $2, sent_at = CASE WHEN $7 THEN $3 ELSE sent_at END,
         undo_until = CASE WHEN $7 THEN NULL ELSE undo_until END, text = coalesce($4, text),
         html = CASE WHEN $4::text IS NULL THEN html ELSE $5 END,
         format = CASE WHEN $4::text IS NULL THEN format WHEN $5::text IS NULL THEN 'plain' ELSE 'html' END,
         variants = CASE WHEN $4::text IS NULL THEN variants END, rev = $6 WHERE id = $1`,
      [
        id,
        subject ?? null,
        new Date(moved.sentAt),
        change.written?.text ?? null,
        change.written?.html ?? null,
        revs.next(),
        change.at !== undefined,
      ],
    );
    if (change.at === undefined) return [];
    if (moved.becomes === 'current') await comesUp(sql, id, letter.conversation_id, moved.sentAt, revs);
    if (moved.becomes === 'scheduled') await stepsBack(sql, id, letter.conversation_id, now, revs);
    return shift(sql, userId, id, moved, revs);
  });
}

/** What waits of a message is cancelled; of one that was for later, it is now that it was. */
export async function cancelWaiting({ pool, clock }: ChangeContext, userId: string, id: string): Promise<void> {
  await inTransaction(pool, async (sql) => {
    const revs = await Revisions.take(sql, userId, 1);
    const { copies } = await subjectOf(sql, userId, id);
    const waiting = copies.filter(waits).flatMap(({ deliveryId }) => deliveryId ?? []);
    if (waiting.length === 0) throw onItsWay();
    const more = await revs.more(sql, userId, 2 * waiting.length);
    for (const deliveryId of waiting) await cancel(sql, { id: deliveryId, message_id: id }, 'cancelled by you', more);
    if (copies.some(isOut)) return;
    const now = new Date(clock.now());
    await sql.query('UPDATE messages SET sent_at = $2 WHERE id = $1 AND sent_at > $2', [id, now]);
    await sql.query('UPDATE deliveries SET message_at = $2 WHERE message_id = $1 AND message_at > $2', [id, now]);
  });
}

/** A message that was taken back while it was held back for that was never there. */
export async function hideTakenBack({ pool, clock }: ChangeContext, userId: string, id: string): Promise<void> {
  await inTransaction(pool, async (sql) => {
    const revs = await Revisions.take(sql, userId, 2);
    const { conversation_id: conversationId } = await letterOf(sql, id);
    const { rowCount } = await sql.query(
      `UPDATE messages m SET echo_of = m.id, rev = $3 WHERE m.id = $1 AND m.undo_until > $2
         AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_id = m.id AND d.status <> 'cancelled')`,
      [id, new Date(clock.now()), revs.next()],
    );
    if (rowCount) await stepsBack(sql, id, conversationId, clock.now(), revs);
  });
}

async function letterOf(sql: Sql, id: string): Promise<Letter> {
  const { rows } = await sql.query<Letter>(
    `SELECT m.text, m.html, m.subject, m.sent_at, m.undo_until, coalesce(m.group_id, c.conversation_id) AS conversation_id
     FROM messages m JOIN chats c ON c.id = m.chat_id WHERE m.id = $1`,
    [id],
  );
  return rows[0]!;
}

/** Due times, age limits and places in the timeline move together. */
async function shift(
  sql: pg.PoolClient,
  userId: string,
  id: string,
  moved: { sentAt: number; byMs: number },
  revs: Revisions,
): Promise<{ chatId: string; at: number }[]> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT id FROM deliveries WHERE message_id = $1 AND status = 'queued' ORDER BY id`,
    [id],
  );
  const more = await revs.more(sql, userId, rows.length);
  const rings: { chatId: string; at: number }[] = [];
  for (const row of rows) {
    const { rows: after } = await sql.query<{ chat_id: string | null; due_at: Date }>(
      `UPDATE deliveries SET due_at = due_at + $2 * interval '1 millisecond', message_at = $3,
         expires_at = expires_at + $2 * interval '1 millisecond', next_attempt_at = NULL, rev = $4
       WHERE id = $1 RETURNING chat_id, due_at`,
      [row.id, moved.byMs, new Date(moved.sentAt), more.next()],
    );
    rings.push(
      ...after.flatMap(({ chat_id, due_at }) => (chat_id === null ? [] : [{ chatId: chat_id, at: due_at.getTime() }])),
    );
  }
  return rings;
}

/** The message is the conversation's last one, unless there is a later one. */
export async function comesUp(
  sql: Sql,
  id: string,
  conversationId: string,
  at: number,
  revs: Revisions,
): Promise<void> {
  await sql.query(
    `UPDATE conversations SET last_message_id = $2, last_message_at = $3, archived = false, rev = $4
     WHERE id = $1 AND (last_message_at IS NULL OR last_message_at <= $3)`,
    [conversationId, id, new Date(at), revs.next()],
  );
}

/** The conversation's last message is the one before it again. */
export async function stepsBack(
  sql: Sql,
  id: string,
  conversationId: string,
  now: number,
  revs: Revisions,
): Promise<void> {
  await sql.query(
    `UPDATE conversations SET rev = $4, (last_message_id, last_message_at) = (
       SELECT f.id, f.sent_at FROM (
         SELECT x.id, x.sent_at FROM chats c CROSS JOIN LATERAL (
           SELECT id, sent_at FROM messages WHERE chat_id = c.id AND group_id IS NULL AND echo_of IS NULL
             AND sent_at <= $3 AND id <> $2 ORDER BY sent_at DESC, id DESC LIMIT 1) AS x
         WHERE c.conversation_id = $1
         UNION ALL (
           SELECT id, sent_at FROM messages WHERE group_id = $1 AND echo_of IS NULL AND relay_of IS NULL
             AND sent_at <= $3 AND id <> $2
           ORDER BY sent_at DESC, id DESC LIMIT 1)
       ) AS f RIGHT JOIN (SELECT 1) AS one ON true ORDER BY f.sent_at DESC NULLS LAST, f.id DESC LIMIT 1)
     WHERE id = $1 AND last_message_id = $2`,
    [conversationId, id, new Date(now), revs.next()],
  );
}

const notWaiting = () =>
  new DomainError(
    'conflict',
    'not-waiting',
    'This message does not wait for its time any more. Its text can still be changed where its network lets you.',
  );
