import type pg from 'pg';

export type GroupMember = { groupId: string; contactId: string; name: string };

/**
 * Who is in a group now. A member that was merged is the contact they were merged into, as long as they are; one that was
 * deleted is none.
 */
const MEMBERS = `
WITH RECURSIVE walk AS (
  SELECT g.conversation_id, g.position, c.id, c.name, c.merged_into, c.deleted_at
  FROM group_members g JOIN contacts c ON c.id = g.contact_id WHERE g.conversation_id = ANY($1::uuid[])
  UNION
  SELECT w.conversation_id, w.position, c.id, c.name, c.merged_into, c.deleted_at
  FROM walk w JOIN contacts c ON c.id = w.merged_into
)
SELECT conversation_id AS "groupId", id AS "contactId", name FROM walk
WHERE merged_into IS NULL AND deleted_at IS NULL GROUP BY conversation_id, id, name ORDER BY conversation_id, min(position)`;

type Reader = Pick<pg.Pool, 'query'>;

export async function membersOf(sql: Reader, groupIds: readonly string[]): Promise<GroupMember[]> {
  if (groupIds.length === 0) return [];
  const { rows } = await sql.query<GroupMember>({ name: 'group-members', text: MEMBERS, values: [groupIds] });
  return rows;
}

/** The groups that a contact is in, also through a contact that was merged into them. */
export const GROUPS_OF = `
WITH RECURSIVE walk AS (
  SELECT id FROM contacts WHERE id = ANY($1::uuid[])
  UNION SELECT c.id FROM walk w JOIN contacts c ON c.merged_into = w.id
)
SELECT DISTINCT v.id FROM walk w JOIN group_members g ON g.contact_id = w.id
JOIN conversations v ON v.id = g.conversation_id AND v.deleted_at IS NULL`;
