import type pg from 'pg';
import { progressOf } from '../../../core/broadcasts/progress.js';
import type { RecipientView } from '../../../core/broadcasts/service.js';
import type { BroadcastProgress, BroadcastView } from '../../../core/views.js';

type Row = {
  id: string;
  name: string;
  text: string;
  state: BroadcastView['state'];
  total: number;
  progress: Partial<BroadcastProgress>;
  created_at: Date;
  starts_at: Date | null;
  finished_at: Date | null;
  rev: number;
};

const COLUMNS = `id, name, letter->'letter'->>'text' AS text, state, total, progress, created_at, starts_at, finished_at, rev`;

export async function broadcastViews(pool: pg.Pool, userId: string, ids: readonly string[]): Promise<BroadcastView[]> {
  const { rows } = await pool.query<Row>(`SELECT ${COLUMNS} FROM broadcasts WHERE user_id = $1 AND id = ANY($2)`, [
    userId,
    ids,
  ]);
  return rows.map(view);
}

/** The newest first; `before` is the id of the last one of the page before. */
export async function broadcastPage(
  pool: pg.Pool,
  userId: string,
  limit: number,
  before: string | undefined,
): Promise<BroadcastView[]> {
  const { rows } = await pool.query<Row>(
    `SELECT ${COLUMNS} FROM broadcasts WHERE user_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [userId, before ?? null, limit],
  );
  return rows.map(view);
}

const view = (row: Row): BroadcastView => ({
  id: row.id,
  name: row.name,
  text: row.text,
  state: row.state,
  total: row.total,
  progress: progressOf(row.progress),
  createdAt: row.created_at.toISOString(),
  startsAt: row.starts_at?.toISOString() ?? null,
  finishedAt: row.finished_at?.toISOString() ?? null,
  rev: row.rev,
});

type Recipient = {
  position: number;
  contact_id: string;
  name: string;
  status: RecipientView['status'];
  message_id: string | null;
  conversation_id: string | null;
  problem: string | null;
};

export async function recipientPage(
  pool: pg.Pool,
  broadcastId: string,
  { limit, after, status }: { limit: number; after: number; status: RecipientView['status'] | undefined },
): Promise<{ position: number; view: RecipientView }[]> {
  const { rows } = await pool.query<Recipient>(
    `SELECT r.position, r.contact_id, coalesce(k.name, '') AS name, r.status, r.message_id, c.conversation_id, r.problem
     FROM broadcast_recipients r LEFT JOIN contacts k ON k.id = r.contact_id
     LEFT JOIN messages m ON m.id = r.message_id LEFT JOIN chats c ON c.id = m.chat_id
     WHERE r.broadcast_id = $1 AND r.position > $2 AND ($3::text IS NULL OR r.status = $3) ORDER BY r.position LIMIT $4`,
    [broadcastId, after, status ?? null, limit],
  );
  return rows.map((row) => ({
    position: row.position,
    view: {
      contactId: row.contact_id,
      name: row.name,
      status: row.status,
      messageId: row.message_id,
      conversationId: row.conversation_id,
      ...(row.problem === null ? {} : { problem: row.problem }),
    },
  }));
}
