import type pg from 'pg';
import type { Place } from '../../../core/delivery/lanes.js';
import type { Claim, ClaimResult, DeliveryStore, Due, Settled, TakeOver } from '../../../core/delivery/queue.js';
import type { Outcome } from '../../../core/delivery/retry.js';
import type { Content, Fitted } from '../../../core/messages/content.js';
import type { LinkMaker, Way } from '../../../core/messages/render.js';
import type { Clock, ResolvedChat, Sent } from '../../../sdk/index.js';
import type { BlobStore } from '../../storage/blobs.js';
import { inTransaction, Revisions } from '../pool.js';
import { chatOpened, OPEN_REVISIONS } from './chats.js';
import { claim } from './claim.js';
import { due, dueOfAccount, placeOf } from './due.js';
import { advance } from './fallback.js';
import { fit } from './outgoing.js';
import { expire, recover, sendingAccounts } from './recover.js';
import { setHeadAside } from './set-aside.js';
import { fail, SETTLE_REVISIONS, settleNotSent, settleSent } from './settle.js';
import { announce, inNeed, standbysOf, takeOver } from './standby.js';

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
    private readonly links: LinkMaker,
    private readonly clock: Clock,
  ) {}

  placeOf(chatId: string): Promise<Place | undefined> {
    return placeOf(this.pool, chatId, this.clock.now());
  }

  claim(chatId: string, freshOf?: string): Promise<ClaimResult> {
    return claim(this.pool, this.blobs, { chatId, freshOf }, this.clock.now());
  }

  fit(content: Content, way: Way): Promise<Fitted> {
    return fit(this.links, content, way);
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

  setAside(chatId: string, cause: unknown): Promise<Settled | undefined> {
    return setHeadAside(this.pool, chatId, cause, this.clock.now());
  }

  recover(accountId: string, idempotent: boolean, inFlight: readonly string[]): Promise<Settled[]> {
    return recover(this.pool, { accountId, idempotent, inFlight, now: this.clock.now() });
  }

  expire(limit: number): Promise<Settled[]> {
    return expire(this.pool, limit, this.clock.now());
  }

  sendingAccounts(userIds?: readonly string[]): Promise<{ accountId: string; network: string }[]> {
    return sendingAccounts(this.pool, userIds);
  }

  due(accountIds: readonly string[], limit: number): Promise<Place[]> {
    return due(this.pool, accountIds, limit, this.clock.now());
  }

  dueOfAccount(accountId: string, limit: number): Promise<Due[]> {
    return dueOfAccount(this.pool, accountId, limit, this.clock.now());
  }

  announce(accountId: string): Promise<string | undefined> {
    return announce(this.pool, accountId);
  }

  inNeed(): Promise<{ accountId: string; why: string | undefined }[]> {
    return inNeed(this.pool, this.clock.now());
  }

  standbysOf(accountId: string): Promise<string[]> {
    return standbysOf(this.pool, accountId);
  }

  takeOver(from: TakeOver, limit: number): Promise<{ settled: Settled[]; places: Place[] }> {
    return takeOver(this.pool, from, limit, this.clock.now());
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
      advance(sql, { userId: row.user_id, messageId: row.message_id, deliveryId, now }),
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
