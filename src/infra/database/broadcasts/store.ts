import type pg from 'pg';
import type { Supervisor } from '../../../core/accounts/supervisor.js';
import type { Batch, BroadcastStore, Running } from '../../../core/broadcasts/store.js';
import type { Place } from '../../../core/delivery/lanes.js';
import { DomainError } from '../../../core/errors.js';
import type { Letter } from '../../../core/messages/letter.js';
import type { RouteRequest, Urgency } from '../../../core/routing/policy.js';
import type { Clock } from '../../../sdk/index.js';
import { holds } from '../held.js';
import { accept } from '../messages/accept.js';
import type { Planned, Planner } from '../messages/planner.js';
import { inTransaction, Revisions } from '../pool.js';
import { count } from './count.js';
import { endQueued } from './hold.js';
import { nextPeople } from './people.js';

/** What may wait at connected accounts of a user: seconds of work for fast channels, and soon cancelled. */
const ROOM = 400;
/** Messages of one transaction: it holds the user's row, and a person's own message must not wait for it long. */
const AT_ONCE = 3;
const FOLLOWED = 200;
const FOLLOWED_MS = 3 * 86_400_000;

/** The letter as it was accepted, and what else a batch is planned with. */
export type Kept = { letter: Letter; urgency?: Urgency };
type Ready = { position: number; planned: Planned };
type Work = Running & Kept & { route: RouteRequest | null };

export class PgBroadcastStore implements BroadcastStore {
  constructor(
    private readonly pool: pg.Pool,
    private readonly planner: Planner,
    private readonly supervisor: Supervisor,
    private readonly clock: Clock,
    private readonly sending: {
      resting(accountId: string): unknown;
      /** What is written in bulk for a user is so one after the other. */
      inBulk<T>(userId: string, work: () => Promise<T>): Promise<T>;
    },
    private readonly most = ROOM,
  ) {}

