import type pg from 'pg';
import { masked } from '../../core/admin/mask.js';
import type { AdminService, DeadLetterFilter, DeadLetterView, OverviewView, Replay } from '../../core/admin/service.js';
import { DomainError } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import type { Page, PageRequest } from '../../core/views.js';
import type { Adapter, Clock } from '../../sdk/index.js';
import { findDelivery, sendAgain } from './deliveries/by-hand.js';
import { asHolder } from './held.js';
import { inTransaction, Revisions, type Sql } from './pool.js';
import { countQuarantined } from './quarantine/count.js';

const DAY_MS = 86_400_000;
const MOST_REPLAYED = 500;
/** Of one user's deliveries in one transaction: it holds their row. */
const AT_ONCE = 25;
const NOTE = 'Sent again by an administrator.';

type Parts = {
  adapters: ReadonlyMap<string, Adapter>;
  /** Accounts that are given a rest now. */
  resting(accountIds: readonly string[]): number;
  changed(userId: string): void;
  ring(chatId: string): void;
  /** What an administrator did, for the log. */
  audit(what: string, fields: Record<string, unknown>): void;
};

/** What failed and was not given up with its message or account, and nothing else took its place. */
const DEAD = `deliveries d JOIN accounts a ON a.id = d.account_id JOIN users u ON u.id = d.user_id
  JOIN messages m ON m.id = d.message_id AND m.deleted_at IS NULL`;
const isDead = `a.deleted_at IS NULL AND d.chat_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM deliveries s WHERE s.message_id = d.message_id AND s.stands_in_for = d.id)`;
const ENDED = `coalesce((SELECT max(coalesce(t.ended_at, t.at)) FROM attempts t WHERE t.delivery_id = d.id), least(d.expires_at, $1::timestamptz))`;

export class Admin implements AdminService {
  constructor(
    private readonly pool: pg.Pool,
    private readonly clock: Clock,
    private readonly parts: Parts,
  ) {}

  async overview(): Promise<OverviewView> {
    const now = new Date(this.clock.now());
    const { rows } = await this.pool.query<{
      network: string;
      ids: string[];
      online: number;
      queued: number;
      sending: number;
      failed: number;
      unknown: number;
      oldest: Date | null;
    }>(
      `SELECT a.network, array_agg(DISTINCT a.id) FILTER (WHERE a.deleted_at IS NULL) AS ids,
         count(*) FILTER (WHERE a.deleted_at IS NULL AND a.state IN ('online', 'backfilling')) AS online,
         sum(q.queued)::bigint AS queued, sum(q.sending)::bigint AS sending, sum(q.failed)::bigint AS failed,
         sum(q.unknown)::bigint AS unknown, min(q.oldest) AS oldest
       FROM accounts a CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE d.status = 'queued') AS queued, count(*) FILTER (WHERE d.status = 'sending') AS sending,
           count(*) FILTER (WHERE d.status = 'failed' AND ${ENDED} > $1::timestamptz - ${DAY_MS} * interval '1 ms') AS failed,
           count(*) FILTER (WHERE d.status = 'unknown') AS unknown,
           min(d.due_at) FILTER (WHERE d.status = 'queued' AND NOT d.held AND d.due_at <= $1) AS oldest
         FROM deliveries d WHERE d.account_id = a.id AND d.status IN ('queued', 'sending', 'failed', 'unknown')) AS q
       GROUP BY a.network ORDER BY a.network`,
      [now],
    );
    const sum = (read: (row: (typeof rows)[number]) => number) => rows.reduce((all, row) => all + read(row), 0);
    const oldest = rows.flatMap((row) => row.oldest?.getTime() ?? []);
    const { rows: broadcasts } = await this.pool.query<{ n: number }>(
      `SELECT count(*) AS n FROM broadcasts WHERE state = 'running'`,
    );
    const quarantined = await countQuarantined(this.pool);
    const apart = (direction: string) =>
      quarantined.filter((one) => one.direction === direction).reduce((all, { n }) => all + n, 0);
    return {
      queued: sum((row) => row.queued),
      sending: sum((row) => row.sending),
      failedToday: sum((row) => row.failed),
      unknown: sum((row) => row.unknown),
      oldestDueAt: oldest.length === 0 ? null : new Date(Math.min(...oldest)).toISOString(),
      networks: rows
        .filter(({ ids }) => ids !== null)
        .map(({ network, ids, online, queued, failed }) => ({
          network,
          accounts: ids.length,
          online,
          queued,
          failedToday: failed,
          resting: this.parts.resting(ids),
        })),
      broadcasts: broadcasts[0]?.n ?? 0,
      quarantined: { in: apart('in'), out: apart('out') },
    };
  }

