import type pg from 'pg';
import { FencedError } from '../../core/nodes/fenced.js';
import { AdapterError, limits, type Vault } from '../../sdk/index.js';
import type { SecretBox } from '../crypto/secret-box.js';
import { isHeld } from './held.js';
import { inTransaction } from './pool.js';

const MAX_VALUE = 1024 * 1024;
const MAX_TOTAL = 64 * 1024 * 1024;
const AT_ONCE = 500;

/** One account's secrets beside its session, sealed one by one so that a change writes only what changed. */
export class PgVault implements Vault {
  constructor(
    private readonly pool: pg.Pool,
    private readonly box: SecretBox,
    private readonly accountId: string,
  ) {}

  async read(): Promise<Map<string, Uint8Array>> {
    const { rows } = await this.pool.query<{ key: string; value: Buffer }>(
      'SELECT key, value FROM account_secrets WHERE account_id = $1',
      [this.accountId],
    );
    return new Map(rows.map(({ key, value }) => [key, this.box.openBytes(value)]));
  }

  async write(changes: ReadonlyMap<string, Uint8Array | null>): Promise<void> {
    for (const [key, value] of changes) {
      if (key.includes('\0') || !key.isWellFormed())
        throw new AdapterError('rejected', 'the name of a secret is text without NUL');
      if (key.length > limits.idLength || (value?.byteLength ?? 0) > MAX_VALUE)
        throw new AdapterError('rejected', `the secret "${key.slice(0, 60)}" is too large to keep`);
    }
    await inTransaction(this.pool, async (sql) => {
      const { rowCount } = await sql.query(
        `SELECT 1 FROM users u JOIN accounts a ON a.user_id = u.id WHERE a.id = $1 AND ${isHeld('u')} FOR SHARE OF u`,
        [this.accountId],
      );
      if (rowCount === 0) throw new FencedError();
      const entries = [...changes];
      const gone = entries.filter(([, value]) => value === null).map(([key]) => key);
      if (gone.length > 0)
        await sql.query('DELETE FROM account_secrets WHERE account_id = $1 AND key = ANY($2)', [this.accountId, gone]);
      const kept = entries.flatMap(([key, value]) =>
        value === null ? [] : [{ key, value: this.box.sealBytes(value) }],
      );
      for (let start = 0; start < kept.length; start += AT_ONCE) {
        const some = kept.slice(start, start + AT_ONCE);
        await sql.query(
          `INSERT INTO account_secrets (account_id, key, value)
           SELECT a.id, n.key, n.value FROM unnest($2::text[], $3::bytea[]) AS n(key, value) JOIN accounts a ON a.id = $1 AND a.deleted_at IS NULL
           ON CONFLICT (account_id, key) DO UPDATE SET value = excluded.value`,
          [this.accountId, some.map(({ key }) => key), some.map(({ value }) => value)],
        );
      }
      const { rows } = await sql.query<{ size: string }>(
        'SELECT coalesce(sum(length(value)), 0) AS size FROM account_secrets WHERE account_id = $1',
        [this.accountId],
      );
      if (Number(rows[0]?.size ?? 0) > MAX_TOTAL)
        throw new AdapterError('rejected', `an account keeps at most ${MAX_TOTAL / 1024 / 1024} MiB of secrets`);
    }).catch((cause) => {
      if (cause instanceof AdapterError) throw cause;
      throw new AdapterError('temporary', 'the secrets could not be stored', { retryAfterMs: 1000, cause });
    });
  }
}

/** Seals with the present key what an older one still opens; one by one, for all together may be large. */
export async function resealVaults(pool: pg.Pool, box: SecretBox): Promise<void> {
  const { rows } = await pool.query<{ account_id: string; key: string; head: Buffer }>(
    'SELECT account_id, key, substring(value from 1 for 5) AS head FROM account_secrets',
  );
  for (const { account_id, key, head } of rows) if (!box.isCurrent(head)) await reseal(pool, box, account_id, key);
}

async function reseal(pool: pg.Pool, box: SecretBox, accountId: string, key: string): Promise<void> {
  const which = 'WHERE account_id = $1 AND key = $2';
  const { rows } = await pool.query<{ value: Buffer }>(`SELECT value FROM account_secrets ${which}`, [accountId, key]);
  const value = rows[0]?.value;
  const sealed = value && box.resealed(value);
  if (sealed === undefined) return;
  await pool.query(`UPDATE account_secrets SET value = $3 ${which} AND value = $4`, [accountId, key, sealed, value]);
}
