import type pg from 'pg';
import webPush from 'web-push';
import type { SecretBox } from '../crypto/secret-box.js';

const NAME = 'push';

/** What push services know this server by (VAPID, RFC 8292): made once, as browsers subscribe with it. */
export class PushKeys {
  #pair: Promise<webPush.VapidKeys> | undefined;

  constructor(
    private readonly pool: pg.Pool,
    private readonly box: SecretBox,
  ) {}

  async publicKey(): Promise<string> {
    return (await this.pair()).publicKey;
  }

  pair(): Promise<webPush.VapidKeys> {
    this.#pair ??= this.#readOrMake().catch((error) => {
      this.#pair = undefined;
      throw error;
    });
    return this.#pair;
  }

  /** Seals with the present key what an older one still opens. */
  async reseal(): Promise<void> {
    await this.#resealColumn('server_keys', 'name', 'private_key');
    await this.#resealColumn('push_subscriptions', 'id', 'keys');
  }

  async #resealColumn(table: 'server_keys' | 'push_subscriptions', key: 'name' | 'id', column: string): Promise<void> {
    const { rows } = await this.pool.query<{ key: string; sealed: Buffer }>(
      `SELECT ${key} AS key, ${column} AS sealed FROM ${table}`,
    );
    for (const row of rows.filter(({ sealed }) => !this.box.isCurrent(sealed)))
      await this.pool.query(`UPDATE ${table} SET ${column} = $2 WHERE ${key} = $1 AND ${column} = $3`, [
        row.key,
        this.box.seal(this.box.open(row.sealed)),
        row.sealed,
      ]);
  }

  async #readOrMake(): Promise<webPush.VapidKeys> {
    const made = webPush.generateVAPIDKeys();
    await this.pool.query(
      'INSERT INTO server_keys (name, public_key, private_key) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING',
      [NAME, made.publicKey, this.box.seal(made.privateKey)],
    );
    const { rows } = await this.pool.query<{ public_key: string; private_key: Buffer }>(
      'SELECT public_key, private_key FROM server_keys WHERE name = $1',
      [NAME],
    );
    const [row] = rows;
    if (!row) throw new Error('the keys for pushes are not there');
    return { publicKey: row.public_key, privateKey: this.box.open(row.private_key) };
  }
}
