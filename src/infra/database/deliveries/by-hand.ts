import type pg from 'pg';
import type { DeliveryService } from '../../../core/delivery/service.js';
import { DomainError, notFound } from '../../../core/errors.js';
import { newId } from '../../../core/ids.js';
import type { DeliveryStatus, DeliveryView } from '../../../core/views.js';
import type { Adapter, Clock } from '../../../sdk/index.js';
import { inTransaction, Revisions, type Sql } from '../pool.js';
import { deliveryViews } from '../views/deliveries.js';

/** From the moment a person sends it again. */
const AGE_LIMIT_MS = 24 * 3_600_000;
const SAID = {
  sent: 'You said that it arrived.',
  failed: 'You said that it did not arrive.',
};

type Events = {
  changed(userId: string): void;
  ring(chatId: string, delayMs?: number): Promise<void>;
  /** The steps that the delivery belongs to are to be looked at. */
  settled(deliveryId: string): void;
};

type Row = {
  id: string;
  message_id: string;
  chat_id: string | null;
  status: DeliveryStatus;
  network: string;
  gone: 'account' | 'message' | null;
  replaced: boolean;
  last: string | null;
};

/** What people decide about deliveries, each in one transaction under the lock of the user's row. */
export class Deliveries implements DeliveryService {
  constructor(
    private readonly pool: pg.Pool,
    private readonly adapters: ReadonlyMap<string, Adapter>,
    private readonly clock: Clock,
    private readonly events: Events,
  ) {}

  async retry(userId: string, id: string): Promise<DeliveryView> {
    const now = this.clock.now();
    const chatId = await this.#decide(userId, id, (sql, row, revs) => sendAgain(sql, row, this.adapters, now, revs));
    await this.events.ring(chatId);
    return this.#view(userId, id);
  }

  async cancel(userId: string, id: string): Promise<DeliveryView> {
    const chatId = await this.#decide(userId, id, async (sql, row, revs) => {
      if (row.status === 'sending')
        throw new DomainError('conflict', 'cannot-cancel', 'It is being sent right now: see in a moment how it ended.');
      if (row.status !== 'queued' && row.status !== 'failed') throw nothingTo('cancel', 'cancel', row.status);
      const reason = row.status === 'queued' ? 'You cancelled it.' : 'You gave it up.';
      await sql.query(
        `UPDATE deliveries SET status = 'cancelled', reason = CASE WHEN status = 'failed' THEN reason || ' ' || $2 ELSE $2 END,
           next_attempt_at = NULL, fence = fence + 1, rev = $3 WHERE id = $1`,
        [id, reason, revs.next()],
      );
      return row.chat_id;
    });
    return this.#goOn(userId, id, chatId);
  }

  async resolve(userId: string, id: string, outcome: 'sent' | 'failed'): Promise<DeliveryView> {
    const chatId = await this.#decide(userId, id, async (sql, row, revs) => {
      if (row.status !== 'unknown') throw nothingTo('resolve', 'decide', row.status);
      await sql.query('UPDATE deliveries SET status = $2, reason = $3, fence = fence + 1, rev = $4 WHERE id = $1', [
        id,
        outcome,
        outcome === 'sent' ? null : SAID.failed,
        revs.next(),
      ]);
      const at = new Date(this.clock.now());
      await sql.query(
        'INSERT INTO attempts (id, delivery_id, at, ended_at, outcome, reason) VALUES ($1, $2, $3, $3, $4, $5)',
        [newId(), id, at, outcome, SAID[outcome]],
      );
      return row.chat_id;
    });
    return this.#goOn(userId, id, chatId);
  }

  /** Finds it, lets `work` change it, and shows its message anew. */
  async #decide<T>(
    userId: string,
    id: string,
    work: (sql: pg.PoolClient, row: Row, revs: Revisions) => Promise<T>,
  ): Promise<T> {
    const result = await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, 2);
      const row = await findDelivery(sql, userId, id);
      if (!row) throw notFound('delivery');
      const answer = await work(sql, row, revs);
      await sql.query('UPDATE messages SET rev = $2 WHERE id = $1', [row.message_id, revs.next()]);
      return answer;
    });
    this.events.changed(userId);
    return result;
  }

  async #goOn(userId: string, id: string, chatId: string | null): Promise<DeliveryView> {
    this.events.settled(id);
    if (chatId !== null) await this.events.ring(chatId);
    return this.#view(userId, id);
  }

  async #view(userId: string, id: string): Promise<DeliveryView> {
    const [view] = await deliveryViews(this.pool, userId, [id]);
    return view ?? Promise.reject(notFound('delivery'));
  }
}

