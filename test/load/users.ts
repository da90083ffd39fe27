import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { newPersonalToken, tokenHash } from '../../src/infra/auth/tokens.ts';
import type { Person } from './people-child.ts';

/**
 * Users as the server makes them, each with a personal token. Put into the database at once: the front door takes 30
 * passwords a minute from one address, each with a slow hash, and that is not what is measured.
 */
export async function addUsers(sql: pg.Client, count: number): Promise<Person[]> {
  const users = Array.from({ length: count }, (_, at) => ({ id: randomUUID(), at, token: newPersonalToken() }));
  const ids = users.map(({ id }) => id);
  const more = ids.map(() => randomUUID());
  await sql.query('BEGIN');
  await sql.query(
    `INSERT INTO users (id, email, name, updated_at) SELECT id, 'user' || at || '@load.test', 'User ' || at, now()
     FROM unnest($1::uuid[], $2::int[]) AS u (id, at)`,
    [ids, users.map(({ at }) => at)],
  );
  await sql.query(
    `INSERT INTO profiles (id, user_id, name, is_default) SELECT id, user_id, 'Me', true FROM unnest($1::uuid[], $2::uuid[]) AS p (id, user_id)`,
    [more, ids],
  );
  await sql.query(
    `INSERT INTO api_tokens (id, user_id, name, scopes, hash) SELECT id, user_id, 'load', '{read,write}', hash
     FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS t (id, user_id, hash)`,
    [more, ids, users.map(({ token }) => Buffer.from(tokenHash(token)))],
  );
  await sql.query('COMMIT');
  return users.map(({ token }) => ({ token }));
}

/** Messages from before, spread over each user's chats, the last a day ago. They came in, and were read. */
export async function addHistory(sql: pg.Client, perUser: number): Promise<void> {
  if (perUser === 0) return;
  await sql.query('BEGIN');
  await sql.query(
    `WITH talks AS (SELECT c.id AS chat_id, a.user_id, c.buddy_id, row_number() OVER (PARTITION BY a.user_id ORDER BY c.id) - 1 AS place,
        count(*) OVER (PARTITION BY a.user_id) AS chats, u.rev
      FROM chats c JOIN accounts a ON a.id = c.account_id JOIN users u ON u.id = a.user_id WHERE a.deleted_at IS NULL)
     INSERT INTO messages (id, user_id, chat_id, remote_id, direction, buddy_id, sender_name, text, sent_at, rev)
     SELECT uuidv7(-age), user_id, chat_id, 'past-' || n, 'in', buddy_id, 'Friend',
       'of the past: ' || n || ' ' || repeat('lorem ipsum ', 1 + n % 6), now() - age, rev + n + 1
     FROM talks, generate_series(0, $1::int - 1) AS n, LATERAL (SELECT interval '1 day' + interval '1 minute' * ($1::int - n) AS age) AS a
     WHERE n % chats = place`,
    [perUser],
  );
  await sql.query(
    'UPDATE users u SET rev = rev + $1 + 1 WHERE EXISTS (SELECT 1 FROM accounts a WHERE a.user_id = u.id)',
    [perUser],
  );
  await sql.query('COMMIT');
  await sql.query('VACUUM ANALYZE messages');
}
