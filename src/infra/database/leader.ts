import pg from 'pg';

/** Any number, the same in every process. */
const LOCK = 0x50_61_72_6c_66_79;
/** A leader that hangs, or is cut off, loses the lock after this; it asks more often than that while it is well. */
const IDLE_MINUTES = 20;

/**
 * Which of several processes does what only one has to: the one that has a lock of the database, on a connection of its
 * own, so that the lock goes with the process however it ends. What is done under it has to bear being done twice.
 */
export class Leader {
  readonly #url: string;
  #client: pg.Client | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /** Whether this process leads now; takes the lead where nobody has it. False while the database is away. */
  async leads(): Promise<boolean> {
    if (this.#client === undefined) this.#client = await this.#take();
    else await this.#client.query('SELECT 1').catch(() => this.release());
    return this.#client !== undefined;
  }

  async release(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  /** A connection that has the lock, or none. */
  async #take(): Promise<pg.Client | undefined> {
    const client = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
      keepAlive: true,
      application_name: 'parley-leader',
      options: `-c idle_session_timeout=${IDLE_MINUTES}min`,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [LOCK]);
      if (rows[0]?.taken === true) return client;
    } catch {
      // The database is away.
    }
    await client.end().catch(() => undefined);
    return undefined;
  }
}
