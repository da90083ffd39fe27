import type { Revisions, Sql } from '../pool.js';
import type { Context } from './context.js';

/** Of a thread whose first message comes last, so many messages are shown anew; a client that has more loads them again. */
const MOST_SHOWN = 1_000;

/** The message that began a thread is there now: those of the thread that came before it lead to it. */
export async function showThread(
  sql: Sql,
  userId: string,
  { chatId, remoteId }: { chatId: string; remoteId: string },
  revs: Revisions,
): Promise<void> {
  const { rows } = await sql.query<{ id: string }>({
    name: 'thread-of',
    text: 'SELECT id FROM messages WHERE chat_id = $1 AND thread_remote = $2 ORDER BY sent_at DESC, id DESC LIMIT $3',
    values: [chatId, remoteId, MOST_SHOWN],
  });
  if (rows.length === 0) return;
  const own = await revs.more(sql, userId, rows.length);
  await sql.query(
    'UPDATE messages m SET rev = x.rev FROM unnest($1::uuid[], $2::bigint[]) AS x(id, rev) WHERE m.id = x.id',
    [rows.map(({ id }) => id), rows.map(() => own.next())],
  );
}

/** The same for what we sent. */
export async function showThreadOf(context: Context, deliveryId: string, remoteId: string): Promise<void> {
  const { sql, account, revs } = context;
  const { rows } = await sql.query<{ chatId: string }>(
    `SELECT d.chat_id AS "chatId" FROM deliveries d WHERE d.id = $1 AND d.remote_id = $2
       AND EXISTS (SELECT 1 FROM messages t WHERE t.chat_id = d.chat_id AND t.thread_remote = $2)`,
    [deliveryId, remoteId],
  );
  for (const { chatId } of rows) await showThread(sql, account.userId, { chatId, remoteId }, revs);
}
