import { expect, test } from 'vitest';
import { measureBroadcast } from '../bench/broadcast.js';
import { BenchServer } from '../bench/server.js';

test('a broadcast over four networks reaches everybody once, and one that is cancelled ends', async () => {
  const server = new BenchServer();
  try {
    await server.up();
    const measured = await measureBroadcast(server, await server.setUp(), () => {}, 200);
    expect(measured.wire).toEqual({ messages: 200, people: 200 });
    expect(measured.progress).toMatchObject({ waiting: 0, queued: 0, sending: 0, failed: 0, problem: 0 });
    const { same, other } = measured.chats.during;
    expect([same.lost, other.lost]).toEqual([0, 0]);
    // Live: at least once a second, on a machine that may be busy.
    expect(measured.client.gapMs.p50).toBeLessThan(1_500);
    expect(measured.cancel.later).toBe(0);
    expect(measured.cancel.progress.cancelled).toBeGreaterThan(0);
  } finally {
    await server.remove();
  }
}, 300_000);
