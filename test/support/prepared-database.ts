import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startEmbeddedPostgres } from '../../src/infra/database/embedded.js';
import { migrate } from '../../src/infra/database/migrate.js';

const PREPARED = 'PARLEY_TEST_PREPARED';

/**
 * For vitest: one empty, migrated data folder a run, which the tests copy instead of making it each time. Where it cannot
 * be made, each makes its own, and the tests of that say why. How a first start makes it is tested in start.test.ts,
 * embedded.test.ts and migrate.spec.ts.
 */
export default async function prepare(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'parley-prepared-'));
  try {
    chmodSync(folder, 0o755);
    const server = await startEmbeddedPostgres({ dataDir: folder });
    await migrate(server.url, path.resolve('prisma/migrations')).finally(() => server.stop());
    process.env[PREPARED] = folder;
  } catch (error) {
    console.warn('no database was prepared', error);
  }
  return () => rm(folder, { recursive: true, force: true });
}

/** Puts the prepared database, as a clean stop left it, into a new data folder. */
export async function copyPrepared(dataDir: string): Promise<void> {
  const folder = process.env[PREPARED];
  if (folder === undefined) return;
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  // Not by Node, which gives the copy to us: its owner is the database's user.
  await promisify(execFile)('cp', ['-a', path.join(folder, 'postgres'), dataDir]);
}
