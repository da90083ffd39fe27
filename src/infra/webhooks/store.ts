import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import { cleanLine } from '../../core/messages/inbound.js';
import type { Page, PageRequest } from '../../core/views.js';
import type { Webhook, WebhookStore } from '../../core/webhooks/store.js';
import type { WebhookEvent, WebhookView } from '../../core/webhooks/views.js';
import { resealColumn } from '../crypto/reseal.js';
import type { SecretBox } from '../crypto/secret-box.js';
import { asId } from '../database/accounts.js';
import { isHeld } from '../database/held.js';
import { inTransaction } from '../database/pool.js';

type Row = {
  id: string;
  user_id: string;
  url: string;
  events: string[];
  secret: Buffer;
  sent_rev: number;
  failures: number;
  last_error: string | null;
  created_at: Date;
};

/** All there are: one that is missing here is told by the compiler. */
const kind: { [E in WebhookEvent]: E } = {
  account: 'account',
  contact: 'contact',
  conversation: 'conversation',
  message: 'message',
  delivery: 'delivery',
  broadcast: 'broadcast',
};
const kinds = z.array(z.enum(kind));

export class PgWebhookStore implements WebhookStore {
  constructor(
    private readonly pool: pg.Pool,
    private readonly box: SecretBox,
  ) {}

  create(userId: string, { url, events }: { url: string; events: WebhookEvent[] }, most: number) {
    const secret = `whsec_${randomBytes(32).toString('base64url')}`;
    return inTransaction(this.pool, async (sql) => {
      const { rows: users } = await sql.query<{ rev: number }>('SELECT rev FROM users WHERE id = $1 FOR UPDATE', [
        userId,
      ]);
      const { rows: count } = await sql.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM webhooks WHERE user_id = $1',
        [userId],
      );
      if ((count[0]?.n ?? 0) >= most)
        throw new DomainError('conflict', 'too-many-webhooks', `There can be ${most} webhooks; delete one first.`);
      const { rows } = await sql.query<Row>(
        'INSERT INTO webhooks (id, user_id, url, events, secret, sent_rev) VALUES ($1, $2, $3, $4, $5, $6) RETURNING *',
        [newId(), userId, url, events, this.box.seal(secret), users[0]?.rev ?? 0],
      );
      const row = rows[0]!;
      return { webhook: this.#webhook(row), view: { ...viewOf(row), secret } };
    });
  }

  async list(userId: string, { limit, cursor }: PageRequest): Promise<Page<WebhookView>> {
    const { rows } = await this.pool.query<Row>(
      'SELECT * FROM webhooks WHERE user_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3',
      [userId, cursor === undefined ? null : asId(cursor), limit + 1],
    );
    const items = rows.slice(0, limit).map(viewOf);
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async remove(userId: string, id: string): Promise<boolean> {
    const { rowCount } = await this.pool.query('DELETE FROM webhooks WHERE id = $1 AND user_id = $2', [id, userId]);
    return rowCount === 1;
  }

  async all(userIds?: readonly string[]): Promise<Webhook[]> {
    const { rows } = await this.pool.query<Row>(
      'SELECT * FROM webhooks WHERE $1::uuid[] IS NULL OR user_id = ANY($1) ORDER BY id',
      [userIds ?? null],
    );
    return rows.map((row) => this.#webhook(row));
  }

  async behind(limit: number): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(
      `SELECT w.id FROM webhooks w JOIN users u ON u.id = w.user_id WHERE u.rev > w.sent_rev AND ${isHeld('u')}
       ORDER BY w.failures, w.sent_rev LIMIT $1`,
      [limit],
    );
    return rows.map(({ id }) => id);
  }

  async moved(id: string, rev: number, called: boolean): Promise<void> {
    await this.pool.query(
      `UPDATE webhooks SET sent_rev = greatest(sent_rev, $2), failures = CASE WHEN $3 THEN 0 ELSE failures END,
         last_error = CASE WHEN $3 THEN NULL ELSE last_error END WHERE id = $1`,
      [id, rev, called],
    );
  }

  async failed(id: string, failures: number, why: string): Promise<void> {
    await this.pool.query('UPDATE webhooks SET failures = $2, last_error = $3 WHERE id = $1', [
      id,
      failures,
      cleanLine(why, 300),
    ]);
  }

  /** Seals with the present key what an older one still opens, so that the older one can be put away. */
  reseal(): Promise<void> {
    return resealColumn(this.pool, this.box, { table: 'webhooks', key: 'id', column: 'secret' });
  }

  #webhook(row: Row): Webhook {
    return {
      id: row.id,
      userId: row.user_id,
      url: row.url,
      events: kinds.parse(row.events),
      secret: this.box.openIfFits(row.secret)?.toString('utf8'),
      sentRev: row.sent_rev,
      failures: row.failures,
    };
  }
}

const viewOf = (row: Row): WebhookView => ({
  id: row.id,
  url: row.url,
  events: kinds.parse(row.events),
  createdAt: row.created_at.toISOString(),
  sentRev: row.sent_rev,
  failures: row.failures,
  lastError: row.last_error,
});
