import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { guarded } from './lib/guard.mjs';
import { packagedNode } from './lib/install.mjs';
import { prepare } from './lib/prepare.mjs';

/**
 * `node scripts/run.mjs [--build] <script.ts> [arguments]`: installs the packages where they are missing, with
 * `--build` also makes what is stale, then runs a TypeScript program of the project on the Node that it brings.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const given = process.argv.slice(2);
const build = given[0] === '--build';
const [script, ...args] = build ? given.slice(1) : given;

await guarded(async () => {
  await prepare(root, build ? undefined : []);
  const loader = path.join(root, 'scripts', 'lib', 'typescript-imports.mjs');
  const flags = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', '--import', loader];
  const child = spawn(packagedNode(root), [...flags, path.join(root, script), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.removeAllListeners(signal);
    // A terminal tells the child as well; it ends in its own time.
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
  }
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
});
