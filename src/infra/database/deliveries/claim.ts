import type pg from 'pg';
import type { Claim, ClaimResult } from '../../../core/delivery/queue.js';
import { newId } from '../../../core/ids.js';
import type { Quote } from '../../../core/messages/quotes.js';
import type { Written } from '../../../core/messages/render.js';
import type { Button } from '../../../sdk/index.js';
import type { BlobStore } from '../../storage/blobs.js';
import { answersGoTo } from '../groups/place.js';
import { inTransaction, Revisions, type Sql } from '../pool.js';
import { answeredBy, lastOfGroup, type OutgoingFile, outgoingFiles } from './outgoing.js';
import { fail, failExpired } from './settle.js';
import { heldBy } from './stuck.js';
import { turnOf } from './turn.js';

const OPTED_OUT = 'They asked to get no more messages.';

/**
 * The state of a chat's queue; `head` is its oldest delivery that is due, where nothing is passed. What one that is stuck
 * does to those behind it is said by the conversation that the chat is used for: a group's setting counts while the chat
 * carries the group. What is held, with its broadcast, is not in the queue.
 */
const HEAD = `
SELECT c.remote_id AS chat, c.address, c.account_id, a.user_id, c.group_id AS carries,
  v.when_stuck = 'hold' AND h.id IS NOT NULL AND ${heldBy('h', 'c.id')} AS held,
  c.kind = 'direct' AND EXISTS (SELECT 1 FROM buddies b WHERE b.id = c.buddy_id AND b.opted_out) AS opted_out,
  EXISTS (SELECT 1 FROM deliveries s WHERE s.chat_id = c.id AND s.status = 'sending') AS busy,
  h.id AS head, h.key, h.message_id, h.next_attempt_at, h.expires_at,
  EXISTS (SELECT 1 FROM deliveries o WHERE o.message_id = h.message_id AND o.unless IS NOT NULL)
    OR h.conditions IS NOT NULL AS routed,
  CASE WHEN h.id IS NULL THEN (
    SELECT min(greatest(n.due_at, coalesce(n.next_attempt_at, n.due_at))) FROM deliveries n
    WHERE n.chat_id = c.id AND n.status = 'queued' AND NOT n.held) END AS next_due
FROM chats c JOIN accounts a ON a.id = c.account_id AND a.deleted_at IS NULL
LEFT JOIN conversations v ON v.id = coalesce(c.group_id, c.conversation_id)
LEFT JOIN LATERAL (
  SELECT d.* FROM deliveries d WHERE d.chat_id = c.id AND d.status = 'queued' AND NOT d.held AND d.due_at <= $2
    AND (v.when_stuck IS DISTINCT FROM 'pass' OR d.next_attempt_at IS NULL OR d.next_attempt_at <= $2)
  ORDER BY d.id LIMIT 1
) AS h ON true
WHERE c.id = $1`;

type Queue = {
  chat: string;
  address: string | null;
  account_id: string;
  user_id: string;
  /** The group whose message was the last that went out here. */
  carries: string | null;
  busy: boolean;
  opted_out: boolean;
  /** It is a step of a route that is to be looked at before it goes. */
  routed: boolean;
  held: boolean | null;
} & (
  | {
      head: string;
      key: string | null;
      message_id: string;
      next_attempt_at: Date | null;
      expires_at: Date;
      next_due: null;
    }
  | { head: null; key: null; message_id: null; next_attempt_at: null; expires_at: null; next_due: Date | null }
);

/** Whom a message that speaks of people is to. */
const PERSON = `CASE WHEN m.personal THEN (SELECT k.name FROM contacts k WHERE k.id = coalesce(d.contact_id,
  (SELECT v.contact_id FROM chats c JOIN conversations v ON v.id = c.conversation_id WHERE c.id = d.chat_id))) END`;

/** Mail to a group without a subject of its own has the group's name. */
const SUBJECT = `coalesce(m.subject, CASE WHEN d.channel = 'email' THEN (
  SELECT g.name FROM conversations g WHERE g.id = m.group_id) END)`;

const TAKE = `
WITH d AS (
  UPDATE deliveries SET status = 'sending', fence = fence + 1, tries = tries + 1, next_attempt_at = NULL, reason = NULL,
    rev = $2
  WHERE id = $1 AND status = 'queued' RETURNING id, message_id, chat_id, contact_id, channel, fence, tries, created_at
), a AS (
  INSERT INTO attempts (id, delivery_id, at, outcome) SELECT $4, d.id, $5, 'sending' FROM d
), m AS (
  UPDATE messages SET rev = $3 FROM d WHERE messages.id = d.message_id RETURNING messages.*
)
SELECT d.fence, d.tries, d.channel, m.group_id, CASE WHEN m.chat_id = d.chat_id THEN m.thread_remote END AS thread, m.text, m.html, ${SUBJECT} AS subject, m.reply_to, m.buttons, m.variants, m.shorten_links, m.personal,
  d.created_at < m.sent_at AS scheduled, ${PERSON} AS person,
  (SELECT coalesce(json_agg(json_build_object('id', f.id, 'name', f.name, 'type', f.type, 'size', f.size, 'hash', f.hash, 'voice', f.voice) ORDER BY x.position), '[]')
   FROM message_attachments x JOIN attachments f ON f.id = x.attachment_id WHERE x.message_id = m.id) AS files
FROM d JOIN m ON m.id = d.message_id`;

type Taken = {
  fence: number;
  tries: number;
  channel: string;
  group_id: string | null;
  thread: string | null;
  text: string;
  html: string | null;
  subject: string | null;
  reply_to: string | null;
  buttons: Button[][] | null;
  variants: Written['variants'] | null;
  shorten_links: boolean;
  personal: boolean;
  person: string | null;
  scheduled: boolean;
  files: OutgoingFile[];
};

