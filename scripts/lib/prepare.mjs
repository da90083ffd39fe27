import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { withBuildLock } from './build-lock.mjs';
import { compress } from './compress.mjs';
import { install, isInstalled, packagedNode } from './install.mjs';
import { hashOf, isFresh, writeStamp } from './stamps.mjs';
import { must, step } from './steps.mjs';

const BUILD_ENV = {
  NEXT_TELEMETRY_DISABLED: '1',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  CHECKPOINT_DISABLE: '1',
  PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
  NODE_ENV: 'production',
};
const COMMON = ['package-lock.json', 'scripts/lib/prepare.mjs'];

/** Sources of the others. */
const MADE_FIRST = ['client', 'texts'];

const isTest = (relative) => /\.spec\.tsx?$/.test(relative) || relative === 'src/sdk/testing';
const isMade = (relative) =>
  [
    'src/infra/database/generated',
    'web/locales/generated',
    'web/.next',
    'web/out',
    'web/next-env.d.ts',
    'web/node_modules',
  ].includes(relative);

/**
 * What is made out of the sources: where its stamp lies, what it is made of, and how. A product is stale when the
 * hash of its inputs is not the one in its stamp, or `proof` is missing.
 */
const products = {
  client: {
    stamp: 'src/infra/database/generated/.stamp',
    proof: 'src/infra/database/generated',
    inputs: [...COMMON, 'prisma/schema', 'prisma.config.ts'],
    make: makeClient,
  },
  texts: {
    stamp: 'web/locales/generated/.stamp',
    proof: 'web/locales/generated/load.ts',
    inputs: [...COMMON, 'scripts/lib/texts.mjs', 'web/locales'],
    make: makeTexts,
  },
  server: {
    stamp: 'dist/.stamp',
    proof: 'dist/main.js',
    inputs: [...COMMON, 'scripts/lib/bundle.mjs', 'prisma/schema', 'src', 'tsconfig.json'],
    make: makeServer,
  },
  web: {
    stamp: 'web/.next/.stamp',
    proof: 'web/out/index.html',
    inputs: [...COMMON, 'scripts/lib/compress.mjs', 'scripts/lib/beside.mjs', 'web', 'src/api/contract'],
    make: makeWeb,
  },
};

/**
 * Makes node_modules and the named products (all by default) what the sources say, each only where it is stale.
 * One process a checkout at a time; others wait.
 */
export async function prepare(root, wanted = Object.keys(products)) {
  if (isInstalled(root) && stale(root, wanted).length === 0) return;
  const onWait = (pid) => console.log(`waiting for another build in this folder (pid ${pid})`);
  await withBuildLock(root, () => makeStale(root, wanted), onWait);
}

async function makeStale(root, wanted) {
  if (!isInstalled(root)) await install(root);
  // Looked at again: while we waited, the other process may have made it all.
  const names = stale(root, wanted);
  for (const name of MADE_FIRST) if (names.includes(name)) await make(root, name);
  const rest = await Promise.allSettled(
    names.filter((name) => !MADE_FIRST.includes(name)).map((name) => make(root, name)),
  );
  for (const outcome of rest) if (outcome.status === 'rejected') throw outcome.reason;
}

function stale(root, wanted) {
  return wanted.filter((name) => {
    const { stamp, proof } = products[name];
    return !existsSync(path.join(root, proof)) || !isFresh(path.join(root, stamp), hash(root, name));
  });
}

const hash = (root, name) => hashOf(root, products[name].inputs, (relative) => isMade(relative) || isTest(relative));

async function make(root, name) {
  // Taken before: what changes during the build makes it stale again.
  const before = hash(root, name);
  await products[name].make(root);
  writeStamp(path.join(root, products[name].stamp), before);
}

const bin = (root, ...parts) => path.join(root, 'node_modules', ...parts);

function makeClient(root) {
  return step('database client generated', async () => {
    await must('prisma generate', packagedNode(root), [bin(root, 'prisma', 'build', 'index.js'), 'generate'], {
      cwd: root,
      env: BUILD_ENV,
    });
  });
}

/** Fetched when called for: the packages may not be installed when this file is read. */
function makeTexts(root) {
  return step('texts compiled', async () => (await import('./texts.mjs')).compileTexts(root));
}

/** Built beside and swapped in when whole; nothing of a deleted source stays behind. */
function makeServer(root) {
  return step('server built', async () => {
    const [made, old] = [path.join(root, '.parley', 'dist'), path.join(root, '.parley', 'dist.old')];
    for (const folder of [made, old]) rmSync(folder, { recursive: true, force: true });
    mkdirSync(path.dirname(made), { recursive: true });
    await (await import('./bundle.mjs')).bundleServer(root, made);
    const dist = path.join(root, 'dist');
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(made, dist);
    rmSync(old, { recursive: true, force: true });
  });
}

function makeWeb(root) {
  return step('web client built', async () => {
    await must('next build', packagedNode(root), [bin(root, 'next', 'dist', 'bin', 'next'), 'build', 'web'], {
      cwd: root,
      env: BUILD_ENV,
    });
    await (await import('./beside.mjs')).buildBeside(root);
    await compress(path.join(root, 'web', 'out'));
  });
}
