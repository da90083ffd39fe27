import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';

/** Of rows that keep their promises there are none in any of these answers. */
const BROKEN: Record<string, string> = {
  'a revision that its user has not reached': `
    SELECT row.kind, row.id FROM (
      SELECT 'message' AS kind, id, user_id, rev FROM messages UNION ALL
      SELECT 'delivery', id, user_id, rev FROM deliveries UNION ALL
      SELECT 'conversation', id, user_id, rev FROM conversations UNION ALL
      SELECT 'contact', id, user_id, rev FROM contacts) AS row
    JOIN users ON users.id = row.user_id WHERE row.rev > users.rev`,
  'a revision that two messages have': `
    SELECT user_id, rev FROM messages GROUP BY user_id, rev HAVING count(*) > 1`,
  'an end without a reason': `
    SELECT id, status FROM deliveries WHERE status IN ('failed', 'unknown') AND coalesce(reason, '') = ''`,
  'a try that goes on after its end': `
    SELECT a.id, d.status FROM attempts a JOIN deliveries d ON d.id = a.delivery_id
    WHERE a.ended_at IS NULL AND d.status NOT IN ('sending', 'queued')`,
  'a proof without a try': `
    SELECT id, status FROM deliveries d WHERE status IN ('sent', 'delivered', 'read')
    AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.delivery_id = d.id)`,
  'two being sent in one chat': `
    SELECT chat_id FROM deliveries WHERE status = 'sending' GROUP BY chat_id HAVING count(*) > 1`,
  'a message that goes nowhere': `
    SELECT id FROM messages m WHERE direction = 'out' AND remote_id IS NULL AND deleted_at IS NULL AND echo_of IS NULL
    AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_id = m.id)`,
  'a conversation whose last message is not there': `
    SELECT c.id FROM conversations c LEFT JOIN messages m ON m.id = c.last_message_id
    WHERE c.last_message_id IS NOT NULL AND m.id IS NULL`,
  'fewer than no unread messages': 'SELECT id FROM conversations WHERE unread < 0 OR mentions < 0',
};

/** What the database says that must never be, whatever happened before. */
export async function brokenRows(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const broken: string[] = [];
    for (const [what, sql] of Object.entries(BROKEN)) {
      const { rows } = await client.query(`${sql} LIMIT 5`);
      broken.push(...rows.map((row) => `${what}: ${JSON.stringify(row)}`));
    }
    return broken;
  } finally {
    await client.end();
  }
}

/** The database of a Parley on its default, while it runs. */
export function embeddedUrl(folder: string): string {
  const home = path.join(folder, 'data', 'postgres');
  const password = readFileSync(path.join(home, 'password'), 'utf8').trim();
  // The fifth line of the file is where its socket is.
  const sockets = readFileSync(path.join(home, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[4] ?? home;
  return `postgresql://parley:${password}@localhost/parley?host=${encodeURIComponent(sockets)}`;
}
