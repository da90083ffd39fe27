import { readdirSync } from 'node:fs';
import type pg from 'pg';
import { processMemory, processSeconds } from '../bench/process-use.ts';
import type { BenchServer } from '../bench/server.ts';
import { parentOf } from '../faults/database.ts';

/** What was used up to now, since each process began. Seconds are of processor time. */
export type Reading = {
  atMs: number;
  serverSeconds: number;
  postgresSeconds: number;
  walBytes: number;
  /** Of all tables with their indexes. */
  tableBytes: number;
  commits: number;
};
export type Used = Omit<Reading, 'atMs'> & { seconds: number };

export async function read(servers: BenchServer[], sql: pg.Client): Promise<Reading> {
  const { rows } = await sql.query<Record<'wal' | 'tables' | 'commits' | 'backend', string>>(
    `SELECT pg_backend_pid() AS backend, pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') AS wal,
      (SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace) AS tables,
      (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()) AS commits`,
  );
  return {
    atMs: performance.now(),
    serverSeconds: servers.reduce((sum, { pid }) => sum + processSeconds(pid), 0),
    postgresSeconds: secondsOfFamily(parentOf(String(rows[0]?.backend))),
    walBytes: Number(rows[0]?.wal),
    tableBytes: Number(rows[0]?.tables),
    commits: Number(rows[0]?.commits),
  };
}

export function between(from: Reading, to: Reading): Used {
  return {
    seconds: (to.atMs - from.atMs) / 1_000,
    serverSeconds: to.serverSeconds - from.serverSeconds,
    postgresSeconds: to.postgresSeconds - from.postgresSeconds,
    walBytes: to.walBytes - from.walBytes,
    tableBytes: to.tableBytes - from.tableBytes,
    commits: to.commits - from.commits,
  };
}

/** The p99 of how late the event loop was since this was last asked, of the worst process, in ms. */
export async function loopLagMs(servers: BenchServer[], token: string): Promise<number> {
  const lags = await Promise.all(
    servers.map(async ({ url }) => {
      const answer = await fetch(`${url}/api/v1/metrics`, {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(20_000),
      });
      const line = /^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(await answer.text());
      return Number(line?.[1] ?? Number.NaN) * 1_000;
    }),
  );
  return Math.max(...lags);
}

/** The memory of PostgreSQL, what its processes share counted once. */
export async function postgresKiB(sql: pg.Client): Promise<number> {
  const { rows } = await sql.query<{ backend: string }>('SELECT pg_backend_pid() AS backend');
  const postmaster = parentOf(String(rows[0]?.backend));
  const family = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === postmaster);
  return family.reduce((sum, pid) => sum + shareOf(Number(pid)), shareOf(postmaster ?? 0));
}

function shareOf(pid: number): number {
  try {
    return processMemory(pid).pssKiB;
  } catch {
    return 0;
  }
}

function secondsOfFamily(postmaster: number | undefined): number {
  if (postmaster === undefined) return Number.NaN;
  let sum = processSeconds(postmaster, true);
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || parentOf(name) !== postmaster) continue;
    try {
      sum += processSeconds(Number(name));
    } catch {
      // It has ended meanwhile: the postmaster has its time.
    }
  }
  return sum;
}
