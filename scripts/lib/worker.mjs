import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Larger ones are fetched when they are needed. */
const LARGEST = 400_000;
const NEEDED = /\.(?:js|css|svg|png|woff2|webmanifest)$/;

/** Bundles the service worker into the exported page, with the list of files that it keeps. */
export async function buildWorker(root) {
  const { build } = await import('rolldown');
  const out = path.join(root, 'web', 'out');
  await build({
    input: path.join(root, 'web', 'sw', 'worker.ts'),
    platform: 'browser',
    tsconfig: false,
    logLevel: 'warn',
    transform: {
      define: { precached: JSON.stringify(filesOf(out)), 'process.env.NODE_ENV': '"production"' },
      target: 'es2022',
    },
    output: { file: path.join(out, 'worker.js'), format: 'iife', minify: true },
  });
}

/** A file whose name holds its hash needs no revision. */
function filesOf(out) {
  return readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && (entry.name === 'index.html' || NEEDED.test(entry.name)))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({ url: `/${path.relative(out, file).split(path.sep).join('/')}`, bytes: readFileSync(file) }))
    .filter(({ url, bytes }) => url !== '/worker.js' && bytes.length <= LARGEST)
    .map(({ url, bytes }) => ({
      url,
      revision: url.startsWith('/_next/static/') ? null : createHash('sha256').update(bytes).digest('hex').slice(0, 16),
    }))
    .sort((a, b) => (a.url < b.url ? -1 : 1));
}
