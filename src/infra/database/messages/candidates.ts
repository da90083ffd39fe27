import { featuresOf } from '../../../core/accounts/features.js';
import type { Supervisor } from '../../../core/accounts/supervisor.js';
import { believed } from '../../../core/presence/availability.js';
import type { Candidate } from '../../../core/routing/candidate.js';
import type { Channel } from '../../../sdk/index.js';
import type { Place } from '../deliveries/chats.js';
import type { Sql } from '../pool.js';

/** A way to a person with what is known of it: the chat, or the address it is to be opened with. */
export type Reach = Candidate & {
  /** Undefined where the network has not been asked for it. */
  chatRemoteId: string | undefined;
  buddyId: string | null;
};

type Row = {
  conversation_id: string;
  account_id: string;
  network: string;
  channel: Channel;
  account_state: string;
  chat_id: string | null;
  chat_remote_id: string | null;
  chat_name: string | null;
  chat_kind: string | null;
  last_active_at: Date | null;
  heard_at: Date | null;
  buddy_id: string | null;
  address: string | null;
  presence: string | null;
  presence_note: string | null;
  presence_until: Date | null;
  closed: Candidate['closed'] | null;
};

const ACCOUNT = 'a.id AS account_id, a.network, a.channel, a.state AS account_state';
const MINE = 'a.user_id = $1 AND a.enabled AND a.deleted_at IS NULL';
const BUDDY = 'b.id AS buddy_id, b.address, b.presence, b.presence_note, b.presence_until';
/** Only what is not long ago counts, so that few rows are looked at. */
const HEARD = `(SELECT max(m.sent_at) FROM messages m WHERE m.chat_id = c.id AND m.direction = 'in' AND m.sent_at > $4)`;
const optedOut = (test: string) => `CASE WHEN ${test} THEN 'opted-out' END AS closed`;

/** Chats of the conversation; buddies of its contact without one; typed addresses, by each account of their channel. */
const REACHES = `
WITH place AS (SELECT * FROM unnest($2::uuid[], $3::uuid[]) AS p(id, contact_id))
SELECT c.conversation_id, ${ACCOUNT}, c.id AS chat_id, CASE WHEN c.address IS NULL THEN c.remote_id END AS chat_remote_id,
  coalesce(c.subject, c.name) AS chat_name, c.kind AS chat_kind, c.last_active_at,
  ${HEARD} AS heard_at,
  b.id AS buddy_id, coalesce(b.address, c.address) AS address, b.presence, b.presence_note, b.presence_until,
  CASE WHEN c.kind <> 'direct' AND c.invited THEN 'invited' WHEN c.kind = 'direct' AND b.opted_out THEN 'opted-out' END AS closed
FROM chats c JOIN accounts a ON a.id = c.account_id LEFT JOIN buddies b ON b.id = c.buddy_id
WHERE c.conversation_id IN (SELECT id FROM place) AND ${MINE}
UNION ALL
SELECT p.id, ${ACCOUNT}, NULL, NULL, NULL, NULL, NULL, NULL, ${BUDDY}, ${optedOut('b.opted_out')}
FROM place p JOIN buddies b ON b.contact_id = p.contact_id JOIN accounts a ON a.id = b.account_id
WHERE ${MINE} AND NOT EXISTS (SELECT 1 FROM chats c WHERE c.buddy_id = b.id AND c.kind = 'direct')
UNION ALL
SELECT p.id, ${ACCOUNT}, NULL, NULL, NULL, NULL, NULL, NULL, NULL, x.value, NULL, NULL, NULL,
  ${optedOut('EXISTS (SELECT FROM buddies o WHERE o.account_id = a.id AND o.address = x.value AND o.opted_out)')}
FROM place p JOIN contact_addresses x ON x.contact_id = p.contact_id
JOIN accounts a ON a.channel = CASE x.kind WHEN 'phone' THEN 'sms' ELSE x.kind END
WHERE ${MINE}`;

/** Longer ago, it is of no account where they wrote. */
const HEARD_MS = 3_600_000;

/** All ways from each conversation, in no order. */
export async function reachesOf(
  sql: Sql,
  supervisor: Supervisor,
  userId: string,
  places: readonly Place[],
  now: number,
): Promise<Map<string, Reach[]>> {
  const { rows } = await sql.query<Row>({
    name: 'reaches',
    text: REACHES,
    values: [userId, places.map((place) => place.id), places.map((place) => place.contactId), new Date(now - HEARD_MS)],
  });
  const found = new Map<string, Reach[]>(places.map((place) => [place.id, []]));
  const byBuddy = new Set(
    rows.filter((row) => row.chat_id !== null || row.buddy_id !== null).flatMap((row) => wayKey(row) ?? []),
  );
  for (const row of rows) {
    const typed = row.chat_id === null && row.buddy_id === null;
    if (typed && byBuddy.has(wayKey(row) ?? '')) continue;
    found.get(row.conversation_id)?.push(reach(row, supervisor, now));
  }
  return found;
}

const wayKey = (row: Row): string | undefined =>
  row.address === null ? undefined : `${row.conversation_id} ${row.account_id} ${row.address.toLowerCase()}`;

function reach(row: Row, supervisor: Supervisor, now: number): Reach {
  const state = supervisor.get(row.account_id)?.state.is;
  const online = state === 'online' || state === 'backfilling';
  const reported = { state: row.presence ?? 'unknown', note: row.presence_note, until: row.presence_until };
  const direct = row.chat_kind === null || row.chat_kind === 'direct';
  const name = row.chat_name ?? row.chat_remote_id ?? '';
  return {
    id: `${row.account_id} ${row.chat_id ?? row.address}`,
    channel: row.channel,
    accountId: row.account_id,
    network: row.network,
    label: supervisor.adapters.get(row.network)?.manifest.name ?? row.network,
    chatId: row.chat_id ?? undefined,
    chatRemoteId: row.chat_remote_id ?? undefined,
    buddyId: row.buddy_id,
    target: direct ? (row.address ?? name) : name,
    online,
    presence: believed(reported, online, now),
    lastActiveAt: row.last_active_at?.getTime() ?? 0,
    heardAt: row.heard_at?.getTime(),
    typed: row.chat_id === null && row.buddy_id === null,
    closed: row.closed ?? undefined,
    proves: provesIn(row, supervisor),
  };
}

/** In that very chat while its account runs, else what is usual on its network. */
function provesIn({ account_id, chat_remote_id, network }: Row, supervisor: Supervisor): Reach['proves'] {
  const live = chat_remote_id === null ? undefined : featuresOf(supervisor, account_id, chat_remote_id);
  return live?.send.proves ?? supervisor.adapters.get(network)?.manifest.capabilities.send.proves;
}
