import type { Spent } from '../../../core/messages/cost.js';
import type { Sql } from '../pool.js';

/** So far back a price is looked for. */
const LAST_MESSAGES = 100;

/** What the newest of each account's last messages that had a price cost. */
export async function lastSpent(sql: Sql, accountIds: readonly string[]): Promise<Map<string, Spent>> {
  if (accountIds.length === 0) return new Map();
  const { rows } = await sql.query<Spent & { id: string }>({
    name: 'last-spent',
    text: `SELECT a.id, c.amount, c.currency, c.parts FROM unnest($1::uuid[]) AS a(id) CROSS JOIN LATERAL (
      SELECT t.cost_amount::text AS amount, t.cost_currency AS currency, coalesce(t.parts, 1) AS parts
      FROM (SELECT id FROM deliveries WHERE account_id = a.id ORDER BY id DESC LIMIT $2) AS d
      JOIN attempts t ON t.delivery_id = d.id WHERE t.cost_amount IS NOT NULL ORDER BY t.at DESC LIMIT 1) AS c`,
    values: [accountIds, LAST_MESSAGES],
  });
  return new Map(rows.map(({ id, ...spent }) => [id, spent]));
}