  async deadLetters({
    limit,
    cursor,
    status,
    network,
    userId,
  }: PageRequest & DeadLetterFilter): Promise<Page<DeadLetterView>> {
    if (cursor !== undefined && !UUID.test(cursor))
      throw new DomainError('invalid', 'invalid-cursor', 'This cursor is not one of ours.', {
        fields: { cursor: 'must be a nextCursor' },
      });
    const { rows } = await this.pool.query<DeadRow>(
      `SELECT d.id, u.id AS user_id, u.name AS user_name, u.email, a.network, d.channel, a.name AS account_name, d.target,
         d.status, coalesce(d.reason, '') AS reason, (SELECT count(*) FROM attempts t WHERE t.delivery_id = d.id) AS attempts, ${ENDED} AS at
       FROM ${DEAD} WHERE d.status IN ('failed', 'unknown') AND ${isDead} AND ($2::text IS NULL OR d.status = $2)
         AND ($3::text IS NULL OR a.network = $3) AND ($4::uuid IS NULL OR d.user_id = $4) AND ($5::uuid IS NULL OR d.id < $5)
       ORDER BY d.id DESC LIMIT $6`,
      [new Date(this.clock.now()), status ?? null, network ?? null, userId ?? null, cursor ?? null, limit + 1],
    );
    const items = rows.slice(0, limit).map(deadLetter);
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async replay(adminId: string, request: Replay): Promise<{ replayed: number; left: number }> {
    const { rows, fit } = await this.#meant(request);
    let replayed = 0;
    for (const [userId, own] of Map.groupBy(rows, (row) => row.user_id)) {
      for (let from = 0; from < own.length; from += AT_ONCE) {
        const ids = own.slice(from, from + AT_ONCE).map(({ id }) => id);
        const chats = await inTransaction(this.pool, (sql) => this.#again(sql, userId, ids));
        replayed += chats.length;
        this.parts.changed(userId);
        for (const chatId of new Set(chats)) this.parts.ring(chatId);
      }
    }
    this.parts.audit('an administrator sent deliveries again', {
      adminId,
      replayed,
      deliveryIds: rows.map(({ id }) => id),
    });
    return { replayed, left: Math.max(0, fit - rows.length) };
  }

  /** The deliveries meant, at most 500, and how many would fit. */
  async #meant(request: Replay): Promise<{ rows: { id: string; user_id: string }[]; fit: number }> {
    const { ids, network, userId, since } =
      'ids' in request
        ? { ...request, network: undefined, userId: undefined, since: undefined }
        : { ids: undefined, ...request };
    const statuses = ids === undefined ? ['failed'] : ['failed', 'unknown'];
    const where = `d.status IN ('failed', 'unknown') AND d.status = ANY($2) AND ${isDead} AND ($3::uuid[] IS NULL OR d.id = ANY($3))
      AND ($4::text IS NULL OR a.network = $4) AND ($5::uuid IS NULL OR d.user_id = $5) AND ($6::timestamptz IS NULL OR ${ENDED} >= $6)`;
    const values = [
      ...[new Date(this.clock.now()), statuses, ids ?? null, network ?? null, userId ?? null],
      since === undefined ? null : new Date(since),
    ];
    const { rows } = await this.pool.query<{ id: string; user_id: string; fit: number }>(
      `SELECT d.id, d.user_id, count(*) OVER () AS fit FROM ${DEAD} WHERE $1::timestamptz IS NOT NULL AND ${where}
       ORDER BY d.id LIMIT ${MOST_REPLAYED}`,
      values,
    );
    return { rows, fit: rows[0]?.fit ?? 0 };
  }

  /** As their user would; what moved on meanwhile is left alone. Answers the chats that have something to do. */
  async #again(sql: Sql, userId: string, ids: readonly string[]): Promise<string[]> {
    const now = this.clock.now();
    await asHolder(sql, userId);
    const revs = await Revisions.take(sql, userId, 2 * ids.length);
    const chats: string[] = [];
    for (const id of ids) {
      const row = await findDelivery(sql, userId, id);
      if (!row || row.gone !== null || row.chat_id === null || row.replaced) continue;
      if (row.status !== 'failed' && row.status !== 'unknown') continue;
      chats.push(await sendAgain(sql, row, this.parts.adapters, now, revs));
      await sql.query(
        `INSERT INTO attempts (id, delivery_id, at, ended_at, outcome, reason) VALUES ($1, $2, $3, $3, 'retry', $4)`,
        [newId(), id, new Date(now), NOTE],
      );
      await sql.query('UPDATE messages SET rev = $2 WHERE id = $1', [row.message_id, revs.next()]);
    }
    return chats;
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type DeadRow = Pick<DeadLetterView, 'id' | 'network' | 'channel' | 'target' | 'status' | 'reason' | 'attempts'> & {
  user_id: string;
  user_name: string;
  email: string;
  account_name: string;
  at: Date;
};

const deadLetter = (row: DeadRow): DeadLetterView => ({
  id: row.id,
  user: { id: row.user_id, name: row.user_name, email: row.email },
  network: row.network,
  channel: row.channel,
  accountName: row.account_name,
  target: masked(row.target),
  status: row.status,
  reason: row.reason.replaceAll(row.target, masked(row.target)),
  attempts: row.attempts,
  at: row.at.toISOString(),
});
