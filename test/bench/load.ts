import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './children.ts';
import type { IrcLoad, LoadRun } from './load-irc.ts';

export type Said = { text: string; atNs: bigint };

/** The load generator in a process of its own. */
export class Load implements Pick<IrcLoad, 'rate' | 'burst' | 'untilClients'> {
  readonly #child: Child;
  /** What clients have written, with the moment it came in. */
  readonly said: Said[] = [];
  host = '';
  port = 0;

  private constructor() {
    this.#child = new Child('load-child.ts', (what) => this.said.push(what as Said));
  }

  /** @param wanted a free one where none is named */
  static async start(senders = 10, wanted = 0): Promise<Load> {
    const load = new Load();
    const { host, port } = (await load.#child.ask('start', senders, wanted)) as { host: string; port: number };
    load.host = host;
    load.port = port;
    return load;
  }

  async rate(perSecond: number, seconds: number, target: { to?: string } = {}): Promise<LoadRun> {
    return (await this.#child.ask('rate', perSecond, seconds, target)) as LoadRun;
  }

  async burst(count: number, target: { to?: string } = {}): Promise<LoadRun> {
    return (await this.#child.ask('burst', count, target)) as LoadRun;
  }

  async untilClients(count: number, timeoutMs: number): Promise<void> {
    await this.#child.ask('untilClients', count, timeoutMs);
  }

  async untilMembers(channel: string, count: number, timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs;
    for (let members: unknown; ; await sleep(50)) {
      members = await this.#child.ask('members', channel);
      if (Number(members) >= count) return;
      if (performance.now() > end) throw new Error(`${members} of ${count} are in ${channel} within ${timeoutMs} ms`);
    }
  }

  /** Cuts every connection at once; the server is there again at once too. */
  async cut(): Promise<void> {
    await this.#child.ask('cut');
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
