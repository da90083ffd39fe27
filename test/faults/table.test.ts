import { readdirSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labOrSkip } from '../support/lab.js';
import { eventually } from '../support/parley.js';
import { postgresOf, postmasterOf } from './database.js';
import { laneServers } from './lanes.js';
import { chosen, endWorld, type Fault, isFull, ROUND_MS, rounds, row, startWorld, type World } from './world.js';

/**
 * The fault table against real servers: numbered messages to people on IRC, XMPP, mail and SMS while something breaks;
 * afterwards what Parley says of each beside what came. `FAULT_ROUNDS` rounds of each row with the random times of
 * `FAULT_SEED`; without it one round of the rows that are for every run.
 */
const lab = await labOrSkip([...laneServers, 'redis'], ['people']);
if (lab) {
  describe.runIf(isFull)('on the embedded default', () => {
    let world: World;
    beforeAll(async () => {
      world = await startWorld(lab);
    });
    afterAll(() => endWorld(world));

    const restartOf = (name: string): Fault => ({
      name: `the ${name} server restarts in mid-send`,
      inject: async ({ lanes }) => void (await lanes.all.find((lane) => lane.name === name)?.restart()),
    });
    const faults: Fault[] = [
      { name: 'none', inject: async () => {} },
      {
        name: 'Parley is killed (kill -9)',
        inject: async ({ parley }) => {
          await parley.kill();
          await parley.up();
        },
      },
      {
        name: 'Parley is killed three times in a row',
        inject: async ({ parley }, random) => {
          for (let time = 0; time < 3; time += 1) {
            await parley.kill();
            await parley.up();
            await sleep(random.between(0, 1_500));
          }
        },
      },
      {
        name: 'Parley is stopped politely (SIGTERM)',
        inject: ({ parley }) => parley.restart(),
      },
      {
        name: 'the database dies (kill -9 of its postmaster)',
        inject: async ({ parley }) => {
          process.kill(postmasterOf(parley.folder), 'SIGKILL');
        },
      },
      {
        name: 'the database restarts at once, cutting every transaction (SIGQUIT)',
        inject: async ({ parley }) => {
          process.kill(postmasterOf(parley.folder), 'SIGQUIT');
        },
      },
      {
        name: 'the database stands still for a while (SIGSTOP)',
        inject: async ({ parley }, random) => {
          const all = postgresOf(parley.folder);
          for (const pid of all) process.kill(pid, 'SIGSTOP');
          await sleep(random.between(2_000, 8_000));
          for (const pid of all) process.kill(pid, 'SIGCONT');
        },
      },
      {
        name: 'Parley stands still for a while (SIGSTOP)',
        inject: async ({ parley }, random) => {
          process.kill(parley.pid, 'SIGSTOP');
          await sleep(random.between(1_000, 5_000));
          process.kill(parley.pid, 'SIGCONT');
        },
      },
      ...['irc', 'xmpp', 'email', 'sms-smpp', 'sms-http'].map(restartOf),
    ];
    for (const fault of faults) test(fault.name, () => row(world, fault), rounds * ROUND_MS);
  });

  describe('with Redis for the queue', () => {
    let world: World;
    let redis: Redis;
    let queue: Queue;
    beforeAll(async () => {
      world = await startWorld(lab, { env: { REDIS_URL: lab.redis.url } });
      redis = new Redis(lab.redis.url, { maxRetriesPerRequest: null });
      redis.on('error', () => {});
      queue = new Queue('chats', { connection: redis, prefix: 'parley' });
      queue.on('error', () => {});
    });
    afterAll(async () => {
      await queue.close();
      redis.disconnect();
      await endWorld(world);
    });

    const faults: Fault[] = [
      { name: 'Redis restarts', inject: () => lab.redis.restart() },
      {
        name: 'Redis is away for a while',
        inject: async (_world, random) => {
          await lab.redis.down();
          await sleep(random.between(1_000, 6_000));
          await lab.redis.up();
        },
      },
      {
        name: 'FLUSHALL, again and again',
        inject: async (_world, random) => {
          for (let time = 0; time < 10; time += 1) {
            await redis.flushall();
            await sleep(random.between(0, 300));
          }
        },
      },
      {
        name: 'Redis drops what it likes, as it has little memory (allkeys-random)',
        always: true,
        inject: async (_world, random) => {
          await redis.config('SET', 'maxmemory-policy', 'allkeys-random');
          await redis.config('SET', 'maxmemory', '1mb');
          await sleep(random.between(3_000, 6_000));
          expect(Number(/evicted_keys:(\d+)/.exec(await redis.info('stats'))?.[1])).toBeGreaterThan(0);
        },
        mend: async () => {
          await redis.config('SET', 'maxmemory', '0');
          await redis.config('SET', 'maxmemory-policy', 'noeviction');
        },
      },
      {
        name: 'Redis has no more memory, and refuses (noeviction)',
        inject: async (_world, random) => {
          await redis.config('SET', 'maxmemory', '1mb');
          await sleep(random.between(3_000, 6_000));
        },
        mend: async () => void (await redis.config('SET', 'maxmemory', '0')),
      },
      {
        name: 'Redis comes back with half of its file (a truncated AOF)',
        inject: async (_world, random) => {
          await lab.redis.down();
          const folder = path.join(lab.folder, 'redis', 'appendonlydir');
          const [file] = readdirSync(folder).filter((name) => name.endsWith('.incr.aof'));
          if (file === undefined) throw new Error(`no file in ${folder}`);
          truncateSync(path.join(folder, file), random.between(0, statSync(path.join(folder, file)).size));
          await lab.redis.up();
        },
      },
      {
        name: 'the queue is paused',
        inject: async (_world, random) => {
          await queue.pause();
          await sleep(random.between(1_000, 6_000));
          await queue.resume();
        },
      },
      {
        name: 'Redis is emptied while Parley is killed',
        always: true,
        inject: async ({ parley }) => {
          await parley.kill();
          await redis.flushall();
          await parley.up();
        },
      },
    ];
    for (const fault of chosen(faults)) test(fault.name, () => row(world, fault), rounds * ROUND_MS);

    test('after all of it Parley says that it is well', async () => {
      await eventually(async () => (await fetch(`${world.parley.url}/api/v1/ready`)).ok || undefined);
    });
  });
}
