import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Every server is started with this environment variable set to its lab's folder and works in a folder below it. Either
 * tells a lab which processes are its own: Dovecot clears its environment, others change their folder.
 */
export const markName = 'PARLEY_LAB_FOLDER';

/** Process ids of the servers started for this lab folder, and of everything they started. */
export function labProcesses(folder: string): number[] {
  const parents = new Map<number, number>();
  const found = new Set<number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const parent = livingParent(pid);
    if (parent === undefined) continue;
    parents.set(pid, parent);
    if (isMarked(pid, folder)) found.add(pid);
  }
  for (let grew = true; grew; ) {
    grew = false;
    for (const [pid, parent] of parents) {
      if (found.has(pid) || !found.has(parent)) continue;
      found.add(pid);
      grew = true;
    }
  }
  return [...found];
}

/** Ends what is left of a lab: politely, then after two seconds for good. Resolves when nothing of it runs. */
export async function endProcesses(folder: string): Promise<void> {
  const left = new Set(labProcesses(folder));
  for (const pid of left) signal(pid, 'SIGTERM');
  for (let tick = 0; tick < 200; tick++) {
    for (const pid of labProcesses(folder)) left.add(pid);
    for (const pid of left) if (livingParent(pid) === undefined) left.delete(pid);
    if (left.size === 0) return;
    if (tick >= 40) for (const pid of left) signal(pid, 'SIGKILL');
    await sleep(50);
  }
}

/** The parent of a process, or undefined when there is no such process or only its exit code is left of it. */
export function livingParent(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}

/** Tells two processes that were given the same id apart: the clock tick at which it started. */
export function startTick(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function isMarked(pid: number, folder: string): boolean {
  try {
    if (readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${markName}=${folder}`)) return true;
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder + sep);
  } catch {
    return false;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It went by itself.
  }
}
