import type { Reply } from '../../../core/digests/store.js';
import type { Channel } from '../../../sdk/index.js';
import { isHeld } from '../held.js';
import type { Sql } from '../pool.js';

const MOST_AT_ONCE = 100;
/** An SMS names nothing that it answers: it is an answer to the newest digest, if that is not older than this. */
const SMS_WITHIN = '72 hours';

type Row = {
  id: string;
  text: string;
  format: string;
  channel: Channel;
  named_to: string[] | null;
  newest_to: string[] | null;
  from_there: boolean;
  files: string[];
};

/**
 * What came in, in the one chat that digests go to, and was written neither by Parley nor dealt with before. By mail it
 * must name a letter (its Message-ID cannot be guessed).
 */
const REPLIES = `
SELECT m.id, m.text, m.format, a.channel, l.conversation_ids AS named_to, n.conversation_ids AS newest_to,
  c.kind = 'direct' AND (m.buddy_id = c.buddy_id OR m.direction = 'out') AS from_there,
  ARRAY(SELECT x.attachment_id FROM message_attachments x WHERE x.message_id = m.id AND x.content_id IS NULL ORDER BY x.position) AS files
FROM digests g JOIN chats c ON c.id = g.chat_id JOIN accounts a ON a.id = c.account_id JOIN messages m ON m.chat_id = c.id
LEFT JOIN digest_letters l ON l.message_id = m.reply_to
LEFT JOIN LATERAL (
  SELECT o.message_id, o.conversation_ids FROM digest_letters o JOIN messages w ON w.id = o.message_id
  WHERE a.channel = 'sms' AND o.user_id = g.user_id AND w.chat_id = c.id AND o.message_id < m.id
    AND o.created_at > m.sent_at - interval '${SMS_WITHIN}' ORDER BY o.message_id DESC LIMIT 1) AS n ON true
WHERE g.user_id = $1 AND g.enabled AND m.rev > g.looked_rev AND m.rev <= $2 AND m.echo_of IS NULL AND m.deleted_at IS NULL
  AND coalesce(l.message_id, n.message_id) IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM digest_answers x WHERE x.message_id = m.id)
  AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_id = m.id)
ORDER BY m.id LIMIT ${MOST_AT_ONCE}`;

export async function repliesOf(sql: Sql, userId: string): Promise<{ upTo: number | undefined; replies: Reply[] }> {
  // Read first: what is committed later has a higher number, and is left for the next look.
  const { rows: user } = await sql.query<{ rev: number }>('SELECT rev FROM users WHERE id = $1', [userId]);
  const newest = user[0]?.rev ?? 0;
  const { rows } = await sql.query<Row>(REPLIES, [userId, newest]);
  return { upTo: rows.length < MOST_AT_ONCE ? newest : undefined, replies: rows.map((row) => reply(userId, row)) };
}

const reply = (userId: string, row: Row): Reply => ({
  messageId: row.id,
  userId,
  conversationIds: row.named_to ?? row.newest_to ?? [],
  text: row.text,
  files: row.files,
  ignored: !row.from_there || row.format === 'notice' || row.format === 'system',
});

/** Users with digests whose rows have changed since their answers were last looked for. */
export async function answeredUsers(sql: Sql): Promise<string[]> {
  const { rows } = await sql.query<{ user_id: string }>(
    `SELECT g.user_id FROM digests g JOIN users u ON u.id = g.user_id
     WHERE g.enabled AND g.chat_id IS NOT NULL AND u.rev > g.looked_rev AND ${isHeld('u')}`,
  );
  return rows.map((row) => row.user_id);
}
