import { newId } from '../../../core/ids.js';
import type { Revisions, Sql } from '../pool.js';

/** Older wordings than the last so many are forgotten. */
const KEPT = 50;

/** Keeps what a message says, for its words are about to change; what could not be read was never a wording. */
export async function keepWording(sql: Sql, id: string, next: { text: string; html: string | null }): Promise<void> {
  const { rowCount } = await sql.query(
    `INSERT INTO message_edits (id, message_id, text, html, at)
     SELECT $2, id, text, html, coalesce(edited_at, sent_at) FROM messages
     WHERE id = $1 AND deleted_at IS NULL AND unreadable IS NULL AND (text, html) IS DISTINCT FROM ($3::text, $4::text)`,
    [id, newId(), next.text, next.html],
  );
  if (!rowCount) return;
  await sql.query(
    `DELETE FROM message_edits WHERE id IN (
       SELECT id FROM message_edits WHERE message_id = $1 ORDER BY at DESC, id DESC OFFSET ${KEPT})`,
    [id],
  );
  await sql.query(
    'UPDATE messages SET edits = (SELECT count(*) FROM message_edits WHERE message_id = $1) WHERE id = $1',
    [id],
  );
}

/** What was taken back is gone, with all it said before and with its marks. */
export async function forgetWordings(sql: Sql, id: string, revs: Revisions): Promise<void> {
  await sql.query('DELETE FROM message_edits WHERE message_id = $1', [id]);
  await sql.query(
    `UPDATE conversations SET rev = $2 WHERE id = (
       SELECT coalesce(m.group_id, c.conversation_id) FROM messages m JOIN chats c ON c.id = m.chat_id
       WHERE m.id = $1 AND m.pinned_at IS NOT NULL)`,
    [id, revs.next()],
  );
  await sql.query('UPDATE messages SET edits = 0, starred_at = NULL, pinned_at = NULL WHERE id = $1', [id]);
}
