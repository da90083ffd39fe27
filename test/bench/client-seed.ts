import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hashOf } from '../../scripts/lib/stamps.mjs';
import { tellOfThePast } from './client-past.ts';
import { Load } from './load.ts';
import { BenchServer, owner, type Person } from './server.ts';
import { Watcher } from './watcher.ts';

/** A long life: so many people, one room that is busy among others, and all that was ever said. */
export const contacts = Number(process.env.PARLEY_BENCH_CONTACTS ?? 2_000);
export const messages = Number(process.env.PARLEY_BENCH_MESSAGES ?? 1_000_000);

/** What the rooms and the user are called on IRC; `room` is the busy one. */
const rooms = ['#parley', ...Array.from({ length: 11 }, (_, at) => `#room${at + 1}`)];
export const irc = { room: rooms[0] ?? '', people: 'bench' };

/** What the seeded folder is made of. */
const inputs = ['prisma/migrations', 'test/bench/client-seed.ts', 'test/bench/client-past.ts'];

export type Seeded = { server: BenchServer; person: Person; load: Load };

/**
 * A server on a copy of the seeded data, its network and its user. The data is made once and kept in the folder for
 * temporary files, until what it is made of is another.
 */
export async function startSeeded(tell: (text: string) => void): Promise<Seeded> {
  const hash = hashOf(path.resolve('.'), inputs).slice(0, 12);
  const kept = path.join(os.tmpdir(), `parley-bench-client-${hash}-${contacts}-${messages}`);
  if (!existsSync(kept)) await seed(kept, tell);
  // The account's address holds the port.
  const load = await Load.start(contacts, Number(readFileSync(path.join(kept, 'port'), 'utf8')));
  const server = new BenchServer();
  try {
    copy(path.join(kept, 'data'), server.data);
    await server.up();
    const person = await server.signInAs(owner);
    await load.untilMembers(irc.room, 1, 60_000);
    return { server, person, load };
  } catch (error) {
    await server.remove();
    await load.stop();
    throw error;
  }
}

/**
 * The account, the people and the rooms come in through the front door, as IRC; then the database is told what was said
 * over three years. Made beside and renamed: what is there is whole.
 */
async function seed(kept: string, tell: (text: string) => void): Promise<void> {
  tell(`seeding: ${contacts.toLocaleString('en-US')} people`);
  const beside = mkdtempSync(`${kept}.new-`);
  chmodSync(beside, 0o755);
  const load = await Load.start(contacts);
  const server = new BenchServer();
  try {
    await server.up();
    const person = await server.setUp();
    const fields = { server: load.host, port: load.port, nick: irc.people, channels: rooms.join(' ') };
    await server.untilOnline(person, await server.signIn(person, fields));
    for (const room of rooms) await load.untilMembers(room, 1, 10_000);
    const watcher = await Watcher.open(`${server.url.replace('http', 'ws')}/api/v1/stream`, person.token);
    for (const room of rooms) await watcher.watch(() => load.burst(1, { to: room }));
    const { lost } = await watcher.watch(() => load.burst(contacts, { to: irc.people }));
    watcher.close();
    if (lost > 0) throw new Error(`${lost} people did not come`);
    await server.down();
    tell(`seeding: ${messages.toLocaleString('en-US')} messages`);
    await tellOfThePast(server.data, irc.room, messages);
    copy(server.data, path.join(beside, 'data'));
    writeFileSync(path.join(beside, 'port'), String(load.port));
    renameSync(beside, kept);
  } finally {
    rmSync(beside, { recursive: true, force: true });
    await server.remove();
    await load.stop();
  }
}

/** With its owners: the database has a user of its own. */
const copy = (from: string, to: string) => execFileSync('cp', ['-a', '--reflink=auto', from, to]);
