import type pg from 'pg';
import type { Claim, ClaimResult, DeliveryStore, Settled } from '../../../core/delivery/drain.js';
import type { Outcome } from '../../../core/delivery/retry.js';
import type { Clock, ResolvedChat, Sent } from '../../../sdk/index.js';
import type { BlobStore } from '../../storage/blobs.js';
import { inTransaction, Revisions } from '../pool.js';
import { chatOpened, OPEN_REVISIONS } from './chats.js';
import { claim } from './claim.js';
import { advance } from './fallback.js';
import { expire, recover } from './recover.js';
import { fail, SETTLE_REVISIONS, settleNotSent, settleSent } from './settle.js';

type StandIn = {
  account_id: string;
  user_id: string;
  network: string;
  conversation_id: string;
  contact_id: string | null;
};

/** The queue of what is to be sent, in PostgreSQL: whoever takes a row holds the lock of its user's row while it does. */
export class PgDeliveryStore implements DeliveryStore {
  constructor(
    private readonly pool: pg.Pool,
    private readonly blobs: BlobStore,
    private readonly clock: Clock,
  ) {}

  async accountOf(chatId: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ account_id: string }>({
      name: 'account-of-chat',
      text: 'SELECT account_id FROM chats WHERE id = $1',
      values: [chatId],
    });
    return rows[0]?.account_id;
  }

  claim(chatId: string): Promise<ClaimResult> {
    return claim(this.pool, this.blobs, chatId, this.clock.now());
  }

  sent(claimed: Claim, sent: Sent): Promise<boolean> {
    return inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, claimed.userId, SETTLE_REVISIONS);
      return settleSent(sql, claimed, sent, { now: this.clock.now(), revs });
    });
  }

  notSent(claimed: Claim, outcome: Outcome): Promise<boolean> {
    return inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, claimed.userId, SETTLE_REVISIONS);
      return settleNotSent(sql, claimed, outcome, { now: this.clock.now(), revs });
    });
  }

  async opened(chatId: string, resolved: ResolvedChat): Promise<{ userId: string; chatId: string } | undefined> {
    const found = await this.#standIn(chatId);
    if (!found) return undefined;
    return inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, found.user_id, OPEN_REVISIONS);
      const still = await this.#standIn(chatId, sql);
      if (!still) return { userId: found.user_id, chatId };
      const stand = {
        chatId,
        conversationId: still.conversation_id,
        contactId: still.contact_id,
        account: { id: still.account_id, userId: still.user_id, network: still.network },
      };
      return { userId: still.user_id, chatId: await chatOpened(sql, stand, resolved, revs) };
    });
  }

  async refused(chatId: string, reason: string): Promise<Settled[]> {
    const found = await this.#standIn(chatId);
    if (!found) return [];
    const userId = found.user_id;
    return inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, 1);
      const { rows } = await sql.query<{ id: string; message_id: string }>(
        `SELECT id, message_id FROM deliveries WHERE chat_id = $1 AND status = 'queued' ORDER BY id`,
        [chatId],
      );
      const more = await revs.more(sql, userId, 2 * rows.length);
      for (const row of rows) await fail(sql, row, reason, more);
      return rows.map((row) => ({ deliveryId: row.id, userId }));
    });
  }

  recover(accountId: string, idempotent: boolean, inFlight: readonly string[]): Promise<Settled[]> {
    return recover(this.pool, { accountId, idempotent, inFlight, now: this.clock.now() });
  }

  expire(limit: number): Promise<Settled[]> {
    return expire(this.pool, limit, this.clock.now());
  }

  async due(limit: number): Promise<string[]> {
    const { rows } = await this.pool.query<{ chat_id: string }>(
      `SELECT h.chat_id FROM (
         SELECT DISTINCT ON (d.chat_id) d.chat_id, d.account_id, d.status, d.due_at, d.next_attempt_at FROM deliveries d
         WHERE d.status IN ('queued', 'sending') AND d.due_at <= $1
         ORDER BY d.chat_id, (d.status = 'sending') DESC, d.id
       ) AS h JOIN accounts a ON a.id = h.account_id
       WHERE h.status = 'queued' AND (h.next_attempt_at IS NULL OR h.next_attempt_at <= $1)
         AND a.enabled AND a.deleted_at IS NULL AND a.state IN ('online', 'backfilling')
       ORDER BY h.due_at LIMIT $2`,
      [new Date(this.clock.now()), limit],
    );
    return rows.map((row) => row.chat_id);
  }

  async dueOfAccount(accountId: string): Promise<string[]> {
    const { rows } = await this.pool.query<{ chat_id: string }>(
      `SELECT chat_id FROM deliveries WHERE account_id = $1 AND status = 'queued' AND chat_id IS NOT NULL
       GROUP BY chat_id ORDER BY min(due_at)`,
      [accountId],
    );
    return rows.map((row) => row.chat_id);
  }

  /** Most messages go one way only: those cost no transaction. */
  async advance(deliveryId: string): ReturnType<DeliveryStore['advance']> {
    const { rows } = await this.pool.query<{ user_id: string; message_id: string }>({
      name: 'has-steps',
      text: `SELECT d.user_id, d.message_id FROM deliveries d WHERE d.id = $1
         AND EXISTS (SELECT 1 FROM deliveries o WHERE o.message_id = d.message_id AND o.unless IS NOT NULL)
         AND EXISTS (SELECT 1 FROM deliveries o WHERE o.message_id = d.message_id AND o.status = 'queued')`,
      values: [deliveryId],
    });
    const row = rows[0];
    if (!row) return undefined;
    const now = this.clock.now();
    const chats = await inTransaction(this.pool, (sql) =>
      advance(sql, { userId: row.user_id, messageId: row.message_id, now }),
    );
    return { userId: row.user_id, chats };
  }

  async #standIn(chatId: string, sql: Pick<pg.Pool, 'query'> = this.pool): Promise<StandIn | undefined> {
    const { rows } = await sql.query<StandIn>(
      `SELECT c.account_id, a.user_id, a.network, c.conversation_id, v.contact_id
       FROM chats c JOIN accounts a ON a.id = c.account_id JOIN conversations v ON v.id = c.conversation_id
       WHERE c.id = $1 AND c.address IS NOT NULL`,
      [chatId],
    );
    return rows[0];
  }
}
