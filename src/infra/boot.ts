import { type Config, type Environment, loadConfig } from './config/config.js';
import { openDataFolder } from './config/data-folder.js';
import { startEmbeddedPostgres } from './database/embedded.js';
import { lockFolder } from './database/folder-lock.js';
import { migrate } from './database/migrate.js';
import type { Lifetime } from './lifetime.js';
import { checkPort } from './listen.js';
import { createLogger, type Logger } from './logging/logger.js';

export type Booted = {
  config: Config;
  log: Logger;
  /** Real path of the data folder, locked for this process. */
  dataDir: string;
  /** Of the embedded or the configured database, migrated. */
  databaseUrl: string;
};

export type BootOptions = {
  env?: Environment;
  /** Folder of the migrations. */
  migrations: string;
  /** Hears each step that took time, for people to read. */
  report?: (line: string) => void;
};

/**
 * The ground under the server, in the order that lets nothing be touched before it is known to be ours: settings,
 * data folder, its lock, the port, the database, its migrations. What it starts is left with `lifetime` to be stopped.
 * @throws StartError with one line per mistake
 */
export async function boot(lifetime: Lifetime, options: BootOptions): Promise<Booted> {
  const { report = () => undefined, migrations } = options;
  const config = loadConfig(options.env);
  for (const warning of config.warnings) report(`warning: ${warning}`);
  const log = createLogger({ level: config.logLevel });
  const dataDir = openDataFolder(config.dataDir);
  const lock = lockFolder(dataDir);
  lifetime.onStop('the lock of the data folder', () => lock.release());
  await checkPort(config.host, config.port);
  const databaseUrl = config.databaseUrl ?? (await embedded(lifetime, dataDir, log, report));
  const started = performance.now();
  const applied = await migrate(databaseUrl, migrations, { signal: lifetime.signal, onProgress: report });
  if (applied.length > 0) report(step(`migrations applied: ${applied.length}`, started));
  return { config, log, dataDir, databaseUrl };
}

async function embedded(
  lifetime: Lifetime,
  dataDir: string,
  log: Logger,
  report: (line: string) => void,
): Promise<string> {
  const started = performance.now();
  const database = await startEmbeddedPostgres({
    dataDir,
    log: log.child({ part: 'postgres' }),
    onProgress: report,
    signal: lifetime.signal,
  });
  lifetime.onStop('the database', () => database.stop());
  report(step('database started', started));
  return database.url;
}

/** `label  1.2 s`, the times in one column with those of the start script. */
function step(label: string, since: number): string {
  return `${label.padEnd(32)} ${((performance.now() - since) / 1000).toFixed(1)} s`;
}
