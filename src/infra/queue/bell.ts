import {
  createPostgresBackend,
  type JobsOptions,
  Queue,
  runMigrations,
  Worker,
  type WorkerOptions,
  withBackend,
} from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Bell } from '../../core/delivery/queue.js';
import { errorText, type Log } from '../../core/log.js';
import { survive } from '../database/pool.js';
import { errorLine, StartError } from '../start-error.js';

const { Queue: PgQueue, Worker: PgWorker } = withBackend(createPostgresBackend);

const QUEUE = 'chats';
const SCHEMA = 'bullmq';
const PREFIX = 'parley';
const CONCURRENCY = 50;
/** Jobs without a priority go before those with one. */
const BULK = 10;
/** Longest any call waits for the queue. A bell that did not ring by then is rung again by the sweep. */
const LIMIT_MS = 5_000;
/** Later bells of one chat that fall into the same second are one job. */
const LATER_STEP_MS = 1_000;

/**
 * A job that is lost or doubled does no harm, so every one of them may be removed when it is over, and a stalled one
 * is always given back: BullMQ's default would fail it for good at the second stall.
 */
const WORK: Pick<WorkerOptions, 'concurrency' | 'lockDuration' | 'stalledInterval' | 'maxStalledCount'> = {
  concurrency: CONCURRENCY,
  lockDuration: 30_000,
  stalledInterval: 15_000,
  maxStalledCount: 2 ** 31 - 1,
};
const OVER: JobsOptions = { removeOnComplete: true, removeOnFail: true };

type ChatJob = { chatId: string };
type Closing = { close(): Promise<void>; on(event: 'error', listener: (error: Error) => void): unknown };
/** What is used of BullMQ's classes, the same over both backends. */
type ChatQueue = Closing & {
  add(name: string, job: ChatJob, options: JobsOptions): Promise<unknown>;
  obliterate(options: { force: boolean }): Promise<unknown>;
  getJobCountByTypes(type: 'waiting'): Promise<number>;
};
type Store = {
  queue: ChatQueue;
  work(run: (job: { data: ChatJob }) => Promise<void>): Closing;
  close(): Promise<void>;
};

/** The bell of the chats on BullMQ: in PostgreSQL by default, in Redis where one is configured. */
export class QueueBell implements Bell {
  #worker: Closing | undefined;

  private constructor(
    private readonly store: Store,
    private readonly log: Log,
  ) {
    store.queue.on('error', (error) => log.warn('the queue has trouble', { error: errorText(error) }));
  }

  /** Opens the queue, empty: the rows say what is to be done, and nobody else works on it. */
  static async open(at: { databaseUrl: string; redisUrl: string | undefined }, log: Log): Promise<QueueBell> {
    const store = at.redisUrl === undefined ? await inPostgres(at.databaseUrl, log) : await inRedis(at.redisUrl, log);
    const bell = new QueueBell(store, log);
    await limited(store.queue.obliterate({ force: true })).catch((error: unknown) =>
      log.warn('the queue could not be emptied', { error: errorText(error) }),
    );
    return bell;
  }

  /**
   * At once: while a job of the chat waits, this one is it; while one runs, one more follows. Later: a job of its own,
   * so that it never holds back a bell that rings at once.
   */
  async ring(chatId: string, delayMs = 0, bulk = false): Promise<void> {
    const later = { delay: delayMs, jobId: `${chatId}-${Math.ceil((Date.now() + delayMs) / LATER_STEP_MS)}` };
    const now = { deduplication: { id: chatId, keepLastIfActive: true } };
    const options = { ...OVER, ...(delayMs > 0 ? later : now), ...(bulk ? { priority: BULK } : {}) };
    await limited(this.store.queue.add('drain', { chatId }, options));
  }

  /** Works until `close`. */
  start(drain: (chatId: string) => Promise<void>): void {
    this.#worker = this.store.work(async ({ data: { chatId } }) => {
      await drain(chatId).catch((error: unknown) =>
        this.log.warn('a chat could not be drained', { chatId, error: errorText(error) }),
      );
    });
    this.#worker.on('error', (error) => this.log.warn('the queue has trouble', { error: errorText(error) }));
  }

  /** @throws where the queue cannot be reached */
  async check(): Promise<void> {
    await limited(this.store.queue.getJobCountByTypes('waiting'));
  }

  async close(): Promise<void> {
    await this.#worker?.close();
    await this.store.queue.close();
    await this.store.close();
  }
}

async function inPostgres(databaseUrl: string, log: Log): Promise<Store> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    options: `-c search_path=${SCHEMA}`,
    max: 10,
    connectionTimeoutMillis: LIMIT_MS,
    keepAlive: true,
  });
  survive(pool, (error) => log.warn('a connection of the queue was lost', { error: errorText(error) }));
  const client = await pool.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    client.release();
  }
  return {
    queue: new PgQueue<ChatJob>(QUEUE, { connection: pool }),
    work: (run) => new PgWorker<ChatJob>(QUEUE, run, { connection: pool, ...WORK }),
    close: () => pool.end(),
  };
}

/** The queue's own connection refuses while Redis is away, so that no call hangs; the worker's waits for its return. */
async function inRedis(redisUrl: string, log: Log): Promise<Store> {
  const adding = new Redis(redisUrl, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    connectTimeout: LIMIT_MS,
    lazyConnect: true,
  });
  const working = new Redis(redisUrl, { maxRetriesPerRequest: null, connectTimeout: LIMIT_MS, lazyConnect: true });
  const connections = [adding, working];
  for (const redis of connections)
    redis.on('error', (error) => log.debug('Redis is away', { error: errorText(error) }));
  const close = async () => {
    for (const redis of connections) redis.disconnect();
  };
  try {
    await limited(Promise.all(connections.map((redis) => redis.connect())));
  } catch (error) {
    await close();
    throw new StartError(`The Redis of REDIS_URL cannot be used: ${errorLine(error)}.`, { cause: error });
  }
  return {
    queue: new Queue<ChatJob>(QUEUE, { connection: adding, prefix: PREFIX, skipWaitingForReady: true }),
    work: (run) => new Worker<ChatJob>(QUEUE, run, { connection: working, prefix: PREFIX, ...WORK }),
    close,
  };
}

function limited<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the queue does not answer')), LIMIT_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
