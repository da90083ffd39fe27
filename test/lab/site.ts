import { execFile, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chown, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { programPath } from '../../scripts/packages.mjs';
import { endProcesses, startTick } from './processes.ts';

const prefix = 'parley-lab-';

export type Certificate = { certFile: string; keyFile: string };

/** The ground a lab stands on: one temporary folder, one certificate, and a watchdog that clears both away. */
export type Site = {
  folder: string;
  certificate: Certificate;
  /** A new folder for one server, owned by the system user it runs as. */
  room(name: string, user?: string): Promise<string>;
  close(): Promise<void>;
};

export async function openSite(): Promise<Site> {
  const base = tmpdir();
  await sweepAbandoned(base);
  const folder = mkdtempSync(join(base, prefix));
  // The servers run as several users: all may pass through, each reads its own room.
  chmodSync(folder, 0o711);
  writeFileSync(join(folder, 'owner'), `${process.pid} ${startTick(process.pid)}`);
  const watchdog = spawn(process.execPath, [fileURLToPath(new URL('watchdog.ts', import.meta.url)), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH },
  });
  watchdog.unref();
  const gone = new Promise<void>((resolve) => {
    watchdog.once('exit', () => resolve());
    watchdog.once('error', () => resolve());
  });
  watchdog.stdin.on('error', () => {});
  if ('unref' in watchdog.stdin && typeof watchdog.stdin.unref === 'function') watchdog.stdin.unref();

  const rooms = new Map<string, number>();
  return {
    folder,
    certificate: await makeCertificate(folder),
    async room(name, user) {
      const count = rooms.get(name) ?? 0;
      rooms.set(name, count + 1);
      const room = join(folder, count ? `${name}-${count + 1}` : name);
      await mkdir(room, { mode: 0o755 });
      const ids = userIds(user);
      if (ids) await chown(room, ids.uid, ids.gid);
      return room;
    },
    async close() {
      await endProcesses(folder);
      watchdog.stdin.end();
      watchdog.ref();
      await gone;
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** The ids to run as: only root can and must change, everyone else runs the servers as themselves. */
export function userIds(user: string | undefined): { uid: number; gid: number } | undefined {
  if (!user || process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((entry) => entry.split(':'))
    .find(([name]) => name === user);
  if (!line) throw new Error(`there is no system user ${user}; its Debian package makes it`);
  return { uid: Number(line[2]), gid: Number(line[3]) };
}

export const asRoot = (): boolean => process.getuid?.() === 0;

/** The name of the user this process runs as; servers started without root run under it. */
export function ownName(): string {
  const uid = process.getuid?.();
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => Number(fields[2]) === uid);
  return entry?.[0] ?? 'nobody';
}

/** Self-signed, for this lab alone, good for loopback and the lab's names; a client may trust it as its own authority. */
async function makeCertificate(folder: string): Promise<Certificate> {
  const certFile = join(folder, 'cert.pem');
  const keyFile = join(folder, 'key.pem');
  const names = 'subjectAltName=DNS:localhost,DNS:lab.test,DNS:*.lab.test,IP:127.0.0.1';
  await promisify(execFile)(programPath('openssl') ?? 'openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'],
    ...['-subj', '/CN=lab.test', '-addext', names, '-keyout', keyFile, '-out', certFile],
  ]);
  chmodSync(keyFile, 0o644);
  return { certFile, keyFile };
}

/** A launcher and its watchdog may both have been killed: what they left is cleared before the next start. */
async function sweepAbandoned(base: string): Promise<void> {
  for (const name of readdirSync(base)) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(base, name);
    const owner = ownerOf(folder);
    if (!owner || startTick(owner.pid) === owner.tick) continue;
    await endProcesses(folder);
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

function ownerOf(folder: string): { pid: number; tick: string } | undefined {
  try {
    const [pid = '', tick = ''] = readFileSync(join(folder, 'owner'), 'utf8').split(' ');
    return { pid: Number(pid), tick };
  } catch {
    return undefined;
  }
}
