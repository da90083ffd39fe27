import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { postgresOf, postmasterOf } from './database.js';
import { type Lanes, laneServers, openLanes } from './lanes.js';
import { Random } from './random.js';
import { type Figures, round, sum } from './round.js';

/**
 * The fault table against real servers: numbered messages to people on IRC, XMPP, mail and SMS while something breaks;
 * afterwards what Parley says of each beside what came. `FAULT_ROUNDS` rounds of each row (one by default), with the
 * random times of `FAULT_SEED`.
 */
const lab = await labOrSkip([...laneServers, 'redis'], ['people']);
const rounds = Number(process.env.FAULT_ROUNDS ?? 1);
const seed = Number(process.env.FAULT_SEED ?? 20_261_128);
const ROUND_MS = 240_000;

type World = { parley: Parley; lanes: Lanes };
type Fault = { name: string; inject(world: World, random: Random): Promise<void> };

async function table(world: () => World, { name, inject }: Fault): Promise<void> {
  const figures: Figures[] = [];
  for (let index = 0; index < rounds; index += 1) {
    const { parley, lanes } = world();
    const random = new Random(seed + index * 7919);
    for (const { accountId } of lanes.all) await parley.online(accountId);
    const done = await round(parley, lanes.all, random, () => inject(world(), random)).catch((error: unknown) => {
      throw new Error(`Parley said:\n${parley.said}`, { cause: error });
    });
    figures.push(done);
  }
  const all = sum(figures);
  const { accepted, sent, unknown, failed, received, lost, doubled } = all;
  console.log(
    `fault: ${name} | ${rounds} rounds | accepted ${accepted}, sent ${sent}, in doubt ${unknown}, failed ${failed}, ` +
      `received ${received}, lost ${lost.length}, doubled ${doubled.length}${all.reasons.map((why) => `\n  ${why}`).join('')}`,
  );
  expect(all).toMatchObject({ lost: [], doubled: [], disordered: [], open: [] });
  expect(sent + unknown + failed).toBe(accepted);
}

async function start(env: Record<string, string>): Promise<World> {
  const parley = await Parley.start(env);
  await parley.setUp();
  return { parley, lanes: await openLanes(parley, lab!) };
}

async function end({ parley, lanes }: World): Promise<void> {
  await lanes.leave();
  await parley.remove();
}

if (lab) {
  describe('on the embedded default', () => {
    let world: World;
    beforeAll(async () => {
      world = await start({});
    });
    afterAll(() => end(world));

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
    for (const fault of faults) test(fault.name, () => table(() => world, fault), rounds * ROUND_MS);
  });

  describe('with Redis for the queue', () => {
    let world: World;
    let redis: Redis;
    let queue: Queue;
    beforeAll(async () => {
      world = await start({ REDIS_URL: lab.redis.url });
      redis = new Redis(lab.redis.url, { maxRetriesPerRequest: null });
      redis.on('error', () => {});
      queue = new Queue('chats', { connection: redis, prefix: 'parley' });
      queue.on('error', () => {});
    });
    afterAll(async () => {
      await queue.close();
      redis.disconnect();
      await end(world);
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
        name: 'the queue is paused',
        inject: async (_world, random) => {
          await queue.pause();
          await sleep(random.between(1_000, 6_000));
          await queue.resume();
        },
      },
      {
        name: 'Redis is emptied while Parley is killed',
        inject: async ({ parley }) => {
          await parley.kill();
          await redis.flushall();
          await parley.up();
        },
      },
    ];
    for (const fault of faults) test(fault.name, () => table(() => world, fault), rounds * ROUND_MS);

    test('after all of it Parley says that it is well', async () => {
      await eventually(async () => (await fetch(`${world.parley.url}/api/v1/ready`)).ok || undefined);
    });
  });
}
