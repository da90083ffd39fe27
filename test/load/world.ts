import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BenchServer } from '../bench/server.ts';
import { embeddedUrl } from '../faults/invariants.ts';
import { startLab } from '../lab/index.ts';
import { startDatabase } from '../support/database.ts';
import type { LoadOptions } from './options.ts';

/** The servers of a run. */
export type World = {
  servers: BenchServer[];
  /** Those that answer people. */
  fronts: BenchServer[];
  databaseUrl: string;
  stop(): Promise<void>;
};

/** One process as `npm start` runs it, with the database it brings; or several on one PostgreSQL and one Redis. */
export async function startWorld({ processes, statements }: LoadOptions): Promise<World> {
  return processes.length === 1 && !statements ? alone() : shared(processes, statements);
}

async function alone(): Promise<World> {
  const server = new BenchServer();
  try {
    await server.up();
  } catch (error) {
    await server.remove();
    throw error;
  }
  const folder = path.dirname(server.data);
  return {
    servers: [server],
    fronts: [server],
    databaseUrl: embeddedUrl(folder),
    stop: () => server.remove(),
  };
}

/** On a database of their own; several processes have a Redis, too. */
async function shared(processes: string[], statements: boolean): Promise<World> {
  const ending: (() => unknown)[] = [];
  const stop = async () => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  try {
    const database = await startDatabase({
      max_connections: String(40 * (processes.length + 1)),
      ...(statements && { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track_planning': 'on' }),
    });
    ending.push(() => database.stop());
    const files = mkdtempSync(path.join(os.tmpdir(), 'parley-files-'));
    ending.push(() => rmSync(files, { recursive: true, force: true }));
    const env: NodeJS.ProcessEnv = {
      DATABASE_URL: database.url,
      PARLEY_FILES: files,
      PARLEY_SECRET_KEY: randomBytes(32).toString('base64'),
      PARLEY_PUBLIC_URL: 'http://parley.test',
    };
    if (processes.length > 1) {
      const lab = await startLab(['redis']);
      ending.push(() => lab.stop());
      env.REDIS_URL = lab.redis.url;
    }
    const servers: BenchServer[] = [];
    for (const roles of processes) {
      const server = new BenchServer({ ...env, PARLEY_ROLES: roles });
      ending.push(() => server.remove());
      await server.up();
      servers.push(server);
    }
    const fronts = servers.filter((_, at) => /all|api/.test(processes[at] ?? ''));
    return { servers, fronts, databaseUrl: database.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
