import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, test } from 'vitest';
import { labOrSkip } from '../support/lab.js';
import { eventually } from '../support/parley.js';
import { laneServers } from './lanes.js';
import { Line, type Weather } from './line.js';
import { Random } from './random.js';
import { chosen, endWorld, type Fault, ROUND_MS, rounds, row, seed, startWorld, type World } from './world.js';

/**
 * The same messages to the same people, with a line of bad weather between Parley and each real server: what the
 * network itself does wrong. The people go to their servers by another way, so what they count is what came.
 */
const lab = await labOrSkip(laneServers, ['people']);

if (lab) {
  type Rainy = World & { lines: Line[] };
  let world: Rainy;
  beforeAll(async () => {
    const lines: Line[] = [];
    const random = new Random(seed);
    const through = async (port: number) => {
      const line = await Line.to(port, random);
      lines.push(line);
      return line.port;
    };
    world = { ...(await startWorld(lab, { through })), lines };
  });
  afterAll(async () => {
    await endWorld(world);
    await Promise.all(world.lines.map((line) => line.close()));
  });

  const fair: Weather = { is: 'fair' };
  const weather = ({ lines }: Rainy, there: Weather, back: Weather = there) => {
    for (const line of lines) line.weather(there, back);
  };
  const cut = ({ lines }: Rainy) => {
    for (const line of lines) line.cut();
  };
  /** Fair again, with the connections that the weather spoiled gone. */
  const mend = async (rainy: Rainy) => {
    weather(rainy, fair);
    cut(rainy);
  };
  const spell = (there: Weather, back: Weather, leastMs: number, mostMs: number): Fault<Rainy>['inject'] => {
    return async (rainy, random) => {
      weather(rainy, there, back);
      await sleep(random.between(leastMs, mostMs));
    };
  };

  const faults: Fault<Rainy>[] = [
    {
      name: 'everything is half a second late',
      inject: spell({ is: 'slow', leastMs: 50, mostMs: 800 }, { is: 'slow', leastMs: 50, mostMs: 800 }, 4_000, 8_000),
    },
    {
      name: 'everything comes a few bytes at a time',
      inject: spell({ is: 'dripping' }, { is: 'dripping' }, 2_000, 4_000),
    },
    {
      name: 'connections are reset every second, again and again',
      inject: async (rainy, random) => {
        for (let time = 0; time < 6; time += 1) {
          cut(rainy);
          await sleep(random.between(200, 1_500));
        }
      },
    },
    {
      name: 'what Parley says arrives, and every answer is lost',
      always: true,
      inject: spell(fair, { is: 'silent' }, 1_000, 4_000),
      mend,
    },
    {
      name: 'what Parley says is lost, while it is still spoken to',
      inject: spell({ is: 'silent' }, fair, 1_000, 4_000),
      mend,
    },
    {
      name: 'answers have wrong bytes in them',
      inject: spell(fair, { is: 'corrupt', oneIn: 200 }, 1_000, 4_000),
      mend,
    },
    { name: 'answers come twice', inject: spell(fair, { is: 'doubled', oneIn: 4 }, 1_000, 4_000), mend },
    { name: 'answers come in another order', inject: spell(fair, { is: 'disordered', oneIn: 3 }, 1_000, 4_000), mend },
    {
      name: 'the lines go silent for good, and only new ones come through',
      inject: async ({ lines }) => {
        for (const line of lines) line.strand({ is: 'silent' });
      },
    },
  ];
  for (const fault of chosen(faults)) test(fault.name, () => row(world, fault), rounds * ROUND_MS);

  test('after all of it every account is connected, once', async () => {
    for (const { accountId } of world.lanes.all) await world.parley.online(accountId);
    await eventually(() => world.lines.every((line) => line.open <= 4) || undefined, 60_000);
  });
}
