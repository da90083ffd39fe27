import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { StartError } from '../start-error.js';

/** Any number, the same in every process. */
const LOCK = 0x50_61_72_6c_65_79;
const WAIT_MS = 10_000;
const STEP_MS = 250;
const OTHERS = {
  only: 'Another Parley is using this database. Stop it, or set DATABASE_URL to another database; for several processes on one database all of them need REDIS_URL.',
  node: 'A Parley without REDIS_URL is using this database alone. Stop it, or give it REDIS_URL too.',
};

/**
 * Makes this process the only one that holds the accounts of a database, so that none is ever connected twice: a
 * lock that the database itself gives back when our connection ends, however it ends. A lost connection takes it
 * again; where another process was faster, `lost` is told and this process has to end. Nodes, which agree among
 * themselves on who holds whom, have it together, and keep out a process that knows nothing of them.
 * @throws StartError where another process holds it
 */
export async function becomeSoleHolder(
  url: string,
  lost: (error: Error) => void,
  signal: AbortSignal,
  as: 'only' | 'node' = 'only',
): Promise<{ release(): Promise<void> }> {
  let released = false;
  let client = await take(url, signal, as);
  const watch = (held: pg.Client): void => {
    held.on('error', () => undefined);
    held.once('end', () => {
      if (released) return;
      again(url, signal, as).then(
        (next) => {
          client = next;
          watch(next);
        },
        (error) => {
          if (!signal.aborted) lost(error);
        },
      );
    });
  };
  watch(client);
  return {
    release: async () => {
      released = true;
      await client.end().catch(() => undefined);
    },
  };
}

/** The database may be away for as long as it likes; nobody else can take the lock from it then. */
async function again(url: string, signal: AbortSignal, as: 'only' | 'node'): Promise<pg.Client> {
  for (;;) {
    try {
      return await take(url, signal, as);
    } catch (error) {
      if (error instanceof StartError) throw error;
      await sleep(1_000, undefined, { signal });
    }
  }
}

const lock = {
  only: { take: 'pg_try_advisory_lock', first: 'UPDATE users SET holder = NULL WHERE holder IS NOT NULL' },
  node: { take: 'pg_try_advisory_lock_shared', first: undefined },
};

async function take(url: string, signal: AbortSignal, as: 'only' | 'node'): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: 'parley-holder',
  });
  client.on('error', () => undefined);
  await client.connect();
  // The connection of a process that was killed may live a moment longer.
  for (const deadline = performance.now() + WAIT_MS; ; ) {
    const { rows } = await client.query<{ taken: boolean }>(`SELECT ${lock[as].take}($1) AS taken`, [LOCK]);
    if (rows[0]?.taken === true) {
      // What nodes left behind that were killed.
      if (lock[as].first !== undefined) await client.query(lock[as].first);
      return client;
    }
    if (performance.now() >= deadline || signal.aborted) break;
    await sleep(STEP_MS);
  }
  await client.end();
  throw new StartError(OTHERS[as]);
}