export async function findDelivery(sql: Sql, userId: string, id: string): Promise<Row | undefined> {
  const { rows } = await sql.query<Row>(
    `SELECT d.id, d.message_id, d.chat_id, d.status, a.network,
       CASE WHEN a.deleted_at IS NOT NULL THEN 'account' WHEN m.deleted_at IS NOT NULL THEN 'message' END AS gone,
       EXISTS (SELECT 1 FROM deliveries s WHERE s.message_id = d.message_id AND s.stands_in_for = d.id) AS replaced,
       (SELECT t.outcome FROM attempts t WHERE t.delivery_id = d.id ORDER BY t.at DESC, t.id DESC LIMIT 1) AS last
     FROM deliveries d JOIN accounts a ON a.id = d.account_id JOIN messages m ON m.id = d.message_id
     WHERE d.id = $1 AND d.user_id = $2`,
    [id, userId],
  );
  return rows[0];
}

/** Answers the chat that has it in its queue again. @throws DomainError where it cannot be repeated */
export async function sendAgain(
  sql: Sql,
  row: Row,
  adapters: ReadonlyMap<string, Adapter>,
  now: number,
  revs: Revisions,
): Promise<string> {
  if (row.gone !== null)
    throw new DomainError('conflict', 'cannot-retry', `Its ${row.gone} was removed: write a new message.`);
  if (row.chat_id === null)
    throw new DomainError('conflict', 'cannot-retry', 'No chat was opened for it: write a new message that way.');
  if (row.replaced)
    throw new DomainError('conflict', 'cannot-retry', 'Another account sends this in its place: send that one again.');
  if (!['failed', 'unknown', 'cancelled'].includes(row.status)) throw nothingTo('retry', 'repeat', row.status);
  await requeue(sql, row, { key: newKey(row, adapters), now }, revs);
  return row.chat_id;
}

/**
 * A network that shows a repeat of the same key as one message would swallow what a person sends again after it
 * failed; while it is in doubt, that is just what is wanted.
 */
function newKey({ network, status, last }: Row, adapters: ReadonlyMap<string, Adapter>): string | null {
  const swallows = adapters.get(network)?.manifest.capabilities.send.idempotent === true;
  return swallows && status === 'failed' && last !== 'unknown' ? newId() : null;
}

/** It goes in any case now; what it proves still counts for the steps after it. */
async function requeue(
  sql: Sql,
  { id }: Row,
  { key, now }: { key: string | null; now: number },
  revs: Revisions,
): Promise<void> {
  await sql.query(
    `UPDATE deliveries d SET status = 'queued', reason = NULL, kind = 'always',
       unless = NULL, within_ms = NULL, conditions = NULL, remote_id = NULL, key = coalesce($5, key), tries = 0, held = false,
       due_at = $2, expires_at = $3, next_attempt_at = NULL, fence = fence + 1, rev = $4
     WHERE id = $1`,
    [id, new Date(now), new Date(now + AGE_LIMIT_MS), revs.next(), key],
  );
}

const nothingTo = (call: string, verb: string, status: DeliveryStatus): DomainError =>
  new DomainError('conflict', `cannot-${call}`, `This delivery is ${status}: there is nothing to ${verb}.`);
