import pg from 'pg';
import type { Member } from '../../core/nodes/balance.js';
import { DEAD_MS, type NodeStore } from '../../core/nodes/holding.js';
import { inTransaction, survive } from '../database/pool.js';

/** Far below what a lease lasts: an answer that comes later is worth nothing. */
const LIMIT_MS = 2_000;
const CONNECTOR = 'connector';
/** What others have moved among themselves is seen after so long at most. */
const COUNT_MS = 15_000;
const NEVER = { at: Number.NEGATIVE_INFINITY, among: '', held: new Map<string | null, number>(), free: 0 };

export type NodeRow = { id: string; url: string; roles: readonly string[]; files: string };

/** The nodes in PostgreSQL, by connections of their own: what keeps the node alive waits for nothing else. */
export class PgNodeStore implements NodeStore {
  readonly #pool: pg.Pool;
  #counted = NEVER;

  constructor(
    databaseUrl: string,
    private readonly node: NodeRow,
    onError: (error: Error) => void,
  ) {
    this.#pool = new pg.Pool({
      connectionString: databaseUrl,
      max: 3,
      connectionTimeoutMillis: LIMIT_MS,
      statement_timeout: LIMIT_MS,
      query_timeout: LIMIT_MS,
      keepAlive: true,
      application_name: 'parley-node',
    });
    survive(this.#pool, onError);
  }

  async join(): Promise<void> {
    const { id, url, roles, files } = this.node;
    await this.#pool.query(
      `INSERT INTO nodes (id, url, roles, files) VALUES ($1, $2, $3, $4)
       ON CONFLICT (id) DO UPDATE SET heartbeat_at = now()`,
      [id, url, roles, files],
    );
  }

  async beat(): Promise<boolean> {
    const { rowCount } = await this.#pool.query({
      name: 'node-beat',
      text: 'UPDATE nodes SET heartbeat_at = now() WHERE id = $1',
      values: [this.node.id],
    });
    return rowCount === 1;
  }

  /** The second statement sees what a node took until its row was locked. */
  async bury(): Promise<string[]> {
    const dead = `heartbeat_at < now() - ${DEAD_MS} * interval '1 ms'`;
    const { rowCount } = await this.#pool.query({ name: 'node-dead', text: `SELECT 1 FROM nodes WHERE ${dead}` });
    if (rowCount === 0) return [];
    return inTransaction(this.#pool, async (sql) => {
      const { rows } = await sql.query<{ id: string }>(`DELETE FROM nodes WHERE ${dead} RETURNING id`);
      const ids = rows.map(({ id }) => id);
      await sql.query('UPDATE users SET holder = NULL WHERE holder = ANY($1)', [ids]);
      return ids;
    });
  }

  /**
   * Who holds how many is counted where it may have changed: with nodes that come and go, users nobody holds, and moves of
   * this node; and from time to time, for what others move. A look at what is as it was reads a few rows.
   */
  async look(): Promise<{ connectors: Member[]; nodes: string[]; free: number }> {
    const { rows } = await this.#pool.query<{ id: string; roles: string[]; unheld: boolean }>({
      name: 'node-look',
      text: 'SELECT id, roles, EXISTS (SELECT 1 FROM users WHERE holder IS NULL) AS unheld FROM nodes ORDER BY id',
    });
    const nodes = rows.map(({ id }) => id);
    const among = nodes.join();
    const old = performance.now() - this.#counted.at > COUNT_MS;
    if (old || among !== this.#counted.among || rows.some(({ unheld }) => unheld)) await this.#count(among);
    const { held, free } = this.#counted;
    const connectors = rows.filter(({ roles }) => roles.includes(CONNECTOR));
    return { connectors: connectors.map(({ id }) => ({ id, held: held.get(id) ?? 0 })), nodes, free };
  }

  async #count(among: string): Promise<void> {
    const at = performance.now();
    const { rows } = await this.#pool.query<{ holder: string | null; held: number }>({
      name: 'node-count',
      text: 'SELECT holder, count(*) AS held FROM users GROUP BY holder',
    });
    const held = new Map(rows.map((row) => [row.holder, row.held]));
    this.#counted = { at, among, held, free: held.get(null) ?? 0 };
  }

  /** Only while the node is not taken for dead: its row stays until this is committed. */
  async take(most: number): Promise<string[]> {
    const { rows } = await this.#pool.query<{ id: string }>(
      `WITH me AS (SELECT id FROM nodes WHERE id = $1 FOR KEY SHARE), unheld AS (
         SELECT u.id FROM users u WHERE u.holder IS NULL ORDER BY u.id LIMIT $2 FOR UPDATE SKIP LOCKED)
       UPDATE users SET holder = me.id, fence = fence + 1 FROM me, unheld WHERE users.id = unheld.id RETURNING users.id`,
      [this.node.id, most],
    );
    this.#counted = NEVER;
    return rows.map(({ id }) => id);
  }

  async mine(): Promise<string[]> {
    const { rows } = await this.#pool.query<{ id: string }>('SELECT id FROM users WHERE holder = $1', [this.node.id]);
    return rows.map(({ id }) => id);
  }

  async free(userIds: readonly string[]): Promise<void> {
    await this.#pool.query('UPDATE users SET holder = NULL WHERE id = ANY($1) AND holder = $2', [
      userIds,
      this.node.id,
    ]);
    this.#counted = NEVER;
  }

  async leave(): Promise<void> {
    await inTransaction(this.#pool, async (sql) => {
      await sql.query('DELETE FROM nodes WHERE id = $1', [this.node.id]);
      await sql.query('UPDATE users SET holder = NULL WHERE holder = $1', [this.node.id]);
    });
  }

  /** Where a user is held. */
  async homeOf(userId: string): Promise<{ id: string; url: string } | undefined> {
    const { rows } = await this.#pool.query<{ id: string; url: string }>({
      name: 'home-of-user',
      text: 'SELECT n.id, n.url FROM users u JOIN nodes n ON n.id = u.holder WHERE u.id = $1',
      values: [userId],
    });
    return rows[0];
  }

  async userOfAccount(accountId: string): Promise<string | undefined> {
    const { rows } = await this.#pool.query<{ id: string }>('SELECT user_id AS id FROM accounts WHERE id = $1', [
      accountId,
    ]);
    return rows[0]?.id;
  }

  /** The stores of files that the other living nodes use. */
  async othersFiles(): Promise<string[]> {
    const { rows } = await this.#pool.query<{ files: string }>(
      `SELECT DISTINCT files FROM nodes WHERE id <> $1 AND heartbeat_at > now() - ${DEAD_MS} * interval '1 ms'`,
      [this.node.id],
    );
    return rows.map(({ files }) => files);
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
