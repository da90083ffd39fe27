import type { Figures } from './figures.ts';
import { BenchServer } from './server.ts';
import { median } from './statistics.ts';

const times = 3;

/** Until it says that it is ready: in an empty folder, and again; and from SIGTERM until it is gone. What is built is built. */
export async function measureStart(): Promise<Figures['start']> {
  const [first, second, stop]: number[][] = [[], [], []];
  for (let time = 0; time < times; time += 1) {
    const server = new BenchServer();
    try {
      first?.push(await server.up());
      await server.setUp();
      await server.down();
      second?.push(await server.up());
      stop?.push(await server.down());
    } finally {
      await server.remove();
    }
  }
  return { firstMs: median(first ?? []), secondMs: median(second ?? []), stopMs: median(stop ?? []) };
}
