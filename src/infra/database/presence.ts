import type pg from 'pg';
import { cleanLine, type InboundAccount } from '../../core/messages/inbound.js';
import { believed } from '../../core/presence/availability.js';
import type { PresenceStore, SeenPresence, TypingEvent } from '../../core/presence/ephemera.js';
import type { Frame } from '../../core/sync/change.js';
import type { PresenceEvent } from '../../sdk/index.js';
import { lastGroupOf } from './groups/place.js';
import { holds } from './held.js';
import { letGoOf } from './messages/let-go.js';
import { inTransaction, Revisions, type Sql } from './pool.js';

/** Users whose presence is aged in one go. */
const EXPIRE_AT_ONCE = 1_000;

type Stale = { user_id: string; count: number };
type Row = {
  id: string;
  contactId: string | null;
  state: string;
  note: string | null;
  idleSince: Date | null;
  activity: string | null;
  until: Date | null;
};

/**
 * Presence stands with the buddy; the contacts that show it are seen anew, so that a client that was away learns of it.
 * The user's revisions are taken first, as everywhere: they are the lock that puts a user's commits in order.
 */
export class PgPresenceStore implements PresenceStore {
  constructor(private readonly pool: pg.Pool) {}

  async store(account: InboundAccount, events: PresenceEvent[], now: number): Promise<SeenPresence[]> {
    return inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, account.userId, events.length);
      const { rows } = await sql.query<Row>(
        `UPDATE buddies b SET presence = x.state, presence_note = x.note, presence_until = x.until, idle_since = x.idle, activity = x.activity
         FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[])
           AS x(remote_id, state, note, until, idle, activity)
         WHERE b.account_id = $1 AND b.remote_id = x.remote_id
           AND (b.presence, b.presence_note, b.presence_until, b.idle_since, b.activity)
             IS DISTINCT FROM (x.state, x.note, x.until, x.idle, x.activity)
         RETURNING b.id, b.contact_id AS "contactId", b.presence AS state, b.presence_note AS note, b.idle_since AS "idleSince",
           b.activity, b.presence_until AS until`,
        [
          account.id,
          events.map((event) => event.buddy.id),
          events.map((event) => event.state),
          events.map((event) => (event.note === undefined ? null : cleanLine(event.note, 300) || null)),
          events.map((event) => (event.ttlMs === undefined ? null : new Date(now + event.ttlMs))),
          events.map((event) => idleOf(event, now)),
          events.map((event) => event.activity ?? null),
        ],
      );
      await touchContacts(sql, rows, revs);
      const gone = rows.filter((row) => row.state === 'offline').map((row) => row.id);
      if (gone.length > 0) await letGoOf(sql, [account.id], gone);
      return rows.map((row) => ({ id: row.id, contactId: row.contactId, ...believed(row, true, now) }));
    });
  }

  async forget(accountId: string): Promise<void> {
    const { rows } = await this.pool.query<Stale>(
      `SELECT a.user_id, count(*)::int AS count FROM buddies b JOIN accounts a ON a.id = b.account_id
       WHERE a.id = $1 AND b.presence <> 'unknown' GROUP BY 1`,
      [accountId],
    );
    for (const stale of rows)
      await this.#unknown(stale, `account_id = $1 AND presence <> 'unknown' LIMIT $2`, accountId);
  }

  async expire(now: number): Promise<string[]> {
    const { rows } = await this.pool.query<Stale>(
      `SELECT a.user_id, count(*)::int AS count FROM buddies b JOIN accounts a ON a.id = b.account_id
       WHERE b.presence_until < $1 AND ${holds('a.user_id')} GROUP BY 1 LIMIT $2`,
      [new Date(now), EXPIRE_AT_ONCE],
    );
    for (const stale of rows)
      await this.#unknown(
        stale,
        'presence_until < $1 AND account_id IN (SELECT id FROM accounts WHERE user_id = $3) LIMIT $2',
        new Date(now),
        stale.user_id,
      );
    return rows.map((row) => row.user_id);
  }

  /** @param which condition over buddies; $1 is its value, $2 how many at most */
  async #unknown(stale: Stale, which: string, ...values: unknown[]): Promise<void> {
    await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, stale.user_id, stale.count);
      const { rows } = await sql.query<{ contactId: string | null }>(
        `UPDATE buddies SET presence = 'unknown', presence_note = NULL, presence_until = NULL, idle_since = NULL, activity = NULL
         WHERE id IN (SELECT id FROM buddies WHERE ${which}) RETURNING contact_id AS "contactId"`,
        [values[0], stale.count, ...values.slice(1)],
      );
      await touchContacts(sql, rows, revs);
    });
  }

  /** Whoever writes where a group wrote last writes their answer to it. */
  async typing(
    accountId: string,
    event: TypingEvent,
    now: number,
  ): Promise<Extract<Frame, { type: 'typing' }> | undefined> {
    const { rows } = await this.pool.query<{ conversation: string; buddy: string; name: string }>(
      `SELECT coalesce(${lastGroupOf('c', '$4::timestamptz')}, c.conversation_id) AS conversation, b.id AS buddy, b.name FROM chats c JOIN buddies b ON b.account_id = c.account_id
       WHERE c.account_id = $1 AND c.remote_id = $2 AND b.remote_id = $3`,
      [accountId, event.chat.id, event.from.id, new Date(now)],
    );
    const row = rows[0];
    return (
      row && { type: 'typing', conversationId: row.conversation, buddyId: row.buddy, name: row.name, on: event.on }
    );
  }
}

/** Never in the future, whatever clocks say; nobody who is not there is idle. */
function idleOf({ idleSince, state }: PresenceEvent, now: number): Date | null {
  if (idleSince === undefined || !Number.isFinite(idleSince) || state === 'offline') return null;
  return new Date(Math.max(0, Math.min(now, idleSince)));
}

async function touchContacts(sql: Sql, buddies: { contactId: string | null }[], revs: Revisions): Promise<void> {
  const ids = [...new Set(buddies.map((row) => row.contactId).filter((id) => id !== null))];
  if (ids.length === 0) return;
  await sql.query(
    'UPDATE contacts SET rev = x.rev FROM unnest($1::uuid[], $2::bigint[]) AS x(id, rev) WHERE contacts.id = x.id',
    [ids, ids.map(() => revs.next())],
  );
}
