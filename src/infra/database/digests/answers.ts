import type pg from 'pg';
import type { Supervisor } from '../../../core/accounts/supervisor.js';
import { reportLetter } from '../../../core/digests/letters.js';
import type { LostAnswer, Reply } from '../../../core/digests/store.js';
import { newId } from '../../../core/ids.js';
import { holds } from '../held.js';
import type { Accepted } from '../messages/accept.js';
import { Revisions, type Sql } from '../pool.js';
import { noteLetter } from './letters.js';
import { post } from './post.js';

/** A program on the other side that answers every report must not get one each time. */
const MOST_REPORTS_AN_HOUR = 10;

/** The answer was dealt with by an earlier try. */
export class AlreadyDone extends Error {}

/** With the message that the answer became, in its transaction. @throws AlreadyDone */
export async function noteAnswer(
  sql: pg.PoolClient,
  reply: Reply,
  to: { conversationId: string; answerId: string; now: number },
): Promise<void> {
  const revs = await Revisions.take(sql, reply.userId, 2);
  await markDone(sql, reply, 'going', { conversationId: to.conversationId, answerId: to.answerId }, to.now);
  const { rows } = await sql.query<{ name: string }>(NAME, [to.conversationId]);
  await say(sql, reply, `Your answer goes to ${rows[0]?.name ?? 'them'}.`, to.now, revs);
}

export async function noteIgnored(sql: pg.PoolClient, reply: Reply, now: number): Promise<void> {
  await markDone(sql, reply, 'ignored', {}, now);
}

/** Written back in the same chat; where that went on for too long, only said there. @throws AlreadyDone */
export async function report(
  sql: pg.PoolClient,
  supervisor: Supervisor,
  reply: Reply,
  { why, conversationId, now }: { why: string; conversationId: string | undefined; now: number },
): Promise<Accepted | undefined> {
  const revs = await Revisions.take(sql, reply.userId, 2);
  await markDone(sql, reply, 'refused', conversationId === undefined ? {} : { conversationId }, now);
  const { rows: chats } = await sql.query<{ chat_id: string; channel: string; recent: number }>(
    `SELECT m.chat_id, a.channel, (SELECT count(*) FROM digest_letters l WHERE l.user_id = m.user_id AND l.kind = 'report'
         AND l.created_at > $2) AS recent
     FROM messages m JOIN chats c ON c.id = m.chat_id JOIN accounts a ON a.id = c.account_id WHERE m.id = $1`,
    [reply.messageId, new Date(now - 3_600_000)],
  );
  const chat = chats[0];
  if (!chat) return undefined;
  const { rows: names } = await sql.query<{ name: string }>(NAME, [conversationId ?? null]);
  const to =
    conversationId === undefined ? undefined : { name: names[0]?.name ?? 'them', conversationIds: [conversationId] };
  const { conversationIds, ...letter } = reportLetter(reply.text, why, to, chat.channel === 'sms' ? 'sms' : 'email');
  if (chat.recent >= MOST_REPORTS_AN_HOUR) {
    await say(sql, reply, `Your answer was not sent. ${why}`, now, revs);
    return undefined;
  }
  // An SMS that quoted what it answers would be twice as long.
  const answers = letter.marked === undefined ? {} : { replyTo: reply.messageId };
  const accepted = await post(sql, supervisor, reply.userId, chat.chat_id, { ...letter, ...answers }, now);
  const goesTo = conversationIds.length > 0 ? conversationIds : reply.conversationIds;
  await noteLetter(sql, reply.userId, { id: accepted.messageId, kind: 'report', conversationIds: goesTo, now });
  await read(sql, reply, revs);
  return accepted;
}

const NAME =
  'SELECT coalesce(k.name, v.name) AS name FROM conversations v LEFT JOIN contacts k ON k.id = v.contact_id WHERE v.id = $1';

/** Once: an answer that was on its way may still turn out to be lost. */
async function markDone(
  sql: Sql,
  { messageId, userId }: Reply,
  state: 'going' | 'refused' | 'ignored',
  to: { conversationId?: string; answerId?: string },
  now: number,
): Promise<void> {
  const { rowCount } = await sql.query(
    `INSERT INTO digest_answers (message_id, user_id, conversation_id, answer_id, state, created_at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (message_id) DO UPDATE SET state = $5 WHERE digest_answers.state = 'going' AND $5 = 'refused'`,
    [messageId, userId, to.conversationId ?? null, to.answerId ?? null, state, new Date(now)],
  );
  if (!rowCount) throw new AlreadyDone();
}

/** A line of Parley's own in the digests' chat; nobody is told of it. */
async function say(sql: Sql, reply: Reply, text: string, now: number, revs: Revisions): Promise<void> {
  await sql.query(
    `INSERT INTO messages (id, user_id, chat_id, direction, sender_name, text, format, sent_at, reply_to, rev)
     SELECT $2, user_id, chat_id, 'in', 'Parley', $3, 'system', greatest($4, sent_at), id, $5 FROM messages WHERE id = $1`,
    [reply.messageId, newId(), text, new Date(now), revs.next()],
  );
  await read(sql, reply, revs);
}

/** What the user wrote themselves is not unread. */
async function read(sql: Sql, { messageId }: Reply, revs: Revisions): Promise<void> {
  await sql.query(
    `UPDATE conversations v SET unread = 0, mentions = 0, marked_unread = false, read_at = greatest(v.read_at, m.sent_at), read_message_id = m.id, rev = $2
     FROM messages m JOIN chats c ON c.id = m.chat_id WHERE m.id = $1 AND v.id = c.conversation_id`,
    [messageId, revs.next()],
  );
}

type Ended = {
  message_id: string;
  user_id: string;
  conversation_id: string | null;
  text: string;
  statuses: string[];
  reason: string | null;
};

/** Answers of which nothing is on its way any more: what arrived, or was cancelled by hand, is done; the others are lost. */
export async function lostAnswers(pool: pg.Pool): Promise<LostAnswer[]> {
  const { rows } = await pool.query<Ended>(
    `SELECT x.message_id, x.user_id, x.conversation_id, m.text, array_agg(d.status) AS statuses, max(d.reason) AS reason
     FROM digest_answers x JOIN messages m ON m.id = x.message_id JOIN deliveries d ON d.message_id = x.answer_id
     WHERE x.state = 'going' AND ${holds('x.user_id')} GROUP BY 1, 2, 3, 4
     HAVING bool_and(d.status NOT IN ('queued', 'sending')) LIMIT 100`,
  );
  const isLost = ({ statuses }: Ended) =>
    statuses.some((status) => status === 'failed' || status === 'unknown') &&
    !statuses.some((status) => ['sent', 'delivered', 'read'].includes(status));
  const done = rows.filter((row) => !isLost(row)).map((row) => row.message_id);
  if (done.length > 0) await pool.query(`UPDATE digest_answers SET state = 'done' WHERE message_id = ANY($1)`, [done]);
  return rows.filter(isLost).map((row) => ({
    reply: {
      messageId: row.message_id,
      userId: row.user_id,
      conversationIds: row.conversation_id === null ? [] : [row.conversation_id],
      text: row.text,
      files: [],
      ignored: false,
    },
    conversationId: row.conversation_id ?? undefined,
    reason: `${row.statuses.includes('unknown') ? 'It may have been sent' : 'It could not be sent'}: ${row.reason ?? 'no reason was given'}`,
  }));
}
