import { notFound } from '../../../core/errors.js';
import type { NewGroup } from '../../../core/groups/service.js';
import { newId } from '../../../core/ids.js';
import { cancel } from '../deliveries/settle.js';
import { holds } from '../held.js';
import { Revisions, type Sql } from '../pool.js';
import { GROUPS_OF, membersOf } from './members.js';

/** Messages of a deleted group erased in one transaction. */
const ERASE_AT_ONCE = 2_000;

export async function insertGroup(sql: Sql, userId: string, group: NewGroup, now: number): Promise<string> {
  const revs = await Revisions.take(sql, userId, 1);
  const contactIds = [...new Set(group.contactIds)];
  await mustKnow(sql, userId, contactIds);
  const id = newId();
  await sql.query(
    `INSERT INTO conversations (id, user_id, name, mixed, relay, relay_since, rev) VALUES ($1, $2, $3, true, $4, $5, $6)`,
    [id, userId, group.name, group.relay, group.relay ? new Date(now) : null, revs.next()],
  );
  await addMembers(sql, id, contactIds);
  return id;
}

export async function changeGroup(
  sql: Sql,
  userId: string,
  id: string,
  change: Partial<NewGroup>,
  now: number,
): Promise<void> {
  const revs = await Revisions.take(sql, userId, 1);
  const { rowCount } = await sql.query(
    `UPDATE conversations SET name = coalesce($3, name), relay = coalesce($4, relay),
       relay_since = CASE WHEN $4 AND NOT relay THEN $5 ELSE relay_since END, rev = $6
     WHERE id = $1 AND user_id = $2 AND mixed AND deleted_at IS NULL`,
    [id, userId, change.name ?? null, change.relay ?? null, new Date(now), revs.next()],
  );
  if (!rowCount) throw notFound('group');
  if (change.contactIds) await setMembers(sql, userId, id, [...new Set(change.contactIds)]);
}

/** Who stays keeps their row, which may be that of a contact merged into them. */
async function setMembers(sql: Sql, userId: string, id: string, contactIds: string[]): Promise<void> {
  await mustKnow(sql, userId, contactIds);
  const before = (await membersOf(sql, [id])).map(({ contactId }) => contactId);
  const gone = before.filter((contactId) => !contactIds.includes(contactId));
  await sql.query(
    `DELETE FROM group_members WHERE conversation_id = $1 AND contact_id IN (
       WITH RECURSIVE walk AS (
         SELECT unnest($2::uuid[]) AS id UNION SELECT c.id FROM walk w JOIN contacts c ON c.merged_into = w.id)
       SELECT id FROM walk)`,
    [id, gone],
  );
  // What they say from now on is said to the user alone.
  await sql.query(
    `UPDATE chats SET group_id = NULL WHERE group_id = $1
       AND conversation_id IN (SELECT id FROM conversations WHERE contact_id = ANY($2))`,
    [id, gone],
  );
  await addMembers(
    sql,
    id,
    contactIds.filter((contactId) => !before.includes(contactId)),
  );
}

async function addMembers(sql: Sql, id: string, contactIds: readonly string[]): Promise<void> {
  await sql.query(
    `INSERT INTO group_members (conversation_id, contact_id, position)
     SELECT $1, x.id, x.place + (SELECT coalesce(max(position), 0) FROM group_members WHERE conversation_id = $1)
     FROM unnest($2::uuid[]) WITH ORDINALITY AS x(id, place)`,
    [id, contactIds],
  );
}

async function mustKnow(sql: Sql, userId: string, contactIds: readonly string[]): Promise<void> {
  const { rowCount } = await sql.query(
    'SELECT 1 FROM contacts WHERE id = ANY($1) AND user_id = $2 AND deleted_at IS NULL AND merged_into IS NULL',
    [contactIds, userId],
  );
  if (rowCount !== contactIds.length) throw notFound('contact');
}

