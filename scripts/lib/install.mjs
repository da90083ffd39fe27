import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { hashOf, isFresh, writeStamp } from './stamps.mjs';
import { must, StepError, step } from './steps.mjs';

const OLDEST_NPM = 10;

const stampFile = (root) => path.join(root, 'node_modules', '.parley-installed');
const stampOf = (root) => `${hashOf(root, ['package-lock.json'])} ${process.platform}-${process.arch}`;

/** The Node that the project brings (24); what is needed to install it is only Node 20. */
export const packagedNode = (root) =>
  path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Whether node_modules is what package-lock.json says. */
export function isInstalled(root) {
  if (!existsSync(packagedNode(root))) return false;
  const stamp = stampOf(root);
  if (isFresh(stampFile(root), stamp)) return true;
  if (!agrees(root)) return false;
  writeStamp(stampFile(root), stamp);
  return true;
}

/** npm's own note of what it installed, where it was called by hand. */
function agrees(root) {
  try {
    const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
    const present = JSON.parse(readFileSync(path.join(root, 'node_modules', '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(
      ([name, entry]) => name === '' || entry.optional || entry.peer || present[name]?.version === entry.version,
    );
  } catch {
    return false;
  }
}

export async function install(root) {
  const env = installEnvironment(root);
  const version = spawnSync('npm', ['--version'], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (version.error !== undefined || Number.parseInt(version.stdout, 10) < OLDEST_NPM)
    throw new StepError(
      'looking for npm',
      `npm ${OLDEST_NPM} or newer is needed, and ${version.stdout?.trim() || 'none'} was found.\n`,
    );
  await step('packages installed', async () => {
    await must('npm ci', 'npm', ['ci', '--no-audit', '--no-fund', '--include=dev', '--ignore-scripts=false'], {
      cwd: root,
      env,
    });
    if (!existsSync(packagedNode(root)))
      throw new StepError(
        'npm ci',
        'Node 24 was not installed: the install script of the package "node" did not run.\n',
      );
    writeStamp(stampFile(root), stampOf(root));
  });
}

/** Without the project's own programs in the path: npm is about to delete the Node it would run on. */
function installEnvironment(root) {
  const own = path.join(root, 'node_modules');
  const kept = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => !path.resolve(folder).startsWith(own));
  return {
    PATH: kept.join(path.delimiter),
    NODE_ENV: '',
    // Only "prisma generate" is used, which needs no schema engine: it is not downloaded.
    PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
  };
}
