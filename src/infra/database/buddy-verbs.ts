import type pg from 'pg';
import { connected, limited, networkName, refusal } from '../../core/accounts/ask.js';
import type { Live, Supervisor } from '../../core/accounts/supervisor.js';
import { DomainError, notFound } from '../../core/errors.js';
import type { BuddyChange } from '../../core/services.js';
import type { Clock } from '../../sdk/index.js';
import { inTransaction, Revisions } from './pool.js';

/** What is changed of people at their networks: the network first, then one transaction. */
export type BuddyContext = { pool: pg.Pool; supervisor: Supervisor; clock: Clock };

type BuddyRow = {
  id: string;
  accountId: string;
  network: string;
  remoteId: string;
  address: string;
  name: string;
  groups: string[];
  listed: boolean;
  contactId: string | null;
};

const BUDDY = `b.id, b.account_id AS "accountId", a.network, b.remote_id AS "remoteId", b.address, b.name, b.groups, b.listed,
  b.contact_id AS "contactId"`;

/**
 * Blocks, or no longer blocks, the person wherever the network has a list for that.
 * @throws DomainError before anything is changed, where an account is not connected or no network has such a list
 */
export async function blockContact(context: BuddyContext, userId: string, contactId: string, on: boolean) {
  const { rows } = await context.pool.query<BuddyRow>(
    `SELECT ${BUDDY} FROM buddies b JOIN accounts a ON a.id = b.account_id JOIN contacts c ON c.id = b.contact_id
     WHERE c.id = $1 AND c.user_id = $2 AND c.deleted_at IS NULL AND c.merged_into IS NULL AND a.deleted_at IS NULL ORDER BY b.id`,
    [contactId, userId],
  );
  if (rows.length === 0) {
    const { rowCount } = await context.pool.query(
      'SELECT 1 FROM contacts WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL AND merged_into IS NULL',
      [contactId, userId],
    );
    if (!rowCount) throw notFound('contact');
  }
  const reached = rows.map((buddy) => ({ buddy, live: liveOf(context, buddy) }));
  const able = reached.filter(({ live }) => live.connection.blocking !== undefined);
  if (able.length === 0) throw cannot(context, rows, 'cannot-block', 'nobody can be blocked there');
  for (const { buddy, live } of able) {
    await asked(context, buddy, () => live.connection.blocking?.set(buddy.remoteId, on));
    await note(context, userId, buddy, { blocked: on });
  }
}

/** The network's own contact list, and its list of blocked people. */
export async function changeBuddy(context: BuddyContext, userId: string, id: string, change: BuddyChange) {
  const { rows } = await context.pool.query<BuddyRow>(
    `SELECT ${BUDDY} FROM buddies b JOIN accounts a ON a.id = b.account_id
     WHERE b.id = $1 AND a.user_id = $2 AND a.deleted_at IS NULL`,
    [id, userId],
  );
  const buddy = rows[0];
  if (!buddy) throw notFound('buddy');
  const { blocked, ...entry } = change;
  const live = liveOf(context, buddy);
  const { blocking, roster } = live.connection;
  const roll = Object.keys(entry).length > 0;
  if (roll && !roster) throw cannot(context, [buddy], 'no-roster', 'it keeps no contact list');
  if (blocked !== undefined && !blocking) throw cannot(context, [buddy], 'cannot-block', 'nobody can be blocked there');
  if (roll && !(entry.listed ?? buddy.listed) && (entry.name !== undefined || entry.groups !== undefined))
    throw new DomainError(
      'conflict',
      'not-listed',
      'Name and groups are kept for people in the contact list: add them first.',
    );
  if (roll) {
    await asked(context, buddy, () => changeRoster(live, buddy, entry));
    await note(context, userId, buddy, entry);
  }
  if (blocked !== undefined) {
    await asked(context, buddy, () => blocking?.set(buddy.remoteId, blocked));
    await note(context, userId, buddy, { blocked });
  }
}

function changeRoster({ connection: { roster } }: Live, buddy: BuddyRow, change: Omit<BuddyChange, 'blocked'>) {
  const name = change.name ?? (buddy.name === buddy.address ? undefined : buddy.name);
  const groups = change.groups ?? buddy.groups;
  const entry = { ...(name === undefined ? {} : { name }), groups };
  if (change.listed === false) return buddy.listed ? roster?.remove(buddy.remoteId) : undefined;
  return buddy.listed ? roster?.change(buddy.remoteId, entry) : roster?.add(buddy.address, entry);
}

const liveOf = ({ supervisor }: BuddyContext, { accountId, network }: BuddyRow): Live =>
  connected(supervisor, { id: accountId, network });

async function asked(context: BuddyContext, { network }: BuddyRow, work: () => Promise<void> | undefined) {
  await limited(context.clock, work).catch((error) => {
    throw refusal(networkName(context.supervisor, network), error);
  });
}

const cannot = ({ supervisor }: BuddyContext, buddies: readonly BuddyRow[], code: string, lack: string) => {
  const networks = [...new Set(buddies.map(({ network }) => networkName(supervisor, network)))].join(', ');
  return new DomainError('conflict', code, `${networks || 'This contact is on no network'}: ${lack}.`);
};

async function note({ pool }: BuddyContext, userId: string, buddy: BuddyRow, change: BuddyChange): Promise<void> {
  await inTransaction(pool, async (sql) => {
    const revs = await Revisions.take(sql, userId, 1);
    await sql.query(
      `UPDATE buddies SET name = coalesce($2, name), groups = CASE WHEN $3 IS FALSE THEN '{}' ELSE coalesce($4, groups) END,
         listed = coalesce($3, listed), blocked = coalesce($5, blocked) WHERE id = $1`,
      [buddy.id, change.name ?? null, change.listed ?? null, change.groups ?? null, change.blocked ?? null],
    );
    await sql.query('UPDATE contacts SET rev = $2 WHERE id = (SELECT contact_id FROM buddies WHERE id = $1)', [
      buddy.id,
      revs.next(),
    ]);
  });
}
