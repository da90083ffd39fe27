import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src/infra/database/embedded.js';
import { startDatabase } from '../support/database.js';
import { eventually, Parley } from '../support/parley.js';
import { makeRelease, rowsOf, schemaOf, sql } from '../support/releases.js';
import { postmasterOf } from './database.js';
import { brokenRows, embeddedUrl } from './invariants.js';
import { Random } from './random.js';

/**
 * Killed (kill -9) where there is least to stand on: while an empty folder becomes a Parley, and while the database of an
 * old release becomes one of today. `FAULT_KILLS` kills of each (3 by default), at random moments of `FAULT_SEED`, three
 * to a folder; every other one takes the database's own process with it. What stands in the end is what an undisturbed
 * start makes, and nothing of the rows is missing.
 */
const kills = Number(process.env.FAULT_KILLS ?? 3);
const seed = Number(process.env.FAULT_SEED ?? 20_261_128);
const KILLS_A_FOLDER = 3;
const folders = Math.ceil(kills / KILLS_A_FOLDER);
/** So many messages make the old release's migrations take long enough to be hit. */
const OLD_MESSAGES = 20_000;
const OLD = '0.1.0.sql';
const env = { PARLEY_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'), LOG_LEVEL: 'warn' };

let parley: Parley | undefined;
let whole: string[];
let old: string;

beforeAll(async () => {
  const database = await startDatabase();
  whole = await schemaOf(database.url);
  await database.stop();
  old = mkdtempSync(path.join(os.tmpdir(), 'parley-old-'));
  chmodSync(old, 0o755);
  const server = await startEmbeddedPostgres({ dataDir: old });
  await makeRelease(server.url, OLD);
  await sql(server.url, (client) =>
    client.query(`
      INSERT INTO messages (id, user_id, chat_id, remote_id, direction, sender_name, text, sent_at, rev)
      SELECT gen_random_uuid(), user_id, chat_id, 'old' || n, 'in', 'ada', 'old ' || n, sent_at - n * interval '1 s', 40 + n
      FROM messages, generate_series(1, ${OLD_MESSAGES}) AS n WHERE remote_id = 'm1'`),
  );
  await sql(server.url, (client) => client.query(`UPDATE users SET rev = 40 + ${OLD_MESSAGES}`));
  await server.stop();
});
afterAll(() => rmSync(old, { recursive: true, force: true }));
afterEach(async () => {
  await parley?.remove();
  parley = undefined;
});

/** Starts it again and again, each time killed within `longestMs` of what `begun` waits for, and once more, left alone. */
async function disturbed(
  one: Parley,
  random: Random,
  longestMs: number,
  begun: (kill: number) => RegExp,
): Promise<string[]> {
  const said: string[] = [];
  for (let kill = 0; kill < KILLS_A_FOLDER; kill += 1) {
    const step = begun(kill);
    one.launch();
    await eventually(() => step.test(one.said) || /ready at/.test(one.said) || undefined, 60_000);
    await sleep(random.between(0, longestMs));
    const database = kill % 2 === 1 ? postmasterNow(one) : undefined;
    await one.kill();
    if (database !== undefined) killIfThere(database);
    said.push(one.said);
  }
  await one.up();
  return said;
}

function postmasterNow({ folder }: Parley): number | undefined {
  try {
    return postmasterOf(folder) || undefined;
  } catch {
    return undefined;
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went with its Parley.
  }
}

test(
  `an empty folder: killed ${folders * KILLS_A_FOLDER} times in the first start, it becomes a whole Parley`,
  async () => {
    const random = new Random(seed);
    const steps = [/^/, /making the database/, /database started/, /applying migration/];
    const begun = () => steps[random.between(0, steps.length - 1)] ?? /^/;
    const reached = { nothing: 0, database: 0, migrations: 0, ready: 0 };
    for (let folder = 0; folder < folders; folder += 1) {
      parley = await Parley.fresh(env);
      for (const said of await disturbed(parley, random, 900, begun)) reached[lastStep(said)] += 1;
      expect(await schemaOf(embeddedUrl(parley.folder))).toEqual(whole);
      await parley.setUp();
      const { id } = await parley.signIn('echo', 'name', { name: 'robin' });
      await parley.online(id);
      expect(await brokenRows(embeddedUrl(parley.folder))).toEqual([]);
      await parley.remove();
    }
    console.log(`fault: killed in the first start, by the last step begun: ${JSON.stringify(reached)}`);
  },
  60_000 + kills * 20_000,
);

function lastStep(said: string): 'nothing' | 'database' | 'migrations' | 'ready' {
  if (/ready at/.test(said)) return 'ready';
  if (/applying migration/.test(said)) return 'migrations';
  return /making the database|database started/.test(said) ? 'database' : 'nothing';
}

test(
  `the database of an old release: killed ${folders * KILLS_A_FOLDER} times inside the migrations, every row is there`,
  async () => {
    const random = new Random(seed);
    const hit = new Map<string, number>();
    for (let folder = 0; folder < folders; folder += 1) {
      parley = await Parley.fresh(env);
      const data = path.join(parley.folder, 'data');
      mkdirSync(data, { mode: 0o711 });
      // Not by Node, which gives the copy to us: its owner is the database's user.
      execFileSync('cp', ['-a', path.join(old, 'postgres'), data]);
      // After so many of them, or as many as there were left.
      const begun = () => new RegExp(`(applying migration[^]*){${random.between(1, 6)}}|migrations applied`);
      for (const said of await disturbed(parley, random, 80, begun)) {
        const name = /migrations applied|ready at/.test(said)
          ? 'none'
          : said.split('applying migration ').at(-1)?.trim();
        hit.set(name ?? '', (hit.get(name ?? '') ?? 0) + 1);
      }
      const url = embeddedUrl(parley.folder);
      expect(await schemaOf(url)).toEqual(whole);
      expect(await rowsOf(url)).toMatchObject({ messages: OLD_MESSAGES + 3, deliveries: 2, chats: 2, reactions: 1 });
      const { rows } = await sql(url, (client) => client.query('SELECT text FROM messages ORDER BY text'));
      expect(new Set(rows.map(({ text }) => text)).size).toBe(OLD_MESSAGES + 3);
      await parley.remove();
    }
    console.log(`fault: killed inside the migrations: ${JSON.stringify(Object.fromEntries(hit))}`);
    expect([...hit.keys()]).not.toEqual(['none']);
  },
  60_000 + kills * 20_000,
);
