import { readFileSync } from 'node:fs';

const ticksPerSecond = 100;

export type ProcessMemory = { rssKiB: number; pssKiB: number };

/** A process's memory in KiB: resident, and its proportional share where the system tells, else NaN. */
export function processMemory(pid: number | 'self'): ProcessMemory {
  const read = (file: string, name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1]);
  return { rssKiB: read('status', 'VmRSS'), pssKiB: read('smaps_rollup', 'Pss') };
}

/** The processor time of a process in seconds, of all its threads; with `ended`, that of its children that have ended, too. */
export function processSeconds(pid: number, ended = false): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  return (user + system + (ended ? childUser + childSystem : 0)) / ticksPerSecond;
}
