import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, test } from 'vitest';
import { startDatabase, type TestDatabase } from '../support/database.js';
import { labOrSkip } from '../support/lab.js';
import { eventually } from '../support/parley.js';
import { laneServers } from './lanes.js';
import { Line } from './line.js';
import { Random } from './random.js';
import { endWorld, type Fault, isFull, ROUND_MS, rounds, row, seed, startWorld, type World } from './world.js';

/** The same messages with a database that is elsewhere: slow, locked, cut off in the middle of transactions, or silent. */
const lab = isFull ? await labOrSkip(laneServers, ['people']) : undefined;
test.skipIf(isFull)('with a database elsewhere: in runs with FAULT_ROUNDS', () => {});

if (lab) {
  type Remote = World & { line: Line };
  let database: TestDatabase;
  let world: Remote;
  beforeAll(async () => {
    database = await startDatabase();
    const url = new URL(database.url);
    const folder = url.searchParams.get('host');
    const line = await Line.to(folder === null ? Number(url.port) : `${folder}/.s.PGSQL.5432`, new Random(seed));
    url.searchParams.delete('host');
    url.hostname = '127.0.0.1';
    url.port = String(line.port);
    world = { ...(await startWorld(lab, { env: { DATABASE_URL: url.href }, database: database.url })), line };
  });
  afterAll(async () => {
    await endWorld(world);
    await world.line.close();
    await database.stop();
  });

  const mend: Fault<Remote>['mend'] = async ({ line }) => {
    line.weather({ is: 'fair' });
    line.cut();
  };
  const faults: Fault<Remote>[] = [
    {
      name: 'the database takes 200 ms a query',
      inject: async ({ line }, random) => {
        line.weather({ is: 'slow', leastMs: 90, mostMs: 110 });
        await sleep(random.between(5_000, 10_000));
        line.weather({ is: 'fair' });
      },
    },
    {
      name: 'the table of deliveries is locked for 2 to 8 s',
      inject: async (_world, random) => {
        const client = new pg.Client({ connectionString: database.url });
        await client.connect();
        await client.query('BEGIN; LOCK TABLE deliveries IN ACCESS EXCLUSIVE MODE');
        await sleep(random.between(2_000, 8_000));
        await client.query('COMMIT');
        await client.end();
      },
    },
    {
      name: 'the connections to the database are reset, again and again',
      inject: async ({ line }, random) => {
        for (let time = 0; time < 8; time += 1) {
          line.cut();
          await sleep(random.between(50, 800));
        }
      },
    },
    {
      name: 'what the database answers is lost for 1 to 4 s',
      inject: async ({ line }, random) => {
        line.weather({ is: 'fair' }, { is: 'silent' });
        await sleep(random.between(1_000, 4_000));
      },
      mend,
    },
  ];
  for (const fault of faults) test(fault.name, () => row(world, fault), rounds * ROUND_MS);

  test('after all of it Parley says that it is well', async () => {
    await eventually(async () => (await fetch(`${world.parley.url}/api/v1/ready`)).ok || undefined, 30_000);
  });
}
