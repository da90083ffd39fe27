import { notFound } from '../../../core/errors.js';
import type { Named, Standing } from '../../../core/routing/choose.js';
import type { RoutePolicy, RouteRequest, ShortRoute } from '../../../core/routing/policy.js';
import type { Place } from '../deliveries/chats.js';
import type { Sql } from '../pool.js';

/** What stands for a place, and what the person there is called. */
export type StandingThere = Standing & {
  who: string;
  /** The conversation that `via` and the first route are of. */
  conversationId: string;
};

type Row = {
  id: string;
  conversation: string;
  via: string | null;
  who: string | null;
  direct: boolean;
  conversation_route: Named | null;
  contact_route: Named | null;
  profile_route: Named | null;
};

const route = (x: string) =>
  `CASE WHEN ${x}.id IS NOT NULL THEN json_build_object('name', ${x}.name, 'policy', ${x}.policy) END`;

/** In a group it is the group's route that counts, not that of the conversation with the one member. */
const STANDING = `
SELECT p.id, v.id AS conversation, v.via_account_id AS via, coalesce(k.name, v.name) AS who, p.contact_id IS NOT NULL AS direct,
  ${route('rv')} AS conversation_route, ${route('rk')} AS contact_route, ${route('rp')} AS profile_route
FROM unnest($2::uuid[], $3::uuid[]) AS p(id, contact_id)
LEFT JOIN conversations v ON v.id = coalesce($4, p.id) AND v.user_id = $1
LEFT JOIN contacts k ON k.id = p.contact_id AND k.user_id = $1
LEFT JOIN profiles f ON f.user_id = $1 AND f.is_default
LEFT JOIN routes rv ON rv.id = v.route_id AND rv.user_id = $1
LEFT JOIN routes rk ON rk.id = k.route_id AND rk.user_id = $1
LEFT JOIN routes rp ON rp.id = f.route_id AND rp.user_id = $1`;

export async function standingOf(
  sql: Sql,
  userId: string,
  places: readonly Place[],
  groupId: string | undefined,
): Promise<Map<string, StandingThere>> {
  const ids = places.map(({ id }) => id);
  const contactIds = places.map(({ contactId }) => contactId);
  const { rows } = await sql.query<Row>({
    name: 'standing-routes',
    text: STANDING,
    values: [userId, ids, contactIds, groupId ?? null],
  });
  return new Map(rows.map((row) => [row.id, standing(row)]));
}

const standing = (row: Row): StandingThere => ({
  via: row.via ?? undefined,
  conversation: row.conversation_route ?? undefined,
  contact: row.contact_route ?? undefined,
  profile: row.profile_route ?? undefined,
  who: row.direct ? (row.who ?? 'them') : 'everybody there',
  conversationId: row.conversation ?? row.id,
});

/** @throws DomainError `not-found` for a saved route that is not the user's */
export async function lookedUp(
  sql: Sql,
  userId: string,
  asked: RouteRequest | undefined,
): Promise<ShortRoute | RoutePolicy | Named | undefined> {
  if (!asked || !('id' in asked)) return asked;
  const { rows } = await sql.query<Named>('SELECT name, policy FROM routes WHERE id = $1 AND user_id = $2', [
    asked.id,
    userId,
  ]);
  return rows[0] ?? Promise.reject(notFound('route'));
}
