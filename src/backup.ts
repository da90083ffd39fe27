import path from 'node:path';
import { makeBackup, restoreBackup } from './infra/backup/backup.js';
import { loadConfig } from './infra/config/config.js';
import { StartError } from './infra/start-error.js';

const USAGE = 'Use it as: backup FILE [--with-key], or: restore FILE';

/** `backup FILE [--with-key]` and `restore FILE`, with the settings of the server. */
const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => ending.abort());
try {
  const [what, file, ...flags] = process.argv.slice(2);
  const withKey = flags.includes('--with-key');
  if ((what !== 'backup' && what !== 'restore') || file === undefined || flags.some((flag) => flag !== '--with-key'))
    throw new StartError(USAGE);
  const config = loadConfig();
  const { signal } = ending;
  const migrations = path.resolve(import.meta.dirname, '../prisma/migrations');
  const note =
    what === 'backup'
      ? await makeBackup({ config, file, withKey, signal })
      : await restoreBackup({ config, file, migrations, signal });
  const rows = note.tables.reduce((sum, table) => sum + table.rows, 0);
  console.log(
    `${what === 'backup' ? 'Saved' : 'Restored'} ${rows} rows of ${note.tables.length} tables, as of ${note.at}.`,
  );
  if (what === 'backup' && note.key !== null && !withKey)
    console.log('The key is not in it: keep a copy of secret.key (or PARLEY_SECRET_KEY) apart from the backup.');
  process.exit(0);
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
}
