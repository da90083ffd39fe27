import type pg from 'pg';
import type { AccountChange, AccountRow, AccountStore, NewAccount } from '../../core/accounts/store.js';
import { DomainError, notFound } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import { cleanLine } from '../../core/messages/inbound.js';
import type { AccountView, Page, PageRequest } from '../../core/views.js';
import type { Channel, Json, JsonObject, State, Vault } from '../../sdk/index.js';
import { resealColumn } from '../crypto/reseal.js';
import type { SecretBox } from '../crypto/secret-box.js';
import { isHeld } from './held.js';
import { letGoOf } from './messages/let-go.js';
import { inTransaction, Revisions, type Sql } from './pool.js';
import type { PrismaClient } from './prisma.js';
import { PgVault, resealVaults } from './vault.js';
import { accountViews, type ViewContext } from './views/accounts.js';

type Row = {
  id: string;
  user_id: string;
  network: string;
  channel: Channel;
  remote_id: string;
  name: string;
  enabled: boolean;
  cursor: Json;
  session: Buffer;
};

/** The account is off its network, not merely on its way there. */
const LOST_STATES: ReadonlySet<State['is']> = new Set(['waiting', 'needs-login', 'failed']);

export class PgAccountStore implements AccountStore {
  constructor(
    private readonly pool: pg.Pool,
    private readonly prisma: PrismaClient,
    private readonly box: SecretBox,
    private readonly context: ViewContext,
    private readonly ring: (userId: string) => void,
  ) {}

