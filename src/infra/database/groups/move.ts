import { DomainError, notFound } from '../../../core/errors.js';
import { mustOwnConversations } from '../conversations.js';
import { comesUp, stepsBack } from '../messages/waiting.js';
import { Revisions, type Sql } from '../pool.js';
import { membersOf } from './members.js';

type Said = {
  from: string;
  /** The conversation of the person alone. */
  own: string;
  contactId: string | null;
  sentAt: Date;
  mentioned: boolean;
};

/**
 * Where somebody's words belong is a guess; here a person says it: to a group they are a member of, or to the user alone.
 * @throws DomainError for a message or a conversation that it cannot be
 */
export async function moveMessage(
  sql: Sql,
  userId: string,
  { id, to, now }: { id: string; to: string; now: number },
): Promise<void> {
  const revs = await Revisions.take(sql, userId, 5);
  await mustOwnConversations(sql, userId, [to]);
  const said = await find(sql, userId, id);
  if (said.from === to) return;
  if (to !== said.own) await mustBeTheirs(sql, to, said.contactId);
  await sql.query('UPDATE messages SET group_id = $2, rev = $3 WHERE id = $1', [
    id,
    to === said.own ? null : to,
    revs.next(),
  ]);
  const count = `UPDATE conversations SET unread = greatest(0, unread + $2), archived = archived AND $2 < 0, rev = $4,
      mentions = greatest(0, mentions + CASE WHEN $5 THEN $2 ELSE 0 END)
    WHERE id = $1 AND (read_at IS NULL OR read_at < $3)`;
  await sql.query(count, [said.from, -1, said.sentAt, revs.next(), said.mentioned]);
  await sql.query(count, [to, 1, said.sentAt, revs.next(), said.mentioned]);
  await stepsBack(sql, id, said.from, now, revs);
  await comesUp(sql, id, to, said.sentAt.getTime(), revs);
}

async function find(sql: Sql, userId: string, id: string): Promise<Said> {
  const { rows } = await sql.query<Said & { movable: boolean }>(
    `SELECT coalesce(m.group_id, c.conversation_id) AS from, c.conversation_id AS own, b.contact_id AS "contactId",
       m.sent_at AS "sentAt", m.mentioned, m.direction = 'in' AND c.kind = 'direct' AND m.deleted_at IS NULL AS movable
     FROM messages m JOIN chats c ON c.id = m.chat_id LEFT JOIN buddies b ON b.id = m.buddy_id
     WHERE m.id = $1 AND m.user_id = $2 AND m.echo_of IS NULL`,
    [id, userId],
  );
  const row = rows[0];
  if (!row) throw notFound('message');
  if (row.movable) return row;
  throw new DomainError(
    'conflict',
    'cannot-be-moved',
    'Only what somebody said to you, or in a group of contacts, can.',
  );
}

async function mustBeTheirs(sql: Sql, groupId: string, contactId: string | null): Promise<void> {
  const members = await membersOf(sql, [groupId]);
  if (!members.some((member) => member.contactId === contactId))
    throw new DomainError('conflict', 'not-their-group', 'Whoever said it is no member of that group.', {
      fields: { conversationId: 'must be theirs alone, or a group they are in' },
    });
}
