import type pg from 'pg';
import webPush from 'web-push';
import { resealColumn } from '../crypto/reseal.js';
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
    await resealColumn(this.pool, this.box, { table: 'server_keys', key: 'name', column: 'private_key' });
    await resealColumn(this.pool, this.box, { table: 'push_subscriptions', key: 'id', column: 'keys' });
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
