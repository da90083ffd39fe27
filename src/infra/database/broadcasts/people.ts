import type pg from 'pg';
import { newId } from '../../../core/ids.js';
import type { Place } from '../deliveries/chats.js';
import { inTransaction, Revisions } from '../pool.js';

export type Next = { position: number; place: Place } | { position: number; problem: string };

/** Who a recipient is now: contacts may have been merged or deleted since the broadcast was made. */
const NEXT = `
WITH RECURSIVE due AS (
  SELECT position, contact_id FROM broadcast_recipients WHERE broadcast_id = $1 AND status = 'waiting' ORDER BY position LIMIT $2
), walk AS (
  SELECT d.position, c.id, c.name, c.merged_into, c.deleted_at FROM due d JOIN contacts c ON c.id = d.contact_id AND c.user_id = $3
  UNION
  SELECT w.position, c.id, c.name, c.merged_into, c.deleted_at FROM walk w JOIN contacts c ON c.id = w.merged_into
)
SELECT d.position, w.id AS contact_id, w.name, v.id AS conversation_id,
  w.id IS DISTINCT FROM d.contact_id AND EXISTS (
    SELECT 1 FROM broadcast_recipients o JOIN contacts k ON k.id = o.contact_id
    WHERE o.broadcast_id = $1 AND o.position <> d.position AND (k.id = w.id OR k.merged_into = w.id)
      AND (k.id = w.id OR o.position < d.position)) AS again
FROM due d LEFT JOIN walk w ON w.position = d.position AND w.merged_into IS NULL AND w.deleted_at IS NULL
LEFT JOIN LATERAL (
  SELECT id FROM conversations WHERE contact_id = w.id AND deleted_at IS NULL AND merged_into IS NULL
  ORDER BY last_message_at DESC NULLS LAST LIMIT 1) AS v ON true
ORDER BY d.position`;

type Row = {
  position: number;
  contact_id: string | null;
  name: string | null;
  conversation_id: string | null;
  again: boolean;
};

/** The next people of a broadcast with their conversations, made where there is none yet. */
export async function nextPeople(pool: pg.Pool, userId: string, id: string, limit: number): Promise<Next[]> {
  const { rows } = await pool.query<Row>({ name: 'broadcast-next', text: NEXT, values: [id, limit, userId] });
  const made = await makeMissing(
    pool,
    userId,
    rows.flatMap(({ contact_id, name, conversation_id, again }) =>
      contact_id === null || conversation_id !== null || again ? [] : [{ contactId: contact_id, name: name ?? '' }],
    ),
  );
  return rows.map(({ position, contact_id, conversation_id, again }) => {
    if (again) return { position, problem: 'They are the same person as another one of this broadcast.' };
    const id = conversation_id ?? made.get(contact_id ?? '');
    if (contact_id === null || id === undefined) return { position, problem: 'The contact was deleted.' };
    return { position, place: { id, contactId: contact_id } };
  });
}

async function makeMissing(
  pool: pg.Pool,
  userId: string,
  people: readonly { contactId: string; name: string }[],
): Promise<Map<string, string>> {
  const made = new Map(people.map(({ contactId }) => [contactId, newId()]));
  if (people.length === 0) return made;
  await inTransaction(pool, async (sql) => {
    const revs = await Revisions.take(sql, userId, people.length);
    await sql.query(
      `INSERT INTO conversations (id, user_id, contact_id, name, request, rev)
       SELECT x.id, $1, x.contact_id, x.name, 'none', x.rev FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::bigint[])
         AS x(id, contact_id, name, rev)`,
      [
        userId,
        people.map(({ contactId }) => made.get(contactId)),
        people.map(({ contactId }) => contactId),
        people.map(({ name }) => name),
        people.map(() => revs.next()),
      ],
    );
  });
  return made;
}
