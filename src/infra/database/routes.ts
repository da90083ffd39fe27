import type pg from 'pg';
import type { Supervisor } from '../../core/accounts/supervisor.js';
import { DomainError, notFound } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import { describe } from '../../core/routing/describe.js';
import { checkPolicy, problemsOf } from '../../core/routing/normalise.js';
import type { Proof, RoutePolicy } from '../../core/routing/policy.js';
import type { NewRoute, RouteService, SavedRouteView } from '../../core/routing/service.js';
import type { Page, PageRequest } from '../../core/views.js';
import type { Channel } from '../../sdk/index.js';
import { asId } from './accounts.js';
import { inTransaction, Revisions, type Sql } from './pool.js';

const MOST = 100;
const PROOFS: Proof[] = ['sent', 'delivered', 'read'];

type Row = { id: string; name: string; policy: RoutePolicy; created_at: Date };
type Provable = ReadonlyMap<Channel, Proof>;

/** Routes that people save, and who has them. */
export class Routes implements RouteService {
  constructor(
    private readonly pool: pg.Pool,
    private readonly supervisor: Supervisor,
    private readonly changed: (userId: string) => void,
  ) {}

  async list(userId: string, { limit, cursor }: PageRequest): Promise<Page<SavedRouteView>> {
    const { rows } = await this.pool.query<Row>(
      'SELECT * FROM routes WHERE user_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3',
      [userId, cursor === undefined ? null : asId(cursor), limit + 1],
    );
    const provable = await this.#provable(userId);
    const items = rows.slice(0, limit).map((row) => viewOf(row, provable));
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async create(userId: string, { name, policy }: NewRoute): Promise<SavedRouteView> {
    checkPolicy(policy);
    const row = await inTransaction(this.pool, async (sql) => {
      await Revisions.take(sql, userId, 0);
      const { rows: count } = await sql.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM routes WHERE user_id = $1',
        [userId],
      );
      if ((count[0]?.n ?? 0) >= MOST)
        throw new DomainError('conflict', 'too-many-routes', `There can be ${MOST} routes; delete one first.`);
      const { rows } = await sql.query<Row>(
        'INSERT INTO routes (id, user_id, name, policy) VALUES ($1, $2, $3, $4) RETURNING *',
        [newId(), userId, name, JSON.stringify(policy)],
      );
      return rows[0]!;
    });
    return viewOf(row, await this.#provable(userId));
  }

  async patch(userId: string, id: string, { name, policy }: Partial<NewRoute>): Promise<SavedRouteView> {
    if (policy) checkPolicy(policy);
    const { rows } = await this.pool.query<Row>(
      `UPDATE routes SET name = coalesce($3, name), policy = coalesce($4, policy) WHERE id = $1 AND user_id = $2 RETURNING *`,
      [id, userId, name ?? null, policy === undefined ? null : JSON.stringify(policy)],
    );
    const row = rows[0];
    return row ? viewOf(row, await this.#provable(userId)) : Promise.reject(notFound('route'));
  }

  async remove(userId: string, id: string): Promise<void> {
    await inTransaction(this.pool, async (sql) => {
      let revs = await Revisions.take(sql, userId, 1);
      const { rowCount } = await sql.query('DELETE FROM routes WHERE id = $1 AND user_id = $2', [id, userId]);
      if (!rowCount) throw notFound('route');
      await sql.query('UPDATE profiles SET route_id = NULL WHERE route_id = $1 AND user_id = $2', [id, userId]);
      for (const table of ['conversations', 'contacts']) revs = await withoutRoute(sql, table, { userId, id }, revs);
    });
    this.changed(userId);
  }

  async ofProfile(userId: string, profileId: string, routeId: string | null): Promise<void> {
    await inTransaction(this.pool, async (sql) => {
      await mustOwnRoute(sql, userId, routeId);
      const { rowCount } = await sql.query('UPDATE profiles SET route_id = $3 WHERE id = $1 AND user_id = $2', [
        profileId,
        userId,
        routeId,
      ]);
      if (!rowCount) throw notFound('profile');
    });
  }

  /** The most that the user's accounts of each channel can prove. */
  async #provable(userId: string): Promise<Provable> {
    const { rows } = await this.pool.query<{ id: string; network: string; channel: Channel }>(
      'SELECT id, network, channel FROM accounts WHERE user_id = $1 AND deleted_at IS NULL AND enabled',
      [userId],
    );
    const found = new Map<Channel, Proof>();
    for (const { network, channel } of rows) {
      const proof = this.supervisor.adapters.get(network)?.manifest.capabilities.send.proves;
      const known = found.get(channel);
      if (proof && (known === undefined || PROOFS.indexOf(proof) > PROOFS.indexOf(known))) found.set(channel, proof);
    }
    return found;
  }
}

/** Holds the user's row: a route that is there stays until the end of the transaction. */
export async function mustOwnRoute(sql: Sql, userId: string, routeId: string | null | undefined): Promise<void> {
  if (routeId == null) return;
  const { rowCount } = await sql.query('SELECT 1 FROM routes WHERE id = $1 AND user_id = $2 FOR SHARE', [
    routeId,
    userId,
  ]);
  if (!rowCount) throw notFound('route');
}

async function withoutRoute(
  sql: Sql,
  table: string,
  { userId, id }: { userId: string; id: string },
  revs: Revisions,
): Promise<Revisions> {
  const { rowCount } = await sql.query(`SELECT 1 FROM ${table} WHERE route_id = $1 AND user_id = $2`, [id, userId]);
  const count = rowCount ?? 0;
  const more = await revs.more(sql, userId, count);
  await sql.query(
    `UPDATE ${table} t SET route_id = NULL, rev = $3 + o.place FROM (
       SELECT id, row_number() OVER (ORDER BY id) AS place FROM ${table} WHERE route_id = $1 AND user_id = $2) AS o
     WHERE o.id = t.id`,
    [id, userId, more.end - count],
  );
  return more;
}

const viewOf = ({ id, name, policy, created_at }: Row, provable: Provable): SavedRouteView => ({
  id,
  name,
  policy,
  sentence: describe(policy),
  problems: problemsOf(policy, (channel) => provable.get(channel)),
  createdAt: created_at.toISOString(),
});
