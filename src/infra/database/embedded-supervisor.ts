import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { errorLine, StartError } from '../start-error.js';
import { type ServerPlace, type ServerProcess, spawnServer } from './embedded-process.js';

const DATABASE = 'parley';
const READY_MS = 120_000;
/** A start that takes longer is replaying what a crash left. */
const SLOW_START_MS = 1_500;
const RESTARTS = 5;
const RESTART_WINDOW_MS = 60_000;

export type SupervisorOptions = {
  log?: { debug(line: string): void; warn(line: string): void };
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
  /** How the pauses of one that keeps dying pass; as time does, by default. */
  pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
};

const inTime = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });

/** Keeps one PostgreSQL running until it is told to stop; one that dies more than five times a minute is given a minute's rest. */
export class Supervisor {
  readonly #place: ServerPlace;
  readonly #url: string;
  readonly #options: SupervisorOptions;
  readonly #stopping = new AbortController();
  #server: ServerProcess | undefined;
  #deaths: number[] = [];

  constructor(place: ServerPlace, url: string, options: SupervisorOptions) {
    this.#place = place;
    this.#url = url;
    this.#options = options;
  }

  async start(): Promise<void> {
    const deadline = performance.now() + READY_MS;
    for (;;) {
      const server = spawnServer(this.#place, (line) => this.#options.log?.debug(line));
      this.#server = server;
      const outcome = await this.#untilReady(server, deadline);
      if (outcome === 'ready') {
        void server.ended.then(() => this.#onDeath());
        return;
      }
      await server.stop();
      if (this.#aborted()) throw new StartError('The start was broken off.');
      // What a killed PostgreSQL leaves behind (its memory, its children) goes away by itself within moments.
      const passing = server.said().some((line) => /pre-existing shared memory|lock file .* already exists/.test(line));
      if (!passing || performance.now() >= deadline) throw failed(server, outcome);
      await sleep(250);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#server?.stop();
  }

  #aborted(): boolean {
    return this.#stopping.signal.aborted || this.#options.signal?.aborted === true;
  }

  async #untilReady(server: ServerProcess, deadline: number): Promise<string> {
    let dead = false;
    void server.ended.then(() => {
      dead = true;
    });
    const since = performance.now();
    for (let said = false; !dead && !this.#aborted(); ) {
      const answer = await tryDatabase(this.#url);
      if (answer === 'ready') return answer;
      if (performance.now() >= deadline) return answer;
      if (answer.includes('starting up') && !said && performance.now() - since > SLOW_START_MS) {
        said = true;
        this.#options.onProgress?.('recovering the database after a crash');
      }
      await sleep(20);
    }
    return 'it ended';
  }

  async #onDeath(): Promise<void> {
    if (this.#aborted()) return;
    this.#options.log?.warn('PostgreSQL ended by itself and is started again');
    const now = performance.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < RESTART_WINDOW_MS), now];
    try {
      if (this.#deaths.length > RESTARTS) await this.#pause(RESTART_WINDOW_MS);
      await this.start();
    } catch (error) {
      if (this.#aborted()) return;
      this.#options.log?.warn(errorLine(error));
      await this.#pause(RESTART_WINDOW_MS / RESTARTS).catch(() => undefined);
      await this.#onDeath();
    }
  }

  #pause(ms: number): Promise<unknown> {
    return (this.#options.pause ?? inTime)(ms, this.#stopping.signal);
  }
}

/** Connects, and makes the database on the first time. Answers `ready` or what is in the way. */
async function tryDatabase(url: string): Promise<string> {
  const own = new URL(url);
  own.pathname = '/postgres';
  const client = new Client({ connectionString: own.href, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    return 'ready';
  } catch (error) {
    return errorLine(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function failed(server: ServerProcess, outcome: string): StartError {
  const line = server.said().find((said) => /FATAL|PANIC/.test(said)) ?? server.said().at(-1) ?? outcome;
  return new StartError(
    `The embedded PostgreSQL does not start: ${line.replace(/^.*?(FATAL|PANIC|ERROR): +/, '').trim()}.`,
  );
}
