import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labOrSkip } from '../support/lab.js';
import { Namespace, type Wire } from '../support/namespace.js';
import { type Cluster, startCluster } from './cluster.js';
import { Line } from './line.js';
import { Random } from './random.js';
import { isFull } from './world.js';

/**
 * A node on a host of its own (a network namespace), with one wire to PostgreSQL and Redis and another to the IRC server.
 * The first is cut: its connections stay open and carry nothing, while it lives, and its people are still connected. It
 * has to hang up before another node may take them over: nobody is to be there twice, nor to say anything late.
 */
const lab = isFull ? await labOrSkip(['redis']) : undefined;
const namespace = lab === undefined ? undefined : Namespace.make();
const random = new Random(1);
test.skipIf(isFull)('a node that is cut off: in runs with FAULT_ROUNDS', () => {});

if (lab && namespace)
  describe('a node on a host of its own', () => {
    let all: Cluster;
    let services: Wire;
    const lines: Line[] = [];
    beforeAll(async () => {
      services = namespace.wire();
      const networks = namespace.wire();
      all = await startCluster(lab.redis.url, networks.host);
      const database = new URL(all.database.url);
      const file = `${database.searchParams.get('host')}/.s.PGSQL.5432`;
      lines.push(await Line.to(file, random, services.host));
      lines.push(await Line.to(Number(new URL(lab.redis.url).port), random, services.host));
      const [toDatabase, toRedis] = lines.map(({ port }) => `${services.host}:${port}`);
      database.searchParams.delete('host');
      database.host = toDatabase ?? '';
      const port = String(lines[0]?.port);
      const env = {
        ...{ DATABASE_URL: database.href, REDIS_URL: `redis://${toRedis}`, HOST: '0.0.0.0', PORT: port },
        PARLEY_NODE_URL: `http://${services.inside}:${port}`,
      };
      all.connectors.push(await all.node('api,connector', env, namespace.enter));
      await all.shared(3, 3);
    });
    afterAll(async () => {
      try {
        services.mend();
        await all.stop();
        for (const line of lines) await line.close();
      } finally {
        namespace.remove();
      }
    });

    test.each([1, 2])(
      'cut off in mid-send, time %i: its people are elsewhere, and it is told when it is back',
      async () => {
        const [here, there] = all.connectors;
        const moved = await all.nicksOf(there!);
        expect(moved.size).toBe(3);
        const sending = Promise.all([all.sendAll(here), all.sendAll(here), all.sendAll(here)]);
        sending.catch(() => undefined);
        const since = performance.now();
        services.cut();
        // Gone, and there again: by somebody else's hand.
        const ms = await all.taken(moved, there!, since);
        console.log(`cut off: ${moved.size} users elsewhere after ${ms} ms`);
        await sending;
        await all.sendAll(here);
        await sleep(Math.max(0, 20_000 - (performance.now() - since)));
        services.mend();
        await all.sendAll(here);
        await all.shared(3, 3);
        await all.sendAll(here);
        await all.allWell();
      },
    );
  });