/**
 * Looks at the queue without locks first, as most looks find nothing to do; what it takes it takes under the lock of
 * the user's row, which orders all that is written for this user.
 */
export async function claim(
  pool: pg.Pool,
  blobs: BlobStore,
  { chatId, freshOf }: { chatId: string; freshOf: string | undefined },
  now: number,
): Promise<ClaimResult> {
  const seen = freshOf === undefined ? await lookFirst(pool, chatId, now) : { userId: freshOf };
  if ('is' in seen) return seen;
  return inTransaction(pool, async (sql) => {
    const revs = await Revisions.take(sql, seen.userId, 4);
    const locked = await look(sql, chatId, now);
    if (locked === undefined) return { is: 'empty' };
    return idle(locked, now) ?? take(sql, blobs, { ...locked, chatId }, now, revs);
  });
}

async function lookFirst(pool: pg.Pool, chatId: string, now: number): Promise<ClaimResult | { userId: string }> {
  const queue = await look(pool, chatId, now);
  if (queue === undefined) return { is: 'empty' };
  return idle(queue, now) ?? { userId: queue.user_id };
}

async function look(sql: Sql, chatId: string, now: number): Promise<Queue | undefined> {
  const { rows } = await sql.query<Queue>({
    name: 'queue-head',
    text: HEAD,
    values: [chatId, new Date(now)],
  });
  return rows[0];
}

/** Why nothing can be taken, or undefined. */
function idle(queue: Queue, now: number): ClaimResult | undefined {
  if (queue.busy) return { is: 'busy' };
  if (queue.head === null)
    return queue.next_due === null ? { is: 'empty' } : { is: 'later', at: queue.next_due.getTime() };
  if (queue.expires_at.getTime() <= now) return undefined;
  if (queue.held) return { is: 'held' };
  const next = queue.next_attempt_at?.getTime() ?? 0;
  if (next > now) return { is: 'later', at: Math.min(next, queue.expires_at.getTime()) };
  return queue.address === null || queue.opted_out ? undefined : { is: 'unopened', address: queue.address };
}

async function take(
  sql: Sql,
  blobs: BlobStore,
  queue: Queue & { chatId: string },
  now: number,
  revs: Revisions,
): Promise<ClaimResult> {
  if (queue.head === null) return { is: 'empty' };
  const skipped: ClaimResult = { is: 'skipped', userId: queue.user_id, deliveryId: queue.head };
  if (queue.expires_at.getTime() <= now) {
    await failExpired(sql, { id: queue.head, message_id: queue.message_id }, revs);
    return skipped;
  }
  if (queue.opted_out) {
    await fail(sql, { id: queue.head, message_id: queue.message_id }, OPTED_OUT, revs);
    return skipped;
  }
  const head = { id: queue.head, message_id: queue.message_id, chatId: queue.chatId };
  if (queue.routed && (await turnOf(sql, head, now, revs)) === 'passed') return skipped;
  const attemptId = newId();
  const { rows } = await sql.query<Taken>({
    name: 'take-head',
    text: TAKE,
    values: [queue.head, revs.next(), revs.next(), attemptId, new Date(now)],
  });
  const taken = rows[0];
  if (!taken) return { is: 'empty' };
  if (taken.scheduled && taken.tries === 1) await comesUp(sql, queue.chatId, queue.message_id, revs);
  if (taken.group_id !== null || queue.carries !== null) await answersGoTo(sql, queue.chatId, queue.message_id, now);
  const answered =
    taken.reply_to === null ? undefined : await answeredBy(sql, taken.reply_to, queue.chatId, taken.thread);
  const claimed: Claim = {
    deliveryId: queue.head,
    attemptId,
    userId: queue.user_id,
    accountId: queue.account_id,
    chatRemoteId: queue.chat,
    key: queue.key ?? queue.head,
    fence: taken.fence,
    tries: taken.tries,
    content: {
      messageId: queue.message_id,
      written: writtenOf(taken, answered?.quote),
      person: taken.person === null ? undefined : { name: taken.person },
      replyTo: answered?.replyTo ?? (await threadOf(sql, taken, queue.chatId)),
      attachments: outgoingFiles(blobs, taken.files),
    },
  };
  return { is: 'claimed', claim: claimed };
}

/** Mail to a group goes on in the thread of the group, whatever was written to the person alone meanwhile. */
const threadOf = async (sql: Sql, { channel, group_id }: Taken, chatId: string) =>
  channel === 'email' && group_id !== null ? lastOfGroup(sql, group_id, chatId) : undefined;

const writtenOf = (taken: Taken, quote: Quote | undefined): Written => ({
  text: taken.text,
  html: taken.html ?? undefined,
  subject: taken.subject ?? undefined,
  variants: taken.variants ?? undefined,
  buttons: taken.buttons ?? undefined,
  files: taken.files,
  quote,
  shortenLinks: taken.shorten_links,
  personal: taken.personal,
});

/** A scheduled message becomes the conversation's last one when its time has come. */
async function comesUp(sql: Sql, chatId: string, messageId: string, revs: Revisions): Promise<void> {
  await sql.query(
    `UPDATE conversations v SET last_message_id = m.id, last_message_at = m.sent_at, archived = false, rev = $3
     FROM chats c, messages m WHERE c.id = $1 AND v.id = coalesce(m.group_id, c.conversation_id) AND m.id = $2
       AND (v.last_message_at IS NULL OR v.last_message_at <= m.sent_at)`,
    [chatId, messageId, revs.next()],
  );
}
