import type pg from 'pg';
import type { CapabilityStore } from '../../core/accounts/capability-news.js';
import { inTransaction, Revisions } from './pool.js';

export class PgCapabilityStore implements CapabilityStore {
  constructor(private readonly pool: pg.Pool) {}

  async chats(accountId: string, limit: number): Promise<{ id: string; remoteId: string }[]> {
    const { rows } = await this.pool.query<{ id: string; remoteId: string }>(
      `SELECT id, remote_id AS "remoteId" FROM chats WHERE account_id = $1 AND address IS NULL
       ORDER BY last_active_at DESC LIMIT $2`,
      [accountId, limit],
    );
    return rows;
  }

  async touch(userId: string, chatIds: string[]): Promise<void> {
    await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, chatIds.length);
      const { rows } = await sql.query<{ id: string }>(
        'SELECT DISTINCT conversation_id AS id FROM chats WHERE id = ANY($1)',
        [chatIds],
      );
      await sql.query(
        `UPDATE conversations v SET rev = x.rev FROM unnest($1::uuid[], $2::bigint[]) AS x(id, rev)
         WHERE v.id = x.id AND v.user_id = $3`,
        [rows.map((row) => row.id), rows.map(() => revs.next()), userId],
      );
    });
  }
}
