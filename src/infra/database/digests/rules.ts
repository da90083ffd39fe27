import { z } from 'zod';
import type { DigestRules } from '../../../core/digests/service.js';
import type { Digest } from '../../../core/digests/store.js';
import type { Channel } from '../../../sdk/index.js';
import { holds } from '../held.js';
import type { Sql } from '../pool.js';

type Row = {
  user_id: string;
  enabled: boolean;
  account_id: string;
  address: string;
  away_minutes: number;
  every_minutes: number;
  include: string;
  quiet: unknown;
  zone: string;
  since: Date;
  last_sent_at: Date | null;
  last_seen_at: Date | null;
  problem: string | null;
  rev: number;
};

const quiet = z.object({ from: z.string(), to: z.string(), zone: z.string() }).nullable();

const FIND = 'SELECT g.*, u.last_seen_at, u.rev FROM digests g JOIN users u ON u.id = g.user_id';

export async function findDigest(sql: Sql, userId: string): Promise<Digest | undefined> {
  const { rows } = await sql.query<Row>(`${FIND} WHERE g.user_id = $1`, [userId]);
  return rows[0] && digest(rows[0]);
}

/** Switched on, with a user who is away and had none for as long as the rules say. */
export async function awayDigests(sql: Sql, now: number): Promise<Digest[]> {
  const { rows } = await sql.query<Row>(
    `${FIND} WHERE g.enabled AND ${holds('g.user_id')}
       AND (u.last_seen_at IS NULL OR u.last_seen_at <= $1::timestamptz - g.away_minutes * interval '1 minute')
       AND (g.last_sent_at IS NULL OR g.last_sent_at <= $1::timestamptz - g.every_minutes * interval '1 minute')`,
    [new Date(now)],
  );
  return rows.map(digest);
}

const digest = (row: Row): Digest => ({
  userId: row.user_id,
  rules: {
    enabled: row.enabled,
    accountId: row.account_id,
    address: row.address,
    awayMinutes: row.away_minutes,
    everyMinutes: row.every_minutes,
    include: row.include === 'all' ? 'all' : 'direct',
    quiet: quiet.parse(row.quiet),
    zone: row.zone,
  },
  rev: row.rev,
  since: row.since.getTime(),
  lastSeenAt: row.last_seen_at?.getTime(),
  lastSentAt: row.last_sent_at?.getTime(),
  problem: row.problem ?? undefined,
});

/** What was unread before they were switched on is not missed; answers are looked for from now on. */
export async function saveDigest(sql: Sql, userId: string, rules: DigestRules, now: number): Promise<void> {
  await sql.query(
    `INSERT INTO digests (user_id, enabled, account_id, address, away_minutes, every_minutes, include, quiet, zone, since, looked_rev)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, (SELECT rev FROM users WHERE id = $1))
     ON CONFLICT (user_id) DO UPDATE SET enabled = $2, account_id = $3, address = $4, away_minutes = $5, every_minutes = $6,
       include = $7, quiet = $8, zone = $9, problem = NULL,
       since = CASE WHEN $2 AND NOT digests.enabled THEN $10 ELSE digests.since END,
       looked_rev = CASE WHEN $2 AND NOT digests.enabled THEN excluded.looked_rev ELSE digests.looked_rev END,
       chat_id = CASE WHEN digests.account_id = $3 AND digests.address = $4 THEN digests.chat_id END`,
    [
      userId,
      rules.enabled,
      rules.accountId,
      rules.address,
      rules.awayMinutes,
      rules.everyMinutes,
      rules.include,
      rules.quiet === null ? null : JSON.stringify(rules.quiet),
      rules.zone,
      new Date(now),
    ],
  );
}

export async function digestAccount(
  sql: Sql,
  userId: string,
  accountId: string,
): Promise<{ network: string; channel: Channel } | undefined> {
  const { rows } = await sql.query<{ network: string; channel: Channel }>(
    'SELECT network, channel FROM accounts WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL',
    [accountId, userId],
  );
  return rows[0];
}

/** Why the newest letter did not arrive, where it did not. */
export async function lastFailure(sql: Sql, userId: string): Promise<string | undefined> {
  const { rows } = await sql.query<{ status: string; reason: string | null }>(
    `SELECT d.status, d.reason FROM digest_letters l JOIN deliveries d ON d.message_id = l.message_id
     WHERE l.user_id = $1 ORDER BY l.created_at DESC, d.id DESC LIMIT 1`,
    [userId],
  );
  const row = rows[0];
  return row?.status === 'failed' ? `The last one did not arrive: ${row.reason ?? 'no reason was given'}` : undefined;
}