  async all(userIds?: readonly string[]): Promise<AccountRow[]> {
    const { rows } = await this.pool.query<Row>(
      'SELECT * FROM accounts WHERE deleted_at IS NULL AND enabled AND ($1::uuid[] IS NULL OR user_id = ANY($1)) ORDER BY id',
      [userIds ?? null],
    );
    return rows.map((row) => this.#row(row));
  }

  async find(id: string): Promise<AccountRow | undefined> {
    const { rows } = await this.pool.query<Row>('SELECT * FROM accounts WHERE id = $1 AND deleted_at IS NULL', [id]);
    return rows[0] && this.#row(rows[0]);
  }

  async list(userId: string, { limit, cursor }: PageRequest): Promise<Page<AccountView>> {
    const views = await accountViews(this.prisma, this.context, {
      userId,
      ...(cursor === undefined ? {} : { id: { gt: asId(cursor) } }),
    });
    const items = views.slice(0, limit);
    return { items, nextCursor: views.length > limit ? items.at(-1)!.id : null };
  }

  async view(userId: string, id: string): Promise<AccountView | undefined> {
    return (await accountViews(this.prisma, this.context, { userId, id }))[0];
  }

  save(account: NewAccount, replaces?: string): Promise<AccountRow> {
    const session = this.box.seal(JSON.stringify(account.session));
    return inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, account.userId, 1);
      const { rows: same } = await sql.query<{ id: string }>(
        `SELECT id FROM accounts WHERE user_id = $1 AND network = $2 AND deleted_at IS NULL AND (remote_id = $3 OR id = $4)
         ORDER BY (remote_id = $3) DESC LIMIT 1`,
        [account.userId, account.network, account.remoteId, replaces ?? null],
      );
      const id = same[0]?.id ?? newId();
      const { rows } = await sql.query<Row>(
        `INSERT INTO accounts (id, user_id, profile_id, network, channel, remote_id, name, session, rev)
         VALUES ($1, $2, (SELECT id FROM profiles WHERE user_id = $2 AND is_default), $3, $4, $5, $6, $7, $8)
         ON CONFLICT (id) DO UPDATE SET session = $7, remote_id = $5, enabled = true, state = 'connecting',
           state_why = NULL, retry_at = NULL, rev = $8
         RETURNING *`,
        [
          id,
          account.userId,
          account.network,
          account.channel,
          account.remoteId,
          cleanLine(account.name) || account.network,
          session,
          revs.next(),
        ],
      );
      return this.#row(rows[0]!);
    });
  }

  async saveSession(id: string, session: JsonObject): Promise<void> {
    await this.pool.query(
      `WITH u AS (SELECT u.id FROM users u JOIN accounts a ON a.user_id = u.id WHERE a.id = $1 AND ${isHeld('u')} FOR SHARE OF u)
       UPDATE accounts SET session = $2 FROM u WHERE accounts.id = $1 AND deleted_at IS NULL`,
      [id, this.box.seal(JSON.stringify(session))],
    );
  }

  vault(id: string): Vault {
    return new PgVault(this.pool, this.box, id);
  }

  /** Seals with the present key what an older one still opens, so that the older one can be put away. */
  async reseal(): Promise<void> {
    await resealColumn(this.pool, this.box, {
      table: 'accounts',
      key: 'id',
      column: 'session',
      only: 'deleted_at IS NULL',
    });
    await resealVaults(this.pool, this.box);
  }

  /** No account that a process has just got is connected, whatever the one before it left behind. */
  async beginAnew(userIds?: readonly string[]): Promise<void> {
    await this.pool.query(
      `WITH stale AS (
         SELECT id, user_id, row_number() OVER (PARTITION BY user_id ORDER BY id) AS place FROM accounts
         WHERE deleted_at IS NULL AND state IN ('online', 'backfilling') AND ($1::uuid[] IS NULL OR user_id = ANY($1))
       ), u AS (
         UPDATE users SET rev = users.rev + x.n FROM (SELECT user_id, count(*) AS n FROM stale GROUP BY 1) AS x
         WHERE users.id = x.user_id AND ${isHeld('users')} RETURNING users.id, users.rev - x.n AS base
       )
       UPDATE accounts SET state = CASE WHEN enabled THEN 'connecting' ELSE 'stopped' END, rev = u.base + stale.place
       FROM stale JOIN u ON u.id = stale.user_id WHERE accounts.id = stale.id`,
      [userIds ?? null],
    );
  }

  async setStates(userId: string, states: readonly { id: string; state: State }[]): Promise<void> {
    const stored = await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, states.length);
      const { rowCount } = await sql.query({
        name: 'set-states',
        text: `UPDATE accounts a SET state = x.state, state_why = x.why, retry_at = x.retry_at, rev = x.rev
          FROM unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[]) AS x(id, state, why, retry_at, rev)
          WHERE a.id = x.id AND a.user_id = $1 AND a.deleted_at IS NULL`,
        values: [
          userId,
          states.map(({ id }) => id),
          states.map(({ state }) => state.is),
          states.map(({ state }) => ('why' in state ? cleanLine(state.why, 500) : null)),
          states.map(({ state }) => ('retryAt' in state ? new Date(state.retryAt) : null)),
          states.map(() => revs.next()),
        ],
      });
      await letGoOf(
        sql,
        states.filter(({ state }) => LOST_STATES.has(state.is)).map(({ id }) => id),
      );
      return rowCount;
    });
    if (stored) this.ring(userId);
  }

  async change(userId: string, id: string, change: AccountChange): Promise<boolean> {
    const owner = await this.#change(
      id,
      async (sql, rev) => {
        if (typeof change.profileId === 'string') await mustOwnProfile(sql, userId, change.profileId);
        if (typeof change.standbyId === 'string') await mustBeStandby(sql, userId, id, change.standbyId);
        await sql.query(
          `UPDATE accounts SET name = coalesce($2, name), enabled = coalesce($3, enabled),
             profile_id = CASE WHEN $4 THEN $5::uuid ELSE profile_id END,
             standby_id = CASE WHEN $7 THEN $8::uuid ELSE standby_id END, rev = $6
           WHERE id = $1`,
          [
            id,
            change.name ?? null,
            change.enabled ?? null,
            change.profileId !== undefined,
            change.profileId ?? null,
            rev,
            change.standbyId !== undefined,
            change.standbyId ?? null,
          ],
        );
        if (change.enabled === false) await letGoOf(sql, [id]);
      },
      userId,
    );
    return owner !== undefined;
  }

  async remove(userId: string, id: string): Promise<boolean> {
    const owner = await this.#change(
      id,
      async (sql, rev) => {
        await sql.query(
          `UPDATE accounts SET deleted_at = now(), enabled = false, state = 'stopped', session = ''::bytea, cursor = NULL,
             remote_id = remote_id || '#' || id, standby_id = NULL, rev = $2 WHERE id = $1`,
          [id, rev],
        );
        await this.#standsByNoMore(sql, userId, id);
        await letGoOf(sql, [id]);
        await sql.query('DELETE FROM account_secrets WHERE account_id = $1', [id]);
        await this.#cancelQueued(sql, userId, id);
        await this.#announceChats(sql, userId, id);
      },
      userId,
    );
    return owner !== undefined;
  }

  async #standsByNoMore(sql: Sql, userId: string, id: string): Promise<void> {
    const { rows } = await sql.query<{ id: string }>(
      'UPDATE accounts SET standby_id = NULL WHERE standby_id = $1 AND user_id = $2 RETURNING id',
      [id, userId],
    );
    const revs = await Revisions.take(sql, userId, rows.length);
    for (const row of rows) await sql.query('UPDATE accounts SET rev = $2 WHERE id = $1', [row.id, revs.next()]);
  }

  /** What was being sent may have gone out: that is said, not that it was cancelled. */
  async #cancelQueued(sql: Sql, userId: string, accountId: string): Promise<void> {
    const { rows } = await sql.query<{ id: string; message_id: string }>(
      `SELECT id, message_id FROM deliveries WHERE account_id = $1 AND status IN ('queued', 'sending')`,
      [accountId],
    );
    const revs = await Revisions.take(sql, userId, 2 * rows.length);
    for (const row of rows) {
      await sql.query(
        `UPDATE deliveries SET fence = fence + 1, rev = $2, next_attempt_at = NULL,
           status = CASE WHEN status = 'sending' THEN 'unknown' ELSE 'cancelled' END,
           reason = CASE WHEN status = 'sending' THEN 'The account was removed while this was being sent; it may have been sent.'
             ELSE 'the account was removed' END
         WHERE id = $1`,
        [row.id, revs.next()],
      );
      await sql.query(
        `UPDATE attempts SET outcome = 'unknown', ended_at = now() WHERE delivery_id = $1 AND outcome = 'sending'`,
        [row.id],
      );
      await sql.query('UPDATE messages SET rev = $2 WHERE id = $1', [row.message_id, revs.next()]);
    }
  }

  /** Contacts and conversations that showed the account are seen anew. */
  async #announceChats(sql: Sql, userId: string, accountId: string): Promise<void> {
    const { rows } = await sql.query<{ kind: string; id: string }>(
      `SELECT DISTINCT 'conversations' AS kind, conversation_id AS id FROM chats WHERE account_id = $1
       UNION SELECT DISTINCT 'contacts', contact_id FROM buddies WHERE account_id = $1 AND contact_id IS NOT NULL`,
      [accountId],
    );
    const revs = await Revisions.take(sql, userId, rows.length);
    for (const row of rows) {
      const table = row.kind === 'contacts' ? 'contacts' : 'conversations';
      await sql.query(`UPDATE ${table} SET rev = $2 WHERE id = $1`, [row.id, revs.next()]);
    }
  }

  async #change(
    id: string,
    work: (sql: Sql, rev: number) => Promise<void>,
    ownedBy?: string,
  ): Promise<string | undefined> {
    return inTransaction(this.pool, async (sql) => {
      const { rows } = await sql.query<{ user_id: string }>(
        'SELECT user_id FROM accounts WHERE id = $1 AND deleted_at IS NULL',
        [id],
      );
      const userId = rows[0]?.user_id;
      if (userId === undefined || (ownedBy !== undefined && ownedBy !== userId)) return undefined;
      const revs = await Revisions.take(sql, userId, 1);
      await work(sql, revs.next());
      return userId;
    });
  }

  #row(row: Row): AccountRow {
    return {
      id: row.id,
      userId: row.user_id,
      network: row.network,
      channel: row.channel,
      remoteId: row.remote_id,
      name: row.name,
      enabled: row.enabled,
      cursor: row.cursor ?? undefined,
      session: this.#open(row.session),
    };
  }

  #open(sealed: Buffer): JsonObject | undefined {
    try {
      return JSON.parse(this.box.open(sealed)) as JsonObject;
    } catch {
      return undefined;
    }
  }
}

