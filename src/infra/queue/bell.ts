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
/** Of Redis: what does not fit is refused. Under any other policy it drops jobs, and what keeps them apart. */
const SAFE_POLICY = 'noeviction';

/**
 * A job that is lost or doubled does no harm, so every one of them may be removed when it is over, and a stalled one
 * is always given back: BullMQ's default would fail it for good at the second stall. Where the store itself failed, it is
 * asked again after a second; by default a worker would rest for 15.
 */
const WORK: Pick<
  WorkerOptions,
  'concurrency' | 'lockDuration' | 'stalledInterval' | 'maxStalledCount' | 'runRetryDelay'
> = {
  concurrency: CONCURRENCY,
  lockDuration: 30_000,
  stalledInterval: 15_000,
  maxStalledCount: 2 ** 31 - 1,
  runRetryDelay: 1_000,
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
  drop(queue: string): Promise<void>;
  close(): Promise<void>;
};

const queueOf = (nodeId?: string): string => (nodeId === undefined ? QUEUE : `${QUEUE}-${nodeId}`);

/** The bell of the chats on BullMQ: in PostgreSQL by default, in Redis where one is configured. */
export class QueueBell implements Bell {
  #worker: Closing | undefined;

  private constructor(
    private readonly store: Store,
    private readonly log: Log,
    /** Nobody comes back to this queue. */
    private readonly isOwn: boolean,
  ) {
    store.queue.on('error', (error) => log.warn('the queue has trouble', { error: errorText(error) }));
  }

  /** Opens the queue, empty: the rows say what is to be done, and nobody else works on it. */
  /** @param at.nodeId where several processes share a Redis: each has a queue of its own, for the users it holds */
  static async open(
    at: { databaseUrl: string; redisUrl: string | undefined; nodeId?: string },
    log: Log,
  ): Promise<QueueBell> {
    const store =
      at.redisUrl === undefined
        ? await inPostgres(at.databaseUrl, log)
        : await inRedis(at.redisUrl, queueOf(at.nodeId), log);
    const bell = new QueueBell(store, log, at.nodeId !== undefined);
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

  /** What was in the queues of nodes that are gone is found in the rows by whoever has their users now. */
  async drop(nodeIds: readonly string[]): Promise<void> {
    for (const id of nodeIds)
      await this.store
        .drop(queueOf(id))
        .catch((error: unknown) => this.log.debug('a queue could not be dropped', { error: errorText(error) }));
  }

  async close(): Promise<void> {
    await this.#worker?.close();
    if (this.isOwn) await limited(this.store.queue.obliterate({ force: true })).catch(() => undefined);
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
    drop: async () => undefined,
    close: () => pool.end(),
  };
}

/** The queue's own connection refuses while Redis is away, so that no call hangs; the worker's waits for its return. */
async function inRedis(redisUrl: string, name: string, log: Log): Promise<Store> {
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
  const policy = await evictionPolicy(adding);
  if (policy !== undefined && policy !== SAFE_POLICY)
    log.warn(
      `the Redis of REDIS_URL may drop what is in it: its maxmemory-policy is ${policy}. What goes later then goes late, and nothing is lost. Set it to ${SAFE_POLICY}.`,
    );
  return {
    queue: new Queue<ChatJob>(name, { connection: adding, prefix: PREFIX, skipWaitingForReady: true }),
    work: (run) => new Worker<ChatJob>(name, run, { connection: working, prefix: PREFIX, ...WORK }),
    drop: async (gone) => {
      const queue = new Queue<ChatJob>(gone, { connection: adding, prefix: PREFIX, skipWaitingForReady: true });
      await limited(queue.obliterate({ force: true }));
      await queue.close();
    },
    close,
  };
}

/** As Redis says it; undefined where it does not say. */
async function evictionPolicy(redis: Redis): Promise<string | undefined> {
  const said = await limited(redis.info('memory')).catch(() => '');
  return /^maxmemory_policy:(\S+)/m.exec(said)?.[1];
}

function limited<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the queue does not answer')), LIMIT_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
