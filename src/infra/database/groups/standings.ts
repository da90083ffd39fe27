import { furthest } from '../../../core/delivery/status.js';
import type { Tally } from '../../../core/groups/standing.js';
import type { DeliveryStatus } from '../../../core/views.js';
import type { Sql } from '../pool.js';

export type Standing = {
  tally: Tally;
  /** Of the message that sent it on, where it is a member's answer that was. */
  relay: { rev: number } | undefined;
};

type Row = { shown: string; statuses: DeliveryStatus[]; people: number; relay_rev: number | null };

const STANDINGS = `
WITH asked AS (
  SELECT id AS shown, id, NULL::bigint AS relay_rev FROM messages WHERE id = ANY($1::uuid[])
  UNION ALL SELECT relay_of, id, rev FROM messages WHERE relay_of = ANY($1::uuid[])
), people AS (
  SELECT a.shown, a.relay_rev, array_agg(DISTINCT d.status) AS statuses
  FROM asked a JOIN deliveries d ON d.message_id = a.id GROUP BY a.shown, a.relay_rev, d.contact_id
  UNION ALL SELECT a.shown, NULL, ARRAY['failed'] FROM asked a JOIN unreached x ON x.message_id = a.id
)
SELECT shown, statuses, max(relay_rev) AS relay_rev, count(*)::int AS people FROM people GROUP BY shown, statuses`;

/**
 * How far messages of groups are with each of their people, by the message as it is shown. People count once, however many
 * ways lead to them; those without any are among the failed.
 */
export async function standings(
  sql: Sql,
  messages: readonly { id: string; groupId: string | null }[],
): Promise<Map<string, Standing>> {
  const ids = messages.flatMap(({ id, groupId }) => (groupId === null ? [] : [id]));
  const found = new Map<string, Standing>();
  if (ids.length === 0) return found;
  const { rows } = await sql.query<Row>({ name: 'standings', text: STANDINGS, values: [ids] });
  for (const { shown, statuses, people, relay_rev: rev } of rows) {
    const before = found.get(shown) ?? { tally: {}, relay: undefined };
    const status = furthest(statuses)!;
    found.set(shown, {
      tally: { ...before.tally, [status]: (before.tally[status] ?? 0) + people },
      relay: rev === null ? before.relay : { rev: Math.max(rev, before.relay?.rev ?? 0) },
    });
  }
  return found;
}

/** What the user calls those who wrote in groups, by the buddies they wrote as. */
export async function memberNames(
  sql: Sql,
  messages: readonly { groupId: string | null; buddyId: string | null }[],
): Promise<Map<string, string>> {
  const ids = messages.flatMap(({ groupId, buddyId }) => (groupId === null || buddyId === null ? [] : [buddyId]));
  if (ids.length === 0) return new Map();
  const { rows } = await sql.query<{ id: string; name: string }>({
    name: 'member-names',
    text: 'SELECT b.id, k.name FROM buddies b JOIN contacts k ON k.id = b.contact_id WHERE b.id = ANY($1::uuid[])',
    values: [ids],
  });
  return new Map(rows.map(({ id, name }) => [id, name]));
}