  async running(): Promise<Running[]> {
    return this.#those(`state = 'running' AND coalesce(starts_at, created_at) <= $1
      AND EXISTS (SELECT 1 FROM broadcast_recipients r WHERE r.broadcast_id = b.id AND r.status = 'waiting')`);
  }

  async counted(late: boolean): Promise<Running[]> {
    const moving = `state IN ('running', 'paused') AND coalesce(starts_at, created_at) <= $1
      OR state = 'cancelled' AND finished_at IS NULL`;
    const since = `finished_at > $1::timestamptz - ${FOLLOWED_MS} * interval '1 ms'`;
    return this.#those(late ? `${moving} OR ${since}` : moving);
  }

  async room(userId: string): Promise<number> {
    const ready = this.supervisor
      .all()
      .filter(
        ({ account, state }) => account.userId === userId && state.is === 'online' && !this.sending.resting(account.id),
      );
    const { rows } = await this.pool.query<{ n: number }>({
      name: 'broadcast-room',
      text: `SELECT count(*) AS n FROM (
          SELECT 1 FROM deliveries d WHERE d.account_id = ANY($1) AND d.priority = 1 AND d.status = 'queued' AND d.due_at <= $2
            AND NOT d.held LIMIT $3) AS x`,
      values: [ready.map(({ account }) => account.id), new Date(this.clock.now()), this.most],
    });
    return this.most - (rows[0]?.n ?? 0);
  }

  async make({ id, userId }: Running, limit: number): Promise<Batch> {
    const { rows } = await this.pool.query<{ kept: Kept; route: RouteRequest | null }>(
      'SELECT letter AS kept, route FROM broadcasts WHERE id = $1',
      [id],
    );
    const row = rows[0];
    const people = row ? await nextPeople(this.pool, userId, id, limit) : [];
    if (!row || people.length === 0) return { made: 0, after: 'end', places: [] };
    const work: Work = { id, userId, ...row.kept, route: row.route };
    const problems = people.flatMap((one) => ('problem' in one ? [one] : []));
    const reachable = people.flatMap((one) => ('place' in one ? [one] : []));
    const ready: Ready[] = [];
    const planned = await this.#plan(
      work,
      reachable.map(({ place }) => place),
    );
    for (const [index, { position }] of reachable.entries()) {
      const one = planned[index];
      if (one === undefined) continue;
      if ('problem' in one) problems.push({ position, problem: one.problem.message });
      else ready.push({ position, planned: one });
    }
    await this.#fail(id, problems);
    const batch: Batch = { made: problems.length, places: [] };
    for (let from = 0; from < ready.length; from += AT_ONCE) {
      const places = await this.#accept(work, ready.slice(from, from + AT_ONCE));
      if (places === 'room' || places === 'end') return { ...batch, after: places };
      batch.made += Math.min(AT_ONCE, ready.length - from);
      batch.places.push(...places);
    }
    return batch;
  }

  async endCancelled(): Promise<string[]> {
    const ended: string[] = [];
    for (const { id, userId } of await this.#those(`state = 'cancelled' AND finished_at IS NULL`)) {
      await inTransaction(this.pool, async (sql) => {
        await Revisions.take(sql, userId, 1);
        await endQueued(sql, userId, id);
      });
      await this.pool.query(
        `UPDATE broadcast_recipients SET status = 'cancelled' WHERE broadcast_id = $1 AND status = 'waiting'`,
        [id],
      );
      ended.push(userId);
    }
    return ended;
  }

  count({ id }: Running): Promise<boolean> {
    return count(this.pool, id, this.clock.now());
  }

  async #plan({ userId, letter, route, urgency }: Work, places: Parameters<Planner['each']>[2]) {
    try {
      return await this.planner.each(this.pool, userId, places, letter, { route: route ?? undefined, urgency });
    } catch (error) {
      // What is wrong with the route is so for everybody.
      if (!(error instanceof DomainError)) throw error;
      return places.map((place) => ({ place, problem: error }));
    }
  }

  /** All of them in one transaction; where one cannot be accepted, each in its own. */
  async #accept(work: Work, ready: readonly Ready[]): Promise<Place[] | 'room' | 'end'> {
    try {
      return await this.sending.inBulk(work.userId, () => this.#store(work, ready));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      if (error.kind === 'limited') return 'room';
      const [only] = ready;
      if (ready.length === 1 && only) {
        await this.#fail(work.id, [{ position: only.position, problem: error.message }]);
        return [];
      }
    }
    const places: Place[] = [];
    for (const one of ready) {
      const stored = await this.#accept(work, [one]);
      if (stored === 'room' || stored === 'end') return stored;
      places.push(...stored);
    }
    return places;
  }

  /** The messages and that these people have one, or nothing. */
  #store({ id, userId, letter, route, urgency }: Work, ready: readonly Ready[]): Promise<Place[] | 'end'> {
    const now = this.clock.now();
    const terms = { now, at: now, route: route ?? undefined, urgency, priority: 1 as const, broadcastId: id };
    return inTransaction(this.pool, async (sql) => {
      await Revisions.take(sql, userId, 1);
      const { rows } = await sql.query(
        `SELECT r.position FROM broadcasts b JOIN broadcast_recipients r ON r.broadcast_id = b.id
         WHERE b.id = $1 AND b.state = 'running' AND r.status = 'waiting' AND r.position = ANY($2)`,
        [id, ready.map(({ position }) => position)],
      );
      if (rows.length < ready.length) return 'end';
      const messages: string[] = [];
      const places: Place[] = [];
      for (const { planned } of ready) {
        const { messageId, ring } = await accept(sql, userId, [planned], letter, terms);
        messages.push(messageId);
        const going = planned.steps.filter(({ leftOut }) => leftOut === undefined);
        for (const [index, { chatId, at }] of ring.entries()) {
          const accountId = going[index]?.candidate.accountId;
          if (at <= now && accountId !== undefined) places.push({ chatId, accountId, userId, bulk: true });
        }
      }
      await sql.query(
        `UPDATE broadcast_recipients r SET message_id = x.message_id, status = 'queued'
         FROM unnest($2::int[], $3::uuid[]) AS x(position, message_id) WHERE r.broadcast_id = $1 AND r.position = x.position`,
        [id, ready.map(({ position }) => position), messages],
      );
      return places;
    });
  }

  async #fail(id: string, problems: readonly { position: number; problem: string }[]): Promise<void> {
    if (problems.length === 0) return;
    await this.pool.query(
      `UPDATE broadcast_recipients r SET status = 'problem', problem = x.problem
       FROM unnest($2::int[], $3::text[]) AS x(position, problem)
       WHERE r.broadcast_id = $1 AND r.position = x.position AND r.status = 'waiting'`,
      [id, problems.map(({ position }) => position), problems.map(({ problem }) => problem)],
    );
  }

  async #those(where: string): Promise<Running[]> {
    const now = new Date(this.clock.now());
    const { rows } = await this.pool.query<Running>(
      `SELECT b.id, b.user_id AS "userId" FROM broadcasts b WHERE $1::timestamptz IS NOT NULL AND (${where}) AND ${holds('b.user_id')}
       ORDER BY b.finished_at DESC NULLS FIRST, b.id LIMIT ${FOLLOWED}`,
      [now],
    );
    return rows;
  }
}
