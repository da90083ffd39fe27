import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from './folder-lock.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'parley-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function otherHolder() {
  const source = JSON.stringify(path.resolve(import.meta.dirname, 'folder-lock.ts'));
  const code = `const { lockFolder } = await import(${source});
    lockFolder(process.argv[1]); process.stdout.write('held'); setInterval(() => globalThis.gc?.(), 10);`;
  const loader = path.resolve('scripts/lib/typescript-imports.mjs');
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--import', loader, '--input-type=module', '-e', code, folder],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await once(child.stdout, 'data');
  return child;
}

test('a held folder is refused with the pid of its holder; kill -9 of the holder frees it at once', async () => {
  const other = await otherHolder();
  expect(() => lockFolder(folder)).toThrow(`Another Parley (pid ${other.pid}) is using ${folder}`);
  const exited = once(other, 'exit');
  other.kill('SIGKILL');
  await exited;
  lockFolder(folder).release();
});

test('files left behind by a crash lock nothing, even when their pid is alive', () => {
  writeFileSync(path.join(folder, 'parley.lock'), '');
  writeFileSync(path.join(folder, 'parley.pid'), `${process.ppid}\n`);
  lockFolder(folder).release();
});

test('a released folder can be taken again, a held one not twice by the same process', () => {
  const lock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(`Another Parley (pid ${process.pid})`);
  lock.release();
  lock.release();
  lockFolder(folder).release();
});
