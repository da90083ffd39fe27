import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { errorLine } from '../start-error.js';

/** Files of 4 MiB: as many as `min_wal_size` keeps. */
export const WAL_FILES = 40;
/** So much has to be free, in bytes: room for messages goes before. */
const ENOUGH_FREE = 10 * WAL_FILES * 4 * 1024 * 1024;
const FIRST_REST_MS = 5_000;
/** Between two files, in times what one took: whoever commits meanwhile waits for the making of it. */
const REST = 3;
const STATEMENT_MS = 30_000;

/**
 * A young database makes each file of its write-ahead log anew while commits wait for it, some 20 ms; an older one gives
 * old files a new name. This makes it an older one: where few files are there, so many are begun, and a checkpoint lets
 * them be used again. Begins when the start is over, and ends early on `signal`. Never rejects: what is missing only costs time.
 *
 * @param cluster the database's folder, whose disk must have room
 */
export async function fillWal(
  { url, cluster, signal }: { url: string; cluster: string; signal: AbortSignal },
  tell: (line: string) => void,
): Promise<void> {
  const client = new pg.Client({ connectionString: url, query_timeout: STATEMENT_MS });
  client.on('error', () => {});
  try {
    await sleep(FIRST_REST_MS, undefined, { signal, ref: false });
    const { bavail, bsize } = await statfs(cluster);
    if (bavail * bsize < ENOUGH_FREE) return;
    await client.connect();
    const { rows } = await client.query<{ files: number }>('SELECT count(*)::int AS files FROM pg_ls_waldir()');
    const files = rows[0]?.files ?? WAL_FILES;
    if (files > WAL_FILES / 2) return;
    for (let at = files; at < WAL_FILES; at += 1) {
      const begun = performance.now();
      // Nothing is begun where nothing was written since.
      await client.query("SELECT pg_logical_emit_message(false, 'parley', '')");
      await client.query('SELECT pg_switch_wal()');
      await sleep((performance.now() - begun) * REST, undefined, { signal, ref: false });
    }
    await client.query('CHECKPOINT');
  } catch (error) {
    if (!signal.aborted) tell(`the write-ahead log was not filled: ${errorLine(error)}`);
  } finally {
    await client.end().catch(() => {});
  }
}
