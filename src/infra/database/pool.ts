import pg from 'pg';
import { FencedError } from '../../core/nodes/fenced.js';
import { isHeld } from './held.js';
import { prepareOften } from './prepared.js';

export type Sql = pg.Pool | pg.PoolClient;

// Revisions and counts stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** The pool of the hot paths (inbox, drain, sync). Every statement is bounded in time. */
export function createPool(url: string, onError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 12,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 15_000,
    query_timeout: 20_000,
    keepAlive: true,
  });
  survive(pool, onError);
  prepareOften(pool);
  return pool;
}

/**
 * A connection may break at any time. While it is in use its statement fails; but nobody listens for the breaking itself,
 * and then Node ends the process.
 */
export function survive(pool: pg.Pool, onIdleError: (error: Error) => void): void {
  pool.on('error', onIdleError);
  pool.on('connect', (client) => client.on('error', () => undefined));
}

/** Runs `work` in one transaction; rolls back whatever it throws. A connection that cannot roll back is closed. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((cause: Error) => {
      broken = cause;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * Hands out revisions of one user; the row lock it takes puts the user's commits in order. It is the fence, too: a process
 * that does not hold the user gets none, and stays kept from writing until its transaction has ended.
 */
export class Revisions {
  #next: number;
  readonly end: number;

  private constructor(base: number, count: number) {
    this.#next = base + 1;
    this.end = base + count;
  }

  /**
   * @param count most revisions the transaction can need; gaps are harmless
   * @throws FencedError where another process holds the user, or the user is gone
   */
  static async take(sql: Sql, userId: string, count: number): Promise<Revisions> {
    const { rows } = await sql.query<{ rev: number }>({
      name: 'take-revisions',
      text: `UPDATE users SET rev = rev + $2 WHERE id = $1 AND ${isHeld('users')} RETURNING rev`,
      values: [userId, count],
    });
    const rev = rows[0]?.rev;
    if (rev === undefined) throw new FencedError();
    return new Revisions(rev - count, count);
  }

  /** Further revisions for the same transaction. */
  more(sql: Sql, userId: string, count: number): Promise<Revisions> {
    return Revisions.take(sql, userId, count);
  }

  next(): number {
    if (this.#next > this.end) throw new Error('more rows changed than revisions were taken');
    return this.#next++;
  }
}
