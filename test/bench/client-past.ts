import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../src/infra/database/embedded.js';

/**
 * Puts three years into the database of a folder that no server holds, where there are accounts, people and chats by
 * now: `count` messages, a tenth of them in one room, a tenth in the others, fewer and fewer with each person; talked
 * through in sittings, both sides, some with formatting, a block of code, reactions; all of it read.
 */
export async function tellOfThePast(dataDir: string, room: string, count: number): Promise<void> {
  const server = await startEmbeddedPostgres({ dataDir });
  const database = new Client({ connectionString: server.url });
  try {
    await database.connect();
    const indexes = await database.query<{ name: string; made: string }>(
      `SELECT indexname AS name, indexdef AS made FROM pg_indexes
       WHERE tablename IN ('messages', 'deliveries', 'reactions') AND indexdef NOT LIKE 'CREATE UNIQUE%'`,
    );
    // Nothing here is for others to keep: what a start takes for granted is checked by the start that follows.
    for (const sql of [
      "SET session_replication_role = 'replica'",
      'SET synchronous_commit = off',
      "SET work_mem = '128MB'",
    ])
      await database.query(sql);
    await database.query("SET maintenance_work_mem = '512MB'");
    for (const { name } of indexes.rows) await database.query(`DROP INDEX "${name}"`);
    await database.query(people);
    await database.query('DELETE FROM messages');
    await database.query(plan);
    await database.query(fill, [room, count]);
    await database.query(said);
    for (const sql of [answered, reacted]) await database.query(sql);
    for (const { made } of indexes.rows) await database.query(made);
    for (const sql of known) await database.query(sql);
    for (const sql of ['VACUUM ANALYZE', 'CHECKPOINT']) await database.query(sql);
  } finally {
    await database.end();
    await server.stop();
  }
}

/** Everybody has a name of their own, is no stranger, and two of three are in a group. */
const people = `
UPDATE contacts SET named = true, name = (array['Ada','Ben','Cleo','Dina','Emre','Fay','Gus','Hana','Ines','Jon','Kim','Lea','Mo','Nora','Omar','Pia'])[1 + abs(hashtext(id::text)) % 16]
  || ' ' || (array['Berg','Costa','Diaz','Engel','Fisher','Garcia','Haas','Ito','Jansen','Klein','Lopez','Meyer'])[1 + abs(hashtext(reverse(id::text))) % 12]
  || ' ' || right(id::text, 4), favourite = hashtext(id::text) % 50 = 0;
UPDATE buddies SET groups = ARRAY[(array['Family','Friends','Work','Choir','Neighbours','Club'])[1 + abs(hashtext(id::text)) % 6]]
  WHERE abs(hashtext(id::text)) % 3 < 2;
UPDATE conversations c SET name = p.name FROM contacts p WHERE p.id = c.contact_id`;

const plan = `
CREATE TEMP TABLE talks (chat_id uuid, account_id uuid, user_id uuid, network text, channel text, remote_id text, kind text,
  buddy_id uuid, name text, count int, seed int)`;

/** How much was said where: $1 is the busy room, $2 how much in all. */
const fill = `
WITH chats AS (
  SELECT h.*, a.user_id, a.network, a.channel, b.name AS buddy_name, row_number() OVER (PARTITION BY h.kind = 'direct' ORDER BY h.id) AS place,
    count(*) OVER (PARTITION BY h.kind = 'direct') AS alike
  FROM chats h JOIN accounts a ON a.id = h.account_id LEFT JOIN buddies b ON b.id = h.buddy_id
), shares AS (
  SELECT *, CASE WHEN kind = 'direct' THEN 0.8 / (place + 20) / sum(1.0 / (place + 20)) OVER (PARTITION BY kind = 'direct')
    WHEN name = $1 THEN 0.1 ELSE 0.1 / greatest(alike - 1, 1) END AS share FROM chats
)
INSERT INTO talks SELECT id, account_id, user_id, network, channel, remote_id, kind, buddy_id, buddy_name,
  greatest(1, round(share * $2))::int, abs(hashtext(id::text)) FROM shares`;

/**
 * In sittings of 25 messages a minute or so apart, the last of each talk within days or years. Ids and revisions grow
 * with time, as they do where it all happens.
 */
