import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Larger ones are fetched when they are needed. */
const LARGEST = 400_000;
const NEEDED = /\.(?:js|css|svg|png|woff2|webmanifest)$/;

/** Bundles into the exported page what runs beside its own scripts: before them, and the service worker. */
export async function buildBeside(root) {
  const out = path.join(root, 'web', 'out');
  const source = (...parts) => path.join(root, 'web', ...parts);
  const [ahead, first] = await Promise.all(['ahead', 'first'].map((name) => bundle(source('first', `${name}.ts`), {})));
  for (const page of ['index.html', '404.html']) putFirst(path.join(out, page), ahead, first);
  // With the list of files that it keeps.
  const worker = await bundle(source('sw', 'worker.ts'), { precached: JSON.stringify(filesOf(out)) });
  writeFileSync(path.join(out, 'worker.js'), worker);
}

/**
 * The first scripts come within the page; the others are run by them, in their order (`web/first`). Nothing is painted before the
 * first screen is there.
 */
function putFirst(page, ahead, first) {
  const html = readFileSync(page, 'utf8');
  const others = /<script src="([^"]+)" defer=""><\/script>/g;
  const links = [...html.matchAll(others)].map(([, src]) => `<link rel="later" as="script" href="${src}"/>`);
  const head = '<meta charSet="utf-8" data-next-head=""/>';
  const tag = '<script src="/first.js"></script>';
  if (links.length === 0 || !html.includes(head) || !html.includes(tag))
    throw new Error(`${page} is made in another way than it was`);
  const painted = '<link rel="expect" href="#__next" blocking="render"/>';
  writeFileSync(
    page,
    html
      .replaceAll(others, '')
      .replace(head, () => [head, painted, ...links, inline(ahead)].join(''))
      .replace(tag, () => inline(first)),
  );
}

function inline(script) {
  if (/<\/script|<!--/i.test(script)) throw new Error('this script cannot stand in a page');
  return `<script>${script.trim()}</script>`;
}

async function bundle(input, define) {
  const { build } = await import('rolldown');
  const { output } = await build({
    input,
    write: false,
    platform: 'browser',
    tsconfig: false,
    logLevel: 'warn',
    transform: { define: { ...define, 'process.env.NODE_ENV': '"production"' }, target: 'es2022' },
    output: { format: 'iife', minify: true },
  });
  return output[0].code;
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
