import { execFile as execFileWithCallback } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { caller, tokenOf } from '../support/caller.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, OWNER } from '../support/parley.js';
import { type Cluster, startCluster, USERS } from './cluster.js';

/**
 * Several real processes on one PostgreSQL and one Redis, and an IRC server that writes down who is connected and what
 * they say. One test after the other changes the nodes; what must hold is looked at after each.
 */
const lab = await labOrSkip(['redis']);
const execFile = promisify(execFileWithCallback);

/** A stream that has begun. */
async function opened(url: string, bearer: string): Promise<WebSocket> {
  const headers = { authorization: `Bearer ${bearer}` };
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/stream`, { headers });
  await once(socket, 'message');
  return socket;
}

if (lab)
  describe('several processes', () => {
    let all: Cluster;
    beforeAll(async () => {
      all = await startCluster(lab.redis.url);
    });
    afterAll(() => all.stop());

    test('calls at any process reach the one that holds the user, and its stream comes by way of another', async () => {
      await all.sendAll(all.api);
      await all.sendAll(all.connectors[0]);
      for (const { nick } of all.people) expect(all.irc.say(nick, 'friend', `hello ${nick}`)).toBe(true);
      await eventually(() =>
        all.people.every(({ stream, nick }) => [...stream.texts.values()].includes(`hello ${nick}`)),
      );
      await all.allWell();
    });

    test('a node that comes gets its part, while messages go out', async () => {
      all.connectors.push(await all.node('api,connector'));
      await Promise.all([
        all.shared(3, 3),
        (async () => {
          for (let n = 0; n < 10; n += 1) await all.sendAll();
        })(),
      ]);
      await all.everybodyBack(performance.now());
      await all.allWell();
    });

    test('a node is killed: its users are elsewhere', async () => {
      const [first, second] = all.connectors;
      const moved = await all.nicksOf(second!);
      const since = performance.now();
      await Promise.all([second!.kill(), all.sendAll()]);
      const ms = await all.everybodyBack(since, moved);
      console.log(`killed: ${moved.size} users elsewhere after ${ms} ms`);
      await all.sendAll();
      expect((await all.nicksOf(first!)).size).toBe(USERS);
      await all.allWell();
      await second!.up();
      await all.shared(3, 3);
    });

    test('a node that is asked to end gives its users away at once', async () => {
      const [, second] = all.connectors;
      const moved = await all.nicksOf(second!);
      const since = performance.now();
      await Promise.all([second!.down(), all.sendAll()]);
      const ms = await all.everybodyBack(since, moved);
      console.log(`asked to end: ${moved.size} users elsewhere after ${ms} ms`);
      await all.allWell();
      await second!.up();
      await all.shared(3, 3);
    });

    test('a node that is stopped for 35 s and wakes writes nothing and says nothing', async () => {
      const [, second] = all.connectors;
      const moved = await all.nicksOf(second!);
      const since = performance.now();
      // So that something is on its way while it stops.
      const sending = Promise.all([
        all.sendAll(all.connectors[0]),
        all.sendAll(all.connectors[0]),
        all.sendAll(all.connectors[0]),
      ]);
      sending.catch(() => undefined);
      second!.signal('SIGSTOP');
      all.irc.stall(moved);
      const ms = await all.everybodyBack(since, moved).catch((error: unknown) => {
        throw new Error(all.connectors[0]?.said.slice(-2_000), { cause: error });
      });
      console.log(`stopped: ${moved.size} users elsewhere after ${ms} ms`);
      await sending;
      await all.sendAll(all.connectors[0]);
      await sleep(Math.max(0, 35_000 - (performance.now() - since)));
      second!.signal('SIGCONT');
      await all.sendAll(all.connectors[0]);
      await all.shared(3, 3);
      await all.everybodyBack(performance.now());
      await all.allWell();
    });

    test('a client goes from process to process, and back', async () => {
      for (const at of [all.connectors[0]!, all.connectors[1]!, all.api]) {
        for (const { stream } of all.people) stream.move(at.url);
        await all.sendAll(at);
      }
      await all.allWell();
      for (const { stream } of all.people) expect(stream.revs).toEqual([...stream.revs].sort((a, b) => a - b));
    });

    test('a session signed out at one process, or a token revoked there, ends its streams at the others', async () => {
      const { token: own } = all.people[0]!;
      const [there, here] = [all.connectors[0]!, all.connectors[1]!];
      const { email } = Object((await caller(all.api.url)('GET', '/me', { token: own })).json);
      const session = tokenOf(
        (await caller(all.api.url)('POST', '/sessions', { json: { email, password: OWNER.password } })).json,
      );
      const { id, token } = Object(
        (await caller(all.api.url)('POST', '/tokens', { json: { name: 'x' }, token: own })).json,
      );
      const streams = await Promise.all([session, token].map((bearer) => opened(there.url, bearer)));
      const ends = streams.map((socket) => once(socket, 'close', { signal: AbortSignal.timeout(20_000) }));
      await caller(here.url)('DELETE', '/sessions/current', { token: session });
      expect((await ends[0]!)[0]).toBe(1008);
      expect(streams[1]!.readyState).toBe(WebSocket.OPEN);
      await caller(here.url)('DELETE', `/tokens/${id}`, { token: own });
      expect((await ends[1]!)[0]).toBe(1008);
    });

    test('Redis forgets everything, and goes: slower, never lost', async () => {
      await Promise.all([all.redis.flushall(), all.sendAll()]);
      await lab.redis.down();
      await all.sendAll();
      await all.allWell();
      const [, second] = all.connectors;
      const moved = await all.nicksOf(second!);
      const since = performance.now();
      await second!.down();
      console.log(`asked to end without Redis: elsewhere after ${await all.everybodyBack(since, moved)} ms`);
      await lab.redis.up();
      await all.sendAll();
      await all.allWell();
    });

    test('a process that knows nothing of the others does not start beside them', async () => {
      const data = mkdtempSync(path.join(os.tmpdir(), 'parley-other-'));
      const env = {
        PATH: process.env.PATH,
        PORT: '0',
        DATABASE_URL: all.database.url,
        PARLEY_DATA: data,
        PARLEY_SECRET_KEY: all.key,
      };
      const lonely = execFile(process.execPath, [path.resolve('dist/main.js')], { env, timeout: 60_000 });
      await expect(lonely).rejects.toThrow('all of them need REDIS_URL');
      rmSync(data, { recursive: true, force: true });
    });
  });
