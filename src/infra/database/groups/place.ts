import type { Sql } from '../pool.js';

/** So long after a group's message in a chat, what comes in there is an answer to it. */
const ANSWERS = '72 hours';
/** So far apart our clock and a network's may be. */
const SKEW = '2 minutes';

/** The group whose message was the last that went out in a chat, if something said there at this time answers it. */
export const lastGroupOf = (chat: string, at: string): string =>
  lastGroupIn(`${chat}.group_id`, `${chat}.group_at`, at);

/** The same of a chat whose group, and when that spoke last, are at hand. */
export const lastGroupIn = (groupId: string, groupAt: string, at: string): string => `CASE WHEN ${groupId} IS NOT NULL
  AND ${at} > ${groupAt} - interval '${SKEW}' AND ${at} < ${groupAt} + interval '${ANSWERS}' THEN ${groupId} END`;

/**
 * The message that a remote id in a chat means, as it is shown (an echo as what it is the echo of, an answer that was
 * sent on as that answer), with its group: `id`, `group_id`, `direction`.
 */
export const shownBy = (chatId: string, remoteId: string): string => `
  SELECT s.id, (SELECT v.id FROM conversations v WHERE v.id = s.group_id AND v.deleted_at IS NULL) AS group_id,
    s.direction FROM (
    SELECT coalesce(e.echo_of, e.id) AS id FROM messages e WHERE e.chat_id = ${chatId} AND e.remote_id = ${remoteId}
    UNION ALL SELECT coalesce(r.relay_of, r.id) FROM deliveries d JOIN messages r ON r.id = d.message_id
      WHERE d.chat_id = ${chatId} AND d.remote_id = ${remoteId}
  ) AS found JOIN messages s ON s.id = found.id LIMIT 1`;

/** What a message answers, and the group it belongs to: that of what it answers, else that of the chat's last message. */
export async function answerOf(
  sql: Sql,
  { chatId, replyTo, at }: { chatId: string; replyTo: string | undefined; at: Date },
): Promise<{ replyTo: string | null; groupId: string | null; toUser: boolean }> {
  const { rows } = await sql.query<{ reply_to: string | null; group_id: string | null; to_user: boolean | null }>({
    name: 'answer-of',
    text: `SELECT t.id AS reply_to, CASE WHEN t.id IS NULL THEN ${lastGroupOf('c', '$3::timestamptz')} ELSE t.group_id END AS group_id,
        t.direction = 'out' AS to_user
      FROM chats c LEFT JOIN LATERAL (${shownBy('c.id', '$2')}) AS t ON true WHERE c.id = $1`,
    values: [chatId, replyTo ?? null, at],
  });
  return { replyTo: rows[0]?.reply_to ?? null, groupId: rows[0]?.group_id ?? null, toUser: rows[0]?.to_user === true };
}

/** A message is the last that goes out in this chat: what comes in there answers its group, or the user alone. */
export async function answersGoTo(sql: Sql, chatId: string, messageId: string, now: number): Promise<void> {
  await sql.query({
    name: 'answers-go-to',
    text: `UPDATE chats c SET group_id = m.group_id, group_at = CASE WHEN m.group_id IS NOT NULL THEN $3::timestamptz END
      FROM messages m WHERE c.id = $1 AND m.id = $2`,
    values: [chatId, messageId, new Date(now)],
  });
}

/**
 * The user wrote to this person alone, with another program: what comes next answers that. Not while something is out
 * there that has no id yet, as it may be what came back.
 */
export async function leaveGroup(sql: Sql, chatId: string, at: Date): Promise<void> {
  await sql.query({
    name: 'leave-group',
    text: `UPDATE chats SET group_id = NULL WHERE id = $1 AND group_id IS NOT NULL AND group_at < $2 AND NOT EXISTS (
      SELECT 1 FROM deliveries d WHERE d.chat_id = $1 AND d.remote_id IS NULL AND d.status IN ('sending', 'sent', 'unknown')
        AND d.message_at > $2 - interval '10 minutes')`,
    values: [chatId, at],
  });
}

/** What members are called by the user, by the buddies they write as. */
export async function contactNames(sql: Sql, buddyIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql.query<{ id: string; name: string }>(
    'SELECT b.id, c.name FROM buddies b JOIN contacts c ON c.id = b.contact_id WHERE b.id = ANY($1)',
    [buddyIds],
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}
