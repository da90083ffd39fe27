import type pg from 'pg';
import type { DeliveryService } from '../../../core/delivery/service.js';
import { DomainError, notFound } from '../../../core/errors.js';
import type { InboundCall } from '../../../core/messages/inbound.js';
import { isOutage } from '../../../core/messages/outage.js';
import { FencedError } from '../../../core/nodes/fenced.js';
import type { QuarantinedView, QuarantineService } from '../../../core/quarantine/service.js';
import type { Page, PageRequest } from '../../../core/views.js';
import { decodeCursor, encodeCursor } from '../messages/timeline.js';
import { inTransaction, Revisions } from '../pool.js';
import { isThere, SHOWN } from './count.js';
import { detailOf } from './keep.js';
import { unpacked } from './payload.js';

const EXCERPT_BYTES = 400;
const STORED_LATER = 'Something from the network could not be stored at first. It was stored at another try.';

type Row = Omit<QuarantinedView, 'at' | 'excerpt'> & { excerpt: Buffer | null; sent_at: Date };
type Kept = {
  direction: 'in' | 'out';
  account_id: string;
  network: string;
  note_id: string | null;
  delivery_id: string | null;
  payload: Buffer | null;
  whole: boolean;
};

const LIST = `SELECT q.id, q.direction, q.account_id AS "accountId", a.network, q.kind, q.reason, q.detail,
    substring(q.payload FROM 1 FOR ${EXCERPT_BYTES}) AS excerpt, q.size, q.direction = 'out' OR q.whole AS "canRetry", q.tries,
    q.created_at AS sent_at, v.id AS "conversationId", coalesce(k.name, v.name) AS "conversationName"
  FROM ${SHOWN}
    LEFT JOIN deliveries x ON x.id = q.delivery_id
    LEFT JOIN messages n ON n.id = coalesce(x.message_id, q.note_id)
    LEFT JOIN chats c ON c.id = n.chat_id
    LEFT JOIN conversations v ON v.id = coalesce(n.group_id, c.conversation_id) AND v.deleted_at IS NULL
    LEFT JOIN contacts k ON k.id = v.contact_id
  WHERE q.user_id = $1 AND ${isThere} AND ($2::timestamptz IS NULL OR (q.created_at, q.id) < ($2, $3::uuid))
  ORDER BY q.created_at DESC, q.id DESC LIMIT $4`;

export class Quarantine implements QuarantineService {
  constructor(
    private readonly pool: pg.Pool,
    private readonly inbox: { again(call: InboundCall): Promise<void> },
    private readonly deliveries: Pick<DeliveryService, 'retry'>,
    private readonly changed: (userId: string) => void,
  ) {}

  async list(userId: string, { limit, cursor }: PageRequest): Promise<Page<QuarantinedView>> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const { rows } = await this.pool.query<Row>(LIST, [userId, after?.sent_at ?? null, after?.id ?? null, limit + 1]);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map(({ excerpt, sent_at, ...row }) => ({
        ...row,
        excerpt: excerpt?.toString('utf8') ?? '',
        at: sent_at.toISOString(),
      })),
      nextCursor: rows.length > limit && last ? encodeCursor(last) : null,
    };
  }

  async retry(userId: string, id: string): Promise<void> {
    const kept = await this.#find(userId, id);
    if (kept.direction === 'out') {
      if (kept.delivery_id !== null) await this.deliveries.retry(userId, kept.delivery_id);
      return this.#forget(userId, id);
    }
    if (!kept.whole || kept.payload === null)
      throw new DomainError('conflict', 'cut', 'It was too large to be kept whole: it can only be discarded.');
    const account = { id: kept.account_id, userId, network: kept.network };
    try {
      await this.inbox.again({ account, events: [unpacked(kept.payload)] });
    } catch (error) {
      if (isOutage(error) || error instanceof FencedError) throw error;
      await this.#failed(userId, id, detailOf(error));
      throw new DomainError('conflict', 'still-fails', 'It could not be stored this time either.', { cause: error });
    }
    await this.#stored(userId, id, kept.note_id);
  }

  async discard(userId: string, id: string): Promise<void> {
    await this.#find(userId, id);
    await this.#forget(userId, id);
  }

  async #find(userId: string, id: string): Promise<Kept> {
    const { rows } = await this.pool.query<Kept>(
      `SELECT q.direction, q.account_id, a.network, q.note_id, q.delivery_id, q.payload, q.whole FROM ${SHOWN}
       WHERE q.id = $1 AND q.user_id = $2`,
      [id, userId],
    );
    return rows[0] ?? Promise.reject(notFound('quarantined'));
  }

  async #failed(userId: string, id: string, detail: string): Promise<void> {
    await this.pool.query('UPDATE quarantined SET tries = tries + 1, detail = $3 WHERE id = $1 AND user_id = $2', [
      id,
      userId,
      detail,
    ]);
  }

  async #forget(userId: string, id: string): Promise<void> {
    await this.pool.query('DELETE FROM quarantined WHERE id = $1 AND user_id = $2', [id, userId]);
  }

  /** Its note says so. Where this does not come to be, it is tried again, and nothing is stored twice. */
  async #stored(userId: string, id: string, noteId: string | null): Promise<void> {
    await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, 1);
      await sql.query('UPDATE messages SET text = $3, rev = $4 WHERE id = $1 AND user_id = $2', [
        noteId,
        userId,
        STORED_LATER,
        revs.next(),
      ]);
      await sql.query('DELETE FROM quarantined WHERE id = $1 AND user_id = $2', [id, userId]);
    });
    this.changed(userId);
  }
}
