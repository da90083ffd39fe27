import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadAdapters } from '../src/adapters/loader.ts';
import { inOrder, tabled } from './lib/networks-doc.ts';

/** `npm run docs`: writes the tables of `docs/networks.md` and `docs/networks/*.md` anew from the adapters. */
const docs = path.resolve(import.meta.dirname, '../docs');
const quiet = { debug: () => {}, info: () => {}, warn: () => {} };
const { adapters } = await loadAdapters([], quiet);
const networks = inOrder(adapters.values());
const overview = path.join(docs, 'networks.md');
writeFileSync(overview, await tabled(readFileSync(overview, 'utf8'), networks));
for (const network of networks) {
  const file = path.join(docs, 'networks', `${network.manifest.id}.md`);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : `# ${network.manifest.name}\n`;
  writeFileSync(file, await tabled(before, networks, network));
}
