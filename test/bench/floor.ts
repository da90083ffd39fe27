import type { Outcome, Way } from './arrivals.ts';
import { Child } from './children.ts';
import type { Load } from './load.ts';
import type { ProcessMemory } from './process-use.ts';
import { Watcher } from './watcher.ts';

const channel = '#floor';

/** The bare relay in a process of its own, on the same generator as what is compared with it. */
export class Floor implements Way {
  private constructor(
    private readonly child: Child,
    private readonly load: Load,
    private readonly url: string,
    private readonly watcher: Watcher,
  ) {}

  static async open(load: Load): Promise<Floor> {
    const child = new Child('relay-child.ts');
    try {
      const url = String(await child.ask('relay', load.host, load.port, channel));
      await load.untilMembers(channel, 1, 10_000);
      return new Floor(child, load, url, await Watcher.open(url));
    } catch (error) {
      await child.stop();
      throw error;
    }
  }

  rate(perSecond: number, seconds: number): Promise<Outcome> {
    return this.watcher.watch(() => this.load.rate(perSecond, seconds, { to: channel }));
  }

  /** As seen by so many browsers at once. */
  async rateTo(browsers: number, perSecond: number, seconds: number): Promise<Outcome[]> {
    const watchers = await Promise.all(Array.from({ length: browsers }, () => Watcher.open(this.url)));
    try {
      return await Watcher.watchAll(watchers, () => this.load.rate(perSecond, seconds, { to: channel }));
    } finally {
      for (const watcher of watchers) watcher.close();
    }
  }

  burst(count: number): Promise<Outcome> {
    return this.watcher.watch(() => this.load.burst(count, { to: channel }));
  }

  async close(): Promise<void> {
    this.watcher.close();
    await this.child.stop();
  }
}

/** What one more idle IRC connection takes in a bare Node process: a socket that takes lines apart, and nothing kept. */
export async function idleFloorKiB(load: Load, first: number, more: number): Promise<number> {
  const child = new Child('relay-child.ts');
  try {
    const few = (await child.ask('idle', load.host, load.port, first)) as ProcessMemory;
    const many = (await child.ask('idle', load.host, load.port, more)) as ProcessMemory;
    return (many.pssKiB - few.pssKiB) / more;
  } finally {
    await child.stop();
  }
}
