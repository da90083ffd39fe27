import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { guarded } from './lib/guard.mjs';
import { packagedNode } from './lib/install.mjs';
import { prepare } from './lib/prepare.mjs';

/** `npm run backup -- FILE [--with-key]`, `npm run restore -- FILE`. FILE is meant from where npm was called. */
const root = fileURLToPath(new URL('..', import.meta.url));
const [what, file, ...flags] = process.argv.slice(2);

await guarded(async () => {
  await prepare(root, ['client', 'server']);
  const settings = path.join(root, '.env');
  const env = existsSync(settings) ? [`--env-file=${settings}`] : [];
  const named = file === undefined ? [] : [path.resolve(process.env.INIT_CWD ?? '.', file)];
  const args = [...env, path.join(root, 'dist', 'backup.js'), what, ...named, ...flags];
  spawn(packagedNode(root), args, { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 1));
});
