import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { part } from './part.ts';
import { BenchServer } from './server.ts';
import { median } from './statistics.ts';
import { ms, times as timesOf } from './words.ts';

const times = 3;

type StartFigures = {
  firstMs: number;
  secondMs: number;
  stopMs: number;
  /** A bare Node process until its HTTP server listens; missing from figures of before it was measured. */
  floorMs?: number;
};

export const start = part<StartFigures>({
  name: 'start',
  measure: ({ tell }) => {
    tell('starting and stopping');
    return measureStart();
  },
  lines: ({ firstMs, secondMs, stopMs, floorMs }) => [
    { what: 'first start, empty folder, until ready', parley: ms(firstMs) },
    {
      what: 'second start, until ready',
      parley: ms(secondMs),
      ...(floorMs !== undefined && { against: { 'bare relay': `${ms(floorMs)} (${timesOf(secondMs / floorMs)})` } }),
    },
    { what: 'stop', parley: ms(stopMs) },
  ],
  ratios: ({ firstMs, secondMs, floorMs = Number.NaN }) => [
    { what: 'first start, to a bare Node', value: firstMs / floorMs },
    { what: 'second start, to a bare Node', value: secondMs / floorMs },
  ],
});

/** Until it says that it is ready: in an empty folder, and again; and from SIGTERM until it is gone. What is built is built. */
async function measureStart(): Promise<StartFigures> {
  const [first, second, stop, floor]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let time = 0; time < times; time += 1) {
    floor.push(await bareStart());
    const server = new BenchServer();
    try {
      first.push(await server.up());
      await server.setUp();
      await server.down();
      second.push(await server.up());
      stop.push(await server.down());
    } finally {
      await server.remove();
    }
  }
  return { firstMs: median(first), secondMs: median(second), stopMs: median(stop), floorMs: median(floor) };
}

/** A Node process that serves nothing, until it listens. */
async function bareStart(): Promise<number> {
  const begun = performance.now();
  const listens = "require('node:http').createServer().listen(0, '127.0.0.1', () => console.log('ready'))";
  const child = spawn(process.execPath, ['-e', listens], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), gone]);
  const took = performance.now() - begun;
  child.kill('SIGTERM');
  await gone;
  return took;
}
