import type { Shared } from './part.ts';
import { BenchServer } from './server.ts';

/** The server that several parts use one after the other: it is warm, as a server is that has run for a while. */
export class SharedServer {
  #shared: Promise<Shared> | undefined;

  get(): Promise<Shared> {
    this.#shared ??= start();
    return this.#shared;
  }

  async stop(): Promise<void> {
    const shared = await this.#shared?.catch(() => undefined);
    this.#shared = undefined;
    if (!shared) return;
    if (shared.server.complaints !== '') console.log(`the server said:\n${shared.server.complaints}`);
    await shared.server.remove();
  }
}

async function start(): Promise<Shared> {
  const server = new BenchServer();
  try {
    await server.up();
    const person = await server.setUp();
    await server.untilSettled();
    return { server, person };
  } catch (error) {
    await server.remove();
    throw error;
  }
}
