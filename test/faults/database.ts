import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The embedded PostgreSQL of a Parley, as the operating system sees it. */
export function postmasterOf(folder: string): number {
  const file = path.join(folder, 'data', 'postgres', 'cluster', 'postmaster.pid');
  return Number(readFileSync(file, 'utf8').split('\n')[0]);
}

/** The postmaster and all its children: to be stopped and woken together. */
export function postgresOf(folder: string): number[] {
  const postmaster = postmasterOf(folder);
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => parentOf(pid) === postmaster)
    .map(Number);
  return [postmaster, ...children];
}

export function parentOf(pid: string): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}
