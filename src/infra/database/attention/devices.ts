import type pg from 'pg';
import type { Attention } from '../../../core/attention/attention.js';
import type { DeviceView, NewDevice, PushService } from '../../../core/attention/service.js';
import { DomainError, notFound } from '../../../core/errors.js';
import { newId } from '../../../core/ids.js';
import { cleanLine } from '../../../core/messages/inbound.js';
import type { SecretBox } from '../../crypto/secret-box.js';
import { inTransaction } from '../pool.js';

const MOST_DEVICES = 20;

type Row = { id: string; device: string; created_at: Date; last_sent_at: Date | null; last_error: string | null };
type Watch = Pick<Attention, 'devicesChanged' | 'looking' | 'away'>;

/** The browsers that are told of messages by their push services. */
export class Devices implements PushService {
  constructor(
    private readonly pool: pg.Pool,
    private readonly box: SecretBox,
    private readonly keys: { publicKey(): Promise<string> },
    private readonly checkEndpoint: (url: string) => void,
    private readonly attention: Watch,
  ) {}

  publicKey(): Promise<string> {
    return this.keys.publicKey();
  }

  async devices(userId: string): Promise<DeviceView[]> {
    const { rows } = await this.pool.query<Row>(
      'SELECT id, device, created_at, last_sent_at, last_error FROM push_subscriptions WHERE user_id = $1 ORDER BY id',
      [userId],
    );
    return rows.map(viewOf);
  }

  async subscribe(userId: string, { endpoint, keys, device, replaces }: NewDevice): Promise<DeviceView> {
    this.checkEndpoint(endpoint);
    const sealed = this.box.seal(`${keys.p256dh} ${keys.auth}`);
    const before = await this.#ownerOf(endpoint);
    const row = await inTransaction(this.pool, async (sql) => {
      await sql.query('SELECT 1 FROM users WHERE id = $1 FOR UPDATE', [userId]);
      if (replaces !== undefined)
        await sql.query(
          `UPDATE push_subscriptions SET endpoint = $3 WHERE user_id = $1 AND endpoint = $2
             AND NOT EXISTS (SELECT 1 FROM push_subscriptions WHERE endpoint = $3)`,
          [userId, replaces, endpoint],
        );
      const { rows: count } = await sql.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM push_subscriptions WHERE user_id = $1 AND endpoint <> $2',
        [userId, endpoint],
      );
      if ((count[0]?.n ?? 0) >= MOST_DEVICES)
        throw new DomainError(
          'conflict',
          'too-many-devices',
          `There can be ${MOST_DEVICES} devices; remove one that you no longer use.`,
        );
      const { rows } = await sql.query<Row>(
        `INSERT INTO push_subscriptions AS s (id, user_id, endpoint, keys, device) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (endpoint) DO UPDATE SET user_id = excluded.user_id, keys = excluded.keys, device = excluded.device,
           failures = 0, last_error = NULL
         RETURNING id, device, created_at, last_sent_at, last_error`,
        [newId(), userId, endpoint, sealed, cleanLine(device, 120)],
      );
      return rows[0]!;
    });
    if (before !== undefined && before !== userId) await this.attention.devicesChanged(before);
    await this.attention.devicesChanged(userId);
    return viewOf(row);
  }

  async unsubscribe(userId: string, id: string): Promise<void> {
    const { rowCount } = await this.pool.query('DELETE FROM push_subscriptions WHERE id = $1 AND user_id = $2', [
      id,
      userId,
    ]);
    if (!rowCount) throw notFound('device');
    await this.attention.devicesChanged(userId);
  }

  looking(userId: string, window: object): void {
    this.attention.looking(userId, window);
  }

  away(userId: string, window: object): void {
    this.attention.away(userId, window);
  }

  async #ownerOf(endpoint: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ user_id: string }>(
      'SELECT user_id FROM push_subscriptions WHERE endpoint = $1',
      [endpoint],
    );
    return rows[0]?.user_id;
  }
}

const viewOf = (row: Row): DeviceView => ({
  id: row.id,
  device: row.device,
  createdAt: row.created_at.toISOString(),
  lastSentAt: row.last_sent_at?.toISOString() ?? null,
  ...(row.last_error === null ? {} : { problem: row.last_error }),
});