async function mustOwnProfile(sql: Sql, userId: string, id: string): Promise<void> {
  const { rowCount } = await sql.query('SELECT 1 FROM profiles WHERE id = $1 AND user_id = $2', [id, userId]);
  if (!rowCount) throw notFound('profile');
}

/** It must carry the same kind of message to the same address: a phone number, or a mail address. */
async function mustBeStandby(sql: Sql, userId: string, id: string, standbyId: string): Promise<void> {
  const { rows } = await sql.query<{ fits: boolean }>(
    `SELECT s.channel = a.channel AND s.channel IN ('sms', 'email') AND s.id <> a.id AS fits
     FROM accounts s, accounts a WHERE s.id = $1 AND s.user_id = $2 AND s.deleted_at IS NULL AND a.id = $3`,
    [standbyId, userId, id],
  );
  if (!rows[0]) throw notFound('account');
  if (rows[0].fits) return;
  const why = 'must be another account of the same channel, email or SMS';
  throw new DomainError('invalid', 'no-standby', `The standby ${why}.`, { fields: { standbyId: why } });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** A forged cursor is an empty page, never an error of the database. */
export const asId = (cursor: string): string => (UUID.test(cursor) ? cursor : 'ffffffff-ffff-ffff-ffff-ffffffffffff');
export const isId = (text: string): boolean => UUID.test(text);
