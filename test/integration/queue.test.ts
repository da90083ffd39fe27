import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { QueueBell } from '../../src/infra/queue/bell.js';
import { startDatabase, type TestDatabase } from '../support/database.js';
import { labOrSkip } from '../support/lab.js';

/** A process that is given the chat "stuck" and never finishes with it. It says so when it has begun. */
const HANGS = `
import { QueueBell } from ${JSON.stringify(path.resolve('dist/infra/queue/bell.js'))};
const log = { debug() {}, info() {}, warn() {} };
const bell = await QueueBell.open({ databaseUrl: process.argv[1], redisUrl: process.argv[2] || undefined }, log);
bell.start(() => { process.stdout.write('begun'); return new Promise(() => {}); });
await bell.ring('stuck');
`;

const silent = { debug: () => {}, info: () => {}, warn: () => {} };
const until = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 10 });

let database: TestDatabase;
beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database.stop());

const lab = await labOrSkip(['redis']);
const stores: [string, () => string | undefined][] = [
  ['PostgreSQL', () => undefined],
  ...(lab ? [['Redis', () => lab.redis.url] satisfies [string, () => string]] : []),
];

describe.each(stores)('the bell in %s', (_name, redisUrl) => {
  const open = () => QueueBell.open({ databaseUrl: database.url, redisUrl: redisUrl() }, silent);

  test('rings each chat, and once more where it rang while the chat was being drained', async () => {
    const bell = await open();
    const rung: string[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    bell.start(async (chat) => {
      rung.push(chat);
      if (chat === 'slow') await held;
    });
    await bell.ring('slow');
    await until(() => expect(rung).toEqual(['slow']));
    for (let i = 0; i < 20; i += 1) await bell.ring('slow');
    await bell.ring('quick');
    await until(() => expect(rung).toEqual(['slow', 'quick']));
    release();
    await until(() => expect(rung).toEqual(['slow', 'quick', 'slow']));
    await bell.close();
  });

  test('a bell for later neither holds back one that rings at once nor is lost', async () => {
    const bell = await open();
    const rung: string[] = [];
    bell.start(async (chat) => void rung.push(chat));
    await bell.ring('chat', 1_500);
    await bell.ring('chat', 1_500);
    await bell.ring('chat');
    await until(() => expect(rung).toHaveLength(1));
    await until(() => expect(rung.length).toBeGreaterThanOrEqual(2));
    await bell.close();
  });

  test('what a person waits for goes before what was rung in bulk', async () => {
    const bell = await open();
    for (let at = 0; at < 60; at += 1) await bell.ring(`many-${at}`, 0, true);
    await bell.ring('person');
    const rung: string[] = [];
    bell.start(async (chat) => void rung.push(chat));
    await until(() => expect(rung).toHaveLength(61));
    expect(rung[0]).toBe('person');
    await bell.close();
  });

  test('what a killed process left does not hold its chat back', async () => {
    const killed = spawn(process.execPath, ['--input-type=module', '-e', HANGS, database.url, redisUrl() ?? ''], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(killed.stdout, 'data');
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const second = await open();
    const rung: string[] = [];
    second.start(async (chat) => void rung.push(chat));
    await second.ring('stuck');
    await until(() => expect(rung).toEqual(['stuck']));
    await second.close();
  });

  test('a drain that throws is rung again without harm', async () => {
    const bell = await open();
    const rung: string[] = [];
    bell.start(async (chat) => {
      rung.push(chat);
      if (rung.length === 1) throw new Error('the database is away');
    });
    await bell.ring('chat');
    await until(() => expect(rung).toHaveLength(1));
    await until(async () => {
      await bell.ring('chat');
      expect(rung.length).toBeGreaterThanOrEqual(2);
    });
    await bell.close();
  });
});

if (lab) {
  test('a Redis that may drop what is in it is warned of at the start', async () => {
    const warned: string[] = [];
    const open = async () => {
      const log = { ...silent, warn: (line: string) => warned.push(line) };
      await (await QueueBell.open({ databaseUrl: database.url, redisUrl: lab.redis.url }, log)).close();
    };
    const redis = new Redis(lab.redis.url);
    try {
      await open();
      expect(warned).toEqual([]);
      await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await open();
      expect(warned).toEqual([expect.stringMatching(/maxmemory-policy is allkeys-lru.* Set it to noeviction/)]);
    } finally {
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      redis.disconnect();
    }
  });

  test('while Redis is away a ring fails in bounded time, and rings again once it is back', async () => {
    const bell = await QueueBell.open({ databaseUrl: database.url, redisUrl: lab.redis.url }, silent);
    const rung: string[] = [];
    bell.start(async (chat) => void rung.push(chat));
    await lab.redis.down();
    await expect(bell.ring('chat')).rejects.toThrow();
    await expect(bell.check()).rejects.toThrow();
    await lab.redis.up();
    await vi.waitFor(() => bell.ring('chat'), { timeout: 20_000, interval: 200 });
    await until(() => expect(rung).toContain('chat'));
    await bell.close();
  }, 60_000);
}
