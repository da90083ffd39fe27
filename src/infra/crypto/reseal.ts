import type pg from 'pg';
import type { SecretBox } from './secret-box.js';

/** A column of sealed secrets, and what names a row. */
type Column = { table: string; key: string; column: string; only?: string };

/**
 * Seals with the present key what an older one still opens, so that the older one can be put away. What no key opens
 * stays as it is.
 */
export async function resealColumn(
  pool: pg.Pool,
  box: SecretBox,
  { table, key, column, only = 'true' }: Column,
): Promise<void> {
  const { rows } = await pool.query<{ key: string; sealed: Buffer }>(
    `SELECT ${key} AS key, ${column} AS sealed FROM ${table} WHERE ${only}`,
  );
  for (const row of rows) {
    const sealed = box.resealed(row.sealed);
    if (sealed === undefined) continue;
    await pool.query(`UPDATE ${table} SET ${column} = $2 WHERE ${key} = $1 AND ${column} = $3`, [
      row.key,
      sealed,
      row.sealed,
    ]);
  }
}
