import type pg from 'pg';

/** The setting of a connection that says which node it belongs to. Where a database has one process, there is none. */
const SETTING = 'parley.node';
const IDLE_MS = 5_000;
const NODE = `nullif(current_setting('${SETTING}', true), '')::uuid`;

/**
 * The fence: whether the process that asks holds the user of this row of `users`. In a statement that updates the row
 * it cannot change before the commit; alone it says which rows are worth a look.
 */
export const isHeld = (users: string): string => `${users}.holder IS NOT DISTINCT FROM ${NODE}`;

/** The same by the user's id. */
export const holds = (userId: string): string =>
  `EXISTS (SELECT 1 FROM users held WHERE held.id = ${userId} AND ${isHeld('held')})`;

/**
 * The database's address for the connections of one node. What a node that hangs has locked is let go of long before it is
 * taken for dead.
 */
export function urlOfNode(url: string, nodeId: string): string {
  const parsed = new URL(url);
  const others = parsed.searchParams.get('options');
  parsed.searchParams.set(
    'options',
    `${others === null ? '' : `${others} `}-c ${SETTING}=${nodeId} -c idle_in_transaction_session_timeout=${IDLE_MS}`,
  );
  return parsed.href;
}

/** For the rest of the transaction: writes what the user's holder may. For what administrators do to others. */
export async function asHolder(sql: pg.Pool | pg.PoolClient, userId: string): Promise<void> {
  await sql.query(`SELECT set_config('${SETTING}', coalesce(holder::text, ''), true) FROM users WHERE id = $1`, [
    userId,
  ]);
}
