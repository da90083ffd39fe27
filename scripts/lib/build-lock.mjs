import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const POLL_MS = 200;

/**
 * Runs `work` while no other process builds in this checkout. The lock is a file that names its holder's pid and
 * when that process began, so that one left by a crash is known as such, also after its pid was given to another.
 */
export async function withBuildLock(root, work, onWait) {
  const file = path.join(root, '.parley', 'build.lock');
  mkdirSync(path.dirname(file), { recursive: true });
  const own = `${process.pid} ${beginning(process.pid)}`;
  for (let waiting = false; !take(file, own); waiting = true) {
    const holder = read(file);
    if (holder !== undefined && !isLive(holder)) discard(file, holder);
    else {
      if (!waiting && holder !== undefined) onWait?.(holder.split(' ', 1)[0]);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
  const release = () => {
    if (read(file) === own) rmSync(file, { force: true });
  };
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

/** The file appears with its content in one step; an existing one is left. */
function take(file, own) {
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, own);
  try {
    linkSync(beside, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(beside, { force: true });
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Moved away before it is deleted: where another process was quicker, its new lock is put back. */
function discard(file, holder) {
  const away = `${file}.${process.pid}.old`;
  try {
    renameSync(file, away);
    if (read(away) !== holder) linkSync(away, file);
  } catch {
    // Somebody else has just done the same.
  }
  rmSync(away, { force: true });
}

function isLive(holder) {
  const [pid, began] = holder.split(' ');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return beginning(pid) === began;
}

/** When a process began, in whatever unit the system has; without spaces. */
function beginning(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    } catch {
      return 'gone';
    }
  }
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return (stdout ?? '').trim().replaceAll(' ', '-') || 'gone';
}