const said = `
WITH voices AS (SELECT array_agg(id ORDER BY id) AS ids, array_agg(name ORDER BY id) AS names FROM (SELECT * FROM buddies ORDER BY id LIMIT 60) AS b),
moments AS (
  SELECT t.*, n, abs(hashtext(t.chat_id::text || n)) AS dice, abs(hashtext(t.chat_id::text || n / 2)) AS turn,
    now() - interval '3 years' * ((n / 25 + (t.seed % 997) / 997.0) / (1 + (t.count - 1) / 25)) - interval '45 seconds' * (n % 25) - interval '10 minutes' AS at
  FROM talks t, generate_series(0, t.count - 1) AS n
), ordered AS (
  SELECT *, row_number() OVER (ORDER BY at, chat_id, n) AS place FROM moments
)
INSERT INTO messages (id, user_id, chat_id, remote_id, direction, buddy_id, sender_name, text, html, format, sent_at, previews, rev)
SELECT uuidv7(at - now()), o.user_id, chat_id, 'past-' || place, CASE WHEN mine THEN 'out' ELSE 'in' END,
  CASE WHEN mine THEN NULL WHEN kind = 'direct' THEN buddy_id ELSE v.ids[1 + turn % 60] END,
  CASE WHEN mine THEN 'You' WHEN kind = 'direct' THEN o.name ELSE v.names[1 + turn % 60] END,
  CASE WHEN dice % 40 = 7 THEN E'The query that takes so long:\\n\`\`\`sql\\nSELECT name, count(*) FROM visits\\nWHERE day > now() - interval ''1 week''\\nGROUP BY name ORDER BY 2 DESC\\n\`\`\`'
    ELSE words.text END,
  CASE WHEN dice % 25 = 3 THEN '<p><strong>' || words.text || '</strong> See the <em>second</em> point: <a href="https://example.org/notes">notes</a></p><ul><li>keys</li><li>lamps</li></ul>' END,
  CASE WHEN dice % 25 = 3 THEN 'html' ELSE 'plain' END, at, '[]', u.rev + place
FROM ordered o JOIN users u ON u.id = o.user_id, voices v,
  LATERAL (SELECT kind = 'direct' AND turn % 20 < 9 OR kind <> 'direct' AND turn % 20 = 0 AS mine) AS whose,
  LATERAL (SELECT (array['lunch at one?', 'the draft is in the folder, have a look when you can', 'yes', 'I will be late, the train stands in Ulm',
    'thank you!', 'who has the keys of the small room, and can somebody bring them up before the meeting at three?',
    'see https://example.org/notes', 'no idea, ask Ines', 'On Friday then. I will bring the projector and two of the long cables, and if you see Omar before that please tell him that the hall is ours from noon until six, but that we have to be out by then because the choir comes.',
    'ok', 'that is what I thought too', 'ha', 'can you call me?', 'No. The second one was better, by far.', 'done, it is on the server', 'good night'])[1 + dice % 16] AS text) AS words`;

/** What was said by the user went out. */
const answered = `
INSERT INTO deliveries (id, user_id, message_id, account_id, chat_id, channel, target, status, remote_id, expires_at, message_at, rev, tries, created_at)
SELECT uuidv7(m.sent_at - now()), m.user_id, m.id, t.account_id, m.chat_id, t.channel, t.remote_id, 'sent', 'sent-' || m.remote_id,
  m.sent_at + interval '1 day', m.sent_at, m.rev, 1, m.sent_at
FROM messages m JOIN talks t ON t.chat_id = m.chat_id WHERE m.direction = 'out'`;

const reacted = `
INSERT INTO reactions (message_id, sender, name, emoji, at)
SELECT m.id, 'someone', 'Ines', (array['👍','❤️','😂','🎉'])[1 + abs(hashtext(m.id::text)) % 4], m.sent_at + interval '1 minute'
FROM messages m WHERE abs(hashtext(m.remote_id)) % 30 = 0`;

/** What follows from it: where each conversation stands, and how far the user's rows go. */
const known = [
  `UPDATE messages SET remote_id = NULL WHERE direction = 'out'`,
  `UPDATE chats h SET history_done = true, last_active_at = l.sent_at FROM (SELECT DISTINCT ON (chat_id) chat_id, sent_at FROM messages
     ORDER BY chat_id, sent_at DESC, id DESC) AS l WHERE l.chat_id = h.id`,
  `UPDATE conversations c SET request = 'none', unread = 0, mentions = 0, read_message_id = l.id, last_message_id = l.id, last_message_at = l.sent_at,
     read_at = l.sent_at, rev = l.rev
   FROM chats h, LATERAL (SELECT id, sent_at, rev FROM messages WHERE chat_id = h.id ORDER BY sent_at DESC, id DESC LIMIT 1) AS l
   WHERE h.conversation_id = c.id`,
  `UPDATE users SET rev = greatest(rev, (SELECT max(rev) FROM messages))`,
];
