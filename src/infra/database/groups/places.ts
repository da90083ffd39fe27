import type { Place } from '../deliveries/chats.js';
import { makeConversation } from '../inbound/people.js';
import { Revisions, type Sql } from '../pool.js';
import type { GroupMember } from './members.js';

type Row = { id: string; conversation_id: string | null };

async function conversationsOf(sql: Sql, members: readonly GroupMember[]): Promise<Row[]> {
  const { rows } = await sql.query<Row>(
    `SELECT x.id, v.id AS conversation_id FROM unnest($1::uuid[]) WITH ORDINALITY AS x(id, place) LEFT JOIN LATERAL (
       SELECT id FROM conversations WHERE contact_id = x.id AND deleted_at IS NULL AND merged_into IS NULL
       ORDER BY last_message_at DESC NULLS LAST LIMIT 1) AS v ON true
     ORDER BY x.place`,
    [members.map(({ contactId }) => contactId)],
  );
  return rows;
}

/** Where each member is written to, in their order; one who has no conversation yet stands for it with their own id. */
export async function placesOf(sql: Sql, members: readonly GroupMember[]): Promise<Place[]> {
  return (await conversationsOf(sql, members)).map((row) => ({ id: row.conversation_id ?? row.id, contactId: row.id }));
}

/** As `placesOf`, making the conversations that are not there. */
export async function makePlaces(sql: Sql, userId: string, members: readonly GroupMember[]): Promise<Place[]> {
  const rows = await conversationsOf(sql, members);
  const revs = await Revisions.take(sql, userId, 2 * rows.length);
  const places: Place[] = [];
  for (const [index, row] of rows.entries()) {
    const make = () => makeConversation(sql, userId, row.id, members[index]!.name, false, revs);
    places.push({ id: row.conversation_id ?? (await make()), contactId: row.id });
  }
  return places;
}
