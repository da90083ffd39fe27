import type { Load } from './load.ts';
import type { BenchServer, Person } from './server.ts';

const atOnce = 8;
const joinedMs = 120_000;

/** So many people of a fresh server, the first of them its admin. */
export async function everybodyOf(server: BenchServer, people: number): Promise<Person[]> {
  const admin = await server.setUp();
  const everybody: Person[] = [admin];
  for (let at = 1; at < people; at += 1) everybody.push(await server.addPerson(admin, at));
  return everybody;
}

/** IRC accounts `nick<from>` and so on, shared out among people, each in #bench. */
export async function signInMany(
  server: BenchServer,
  load: Load,
  everybody: readonly Person[],
  from: number,
  count: number,
): Promise<void> {
  const fields = { server: load.host, port: load.port, channels: '#bench' };
  const queue = Array.from({ length: count }, (_, at) => from + at);
  const worker = async () => {
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      const person = everybody[at % everybody.length];
      if (person) await server.signIn(person, { ...fields, nick: `nick${at}` });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  await load.untilMembers('#bench', from + count, joinedMs);
}
