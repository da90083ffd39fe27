import type pg from 'pg';
import type { OwnPresence, OwnPresenceStore, Wanted } from '../../core/presence/own.js';

type Row = {
  name: string | null;
  state: OwnPresence['state'];
  note: string | null;
  buddies: string[] | null;
};

export class PgOwnPresenceStore implements OwnPresenceStore {
  constructor(private readonly pool: pg.Pool) {}

  async wanted(userId: string, accountId: string): Promise<Wanted | undefined> {
    const { rows } = await this.pool.query<Row>(
      `SELECT NULL AS name, presence AS state, presence_note AS note, NULL::text[] AS buddies FROM users WHERE id = $1
       UNION ALL
       SELECT o.name, o.presence, o.note, ARRAY(SELECT b.remote_id FROM buddies b
         WHERE b.account_id = $2 AND (b.contact_id = ANY(o.contact_ids) OR b.contact_id IN (
           SELECT m.merged_into FROM contacts m WHERE m.id = ANY(o.contact_ids))) ORDER BY b.id)
       FROM audiences o WHERE o.user_id = $1 AND o.presence IS NOT NULL
       ORDER BY name NULLS FIRST`,
      [userId, accountId],
    );
    const [everybody, ...audiences] = rows;
    return (
      everybody && {
        everybody: presence(everybody),
        audiences: audiences.map((row) => ({
          name: row.name ?? '',
          presence: presence(row),
          buddies: row.buddies ?? [],
        })),
      }
    );
  }
}

const presence = ({ state, note }: Row): OwnPresence => ({ state, ...(note === null ? {} : { note }) });