/** Its messages are erased after it: see `eraseNext`. */
export async function deleteGroup(sql: Sql, userId: string, id: string): Promise<void> {
  const revs = await Revisions.take(sql, userId, 1);
  const { rowCount } = await sql.query(
    `UPDATE conversations SET deleted_at = now(), relay = false, unread = 0, mentions = 0, draft = NULL, rev = $3
     WHERE id = $1 AND user_id = $2 AND mixed AND deleted_at IS NULL`,
    [id, userId, revs.next()],
  );
  if (!rowCount) throw notFound('group');
  await sql.query('DELETE FROM group_members WHERE conversation_id = $1', [id]);
  await sql.query('UPDATE chats SET group_id = NULL WHERE group_id = $1', [id]);
  const { rows } = await sql.query<{ id: string; message_id: string }>(
    `SELECT d.id, d.message_id FROM messages m JOIN deliveries d ON d.message_id = m.id
     WHERE m.group_id = $1 AND d.status = 'queued'`,
    [id],
  );
  const more = await revs.more(sql, userId, 2 * rows.length);
  for (const row of rows) await cancel(sql, row, 'its group was deleted', more);
}

/**
 * Erases some messages of a deleted group; false once there are none. What came in while it was being deleted is shown
 * where it was said.
 */
export async function eraseNext(sql: Sql, group: { id: string; userId: string }): Promise<boolean> {
  const revs = await Revisions.take(sql, group.userId, ERASE_AT_ONCE);
  const { rows } = await sql.query<{ id: string; erased: boolean }>(
    `WITH part AS (
       SELECT m.id, row_number() OVER () AS place, m.direction = 'in' AND m.rev > v.rev AS late
       FROM conversations v JOIN messages m ON m.group_id = v.id
       WHERE v.id = $1 AND m.deleted_at IS NULL LIMIT $2
     )
     UPDATE messages m SET rev = $3 + part.place, group_id = CASE WHEN part.late THEN NULL ELSE m.group_id END,
       text = CASE WHEN part.late THEN m.text ELSE '' END, html = CASE WHEN part.late THEN m.html END,
       subject = CASE WHEN part.late THEN m.subject END, buttons = CASE WHEN part.late THEN m.buttons END,
       variants = CASE WHEN part.late THEN m.variants END,
       deleted_at = CASE WHEN part.late THEN NULL ELSE now() END
     FROM part WHERE m.id = part.id RETURNING m.id, NOT part.late AS erased`,
    [group.id, ERASE_AT_ONCE, revs.end - ERASE_AT_ONCE],
  );
  const erased = rows.flatMap(({ id, erased }) => (erased ? [id] : []));
  await sql.query('DELETE FROM message_attachments WHERE message_id = ANY($1)', [erased]);
  await sql.query('DELETE FROM reactions WHERE message_id = ANY($1)', [erased]);
  return rows.length > 0;
}

/** Deleted groups of which there is something left. */
export async function leftovers(sql: Sql): Promise<{ id: string; userId: string }[]> {
  const { rows } = await sql.query<{ id: string; userId: string }>(
    `SELECT v.id, v.user_id AS "userId" FROM conversations v WHERE v.mixed AND v.deleted_at IS NOT NULL AND ${holds('v.user_id')}
       AND EXISTS (SELECT 1 FROM messages m WHERE m.group_id = v.id AND m.deleted_at IS NULL) LIMIT 100`,
  );
  return rows;
}

/** Groups that show a contact are seen anew. Takes revisions of its own. */
export async function touchGroupsOf(sql: Sql, userId: string, contactIds: readonly string[]): Promise<void> {
  const { rows } = await sql.query<{ id: string }>(GROUPS_OF, [contactIds]);
  if (rows.length === 0) return;
  const revs = await Revisions.take(sql, userId, rows.length);
  await sql.query(
    'UPDATE conversations v SET rev = x.rev FROM unnest($1::uuid[], $2::bigint[]) AS x(id, rev) WHERE v.id = x.id',
    [rows.map((row) => row.id), rows.map(() => revs.next())],
  );
}

/** A contact is deleted: they are in no group any more, and what they say is said to the user alone. */
export async function leaveGroups(sql: Sql, userId: string, contactId: string): Promise<void> {
  await touchGroupsOf(sql, userId, [contactId]);
  await sql.query(
    `UPDATE chats SET group_id = NULL WHERE group_id IS NOT NULL
       AND conversation_id IN (SELECT id FROM conversations WHERE contact_id = $1)`,
    [contactId],
  );
}
