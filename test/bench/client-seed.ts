import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Load } from './load.ts';
import type { BenchServer, Person } from './server.ts';

/** A long life: so many people, one room that is busy, and all that was ever said. */
export const contacts = Number(process.env.PARLEY_BENCH_CONTACTS ?? 2_000);
export const messages = Number(process.env.PARLEY_BENCH_MESSAGES ?? 1_000_000);
const roomShare = 0.1;
const stepSize = 20_000;
const storedMs = 15 * 60_000;

/** What the room and the user are called on IRC. */
export const irc = { room: '#parley', people: 'bench' };

/**
 * Everything comes in through the front door, as IRC; then the database is told that it happened over three years, that
 * the people have names, that they are no strangers, and that it was all read.
 */
export async function seed(
  server: BenchServer,
  person: Person,
  load: Load,
  databaseUrl: string,
  tell: (text: string) => void,
): Promise<void> {
  const fields = { server: load.host, port: load.port, nick: irc.people, channels: irc.room };
  await server.untilOnline(person, await server.signIn(person, fields));
  await load.untilMembers(irc.room, 1, 10_000);
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    for (let sent = 0; sent < messages; ) {
      const count = Math.min(stepSize, messages - sent);
      const inRoom = Math.round(count * roomShare);
      await load.burst(count - inRoom, { to: irc.people });
      await load.burst(inRoom, { to: irc.room });
      sent += count;
      await stored(database, sent);
      tell(`seeding: ${sent.toLocaleString('en-US')} messages`);
    }
    for (const sql of past) await database.query(sql);
  } finally {
    await database.end();
  }
}

async function stored(database: Client, count: number): Promise<void> {
  const end = performance.now() + storedMs;
  for (;;) {
    const { rows } = await database.query('SELECT count(*)::int AS count FROM messages');
    if (rows[0].count >= count) return;
    if (performance.now() > end) throw new Error(`${rows[0].count} of ${count} messages are stored`);
    await sleep(500);
  }
}

const years = "interval '3 years'";
const past = [
  `WITH span AS (SELECT min(sent_at) AS first, extract(epoch FROM max(sent_at) - min(sent_at)) AS seconds FROM messages)
   UPDATE messages SET sent_at = now() - ${years} * (1 - extract(epoch FROM sent_at - span.first) / span.seconds),
     text = 'Message ' || substr(text, 8, 12) || ': ' || (array['lunch at one?', 'the draft is in the folder, have a look when you can',
       'yes', 'I will be late, the train stands in Ulm', 'thank you!', 'who has the keys of the small room, and can somebody bring them up before the meeting at three?',
       'see https://example.org/notes', 'no idea, ask Ines'])[1 + abs(hashtext(id::text)) % 8]
   FROM span`,
  `UPDATE conversations c SET request = 'none', unread = 0, read_message_id = c.last_message_id, read_at = now(),
     last_message_at = (SELECT max(m.sent_at) FROM messages m JOIN chats h ON h.id = m.chat_id WHERE h.conversation_id = c.id)`,
  `UPDATE contacts c SET name = (array['Ada','Ben','Cleo','Dina','Emre','Fay','Gus','Hana','Ines','Jon','Kim','Lea','Mo','Nora','Omar','Pia'])[1 + abs(hashtext(id::text)) % 16]
     || ' ' || (array['Berg','Costa','Diaz','Engel','Fisher','Garcia','Haas','Ito','Jansen','Klein','Lopez','Meyer'])[1 + abs(hashtext(reverse(id::text))) % 12]
     || ' ' || right(id::text, 4), named = true`,
  `UPDATE conversations c SET name = p.name FROM contacts p WHERE p.id = c.contact_id`,
  'VACUUM ANALYZE',
];
