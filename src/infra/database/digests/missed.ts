import type { Missed } from '../../../core/digests/letters.js';
import type { DigestRules } from '../../../core/digests/service.js';
import type { Sql } from '../pool.js';

const MOST_MISSED = 1_000;
const DAY_MS = 86_400_000;

type Row = {
  id: string;
  conversation_id: string;
  conversation: string;
  group: boolean;
  sender_name: string;
  network: string;
  text: string;
  files: number;
  sent_at: Date;
};

/**
 * Unread messages that arrived since, in conversations that are neither muted nor archived nor a mere request, and are in
 * no digest yet; not what programs write (notices), nothing of the conversation that digests come in, and no digest that
 * came in at another account of the user.
 */
const MISSED = `
SELECT m.id, v.id AS conversation_id, coalesce(k.name, v.name) AS conversation, c.kind <> 'direct' OR m.group_id IS NOT NULL AS "group",
  m.sender_name, a.network, coalesce(m.unreadable, m.text) AS text, m.sent_at,
  (SELECT count(*) FROM message_attachments x WHERE x.message_id = m.id) AS files
FROM messages m JOIN chats c ON c.id = m.chat_id JOIN accounts a ON a.id = c.account_id AND a.deleted_at IS NULL
JOIN conversations v ON v.id = coalesce(m.group_id, c.conversation_id) LEFT JOIN contacts k ON k.id = v.contact_id
WHERE m.user_id = $1 AND m.sent_at > $2 AND m.id >= $3 AND m.direction = 'in' AND m.format NOT IN ('notice', 'system')
  AND m.echo_of IS NULL AND m.deleted_at IS NULL
  AND v.unread > 0 AND (v.read_at IS NULL OR m.sent_at > v.read_at)
  AND v.deleted_at IS NULL AND v.request = 'none' AND NOT v.archived AND (v.muted_until IS NULL OR v.muted_until <= $4)
  AND ($5 OR (c.kind = 'direct' AND m.group_id IS NULL))
  AND v.id <> (SELECT o.conversation_id FROM chats o WHERE o.id = $6)
  AND NOT EXISTS (SELECT 1 FROM digest_items i WHERE i.message_id = m.id)
  AND NOT EXISTS (SELECT 1 FROM chats o JOIN deliveries d ON d.account_id = o.account_id AND d.remote_id = m.remote_id
    WHERE o.id = $6 AND d.user_id = $1)
ORDER BY m.sent_at, m.id LIMIT ${MOST_MISSED}`;

export async function missedSince(
  sql: Sql,
  userId: string,
  request: { chatId: string; include: DigestRules['include']; since: number; now: number },
  nameOf: (network: string) => string,
): Promise<Missed[]> {
  const { chatId, include, since, now } = request;
  const { rows } = await sql.query<Row>(MISSED, [
    userId,
    // What is told late (mail, a network that was away) has an older time than the moment it came.
    new Date(since - DAY_MS),
    firstIdAt(since),
    new Date(now),
    include === 'all',
    chatId,
  ]);
  return rows.map((row) => ({
    id: row.id,
    conversationId: row.conversation_id,
    conversation: row.conversation,
    group: row.group,
    sender: row.sender_name,
    network: nameOf(row.network),
    text: row.text,
    files: row.files,
    at: row.sent_at.getTime(),
  }));
}

/** The smallest id made at this moment: ids begin with the time (UUIDv7). */
function firstIdAt(ms: number): string {
  const time = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
