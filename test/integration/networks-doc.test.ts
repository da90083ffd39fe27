import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { inOrder, tabled } from '../../scripts/lib/networks-doc.ts';
import { loadAdapters } from '../../src/adapters/loader.js';

/** The pages about the networks say what the adapters say of themselves; `npm run docs` writes their tables. */
const docs = path.resolve(import.meta.dirname, '../../docs');
const read = (file: string) => readFileSync(path.join(docs, file), 'utf8');
const { adapters, skipped } = await loadAdapters([], { debug: () => {}, info: () => {}, warn: () => {} });
const networks = inOrder(adapters.values());

test('every adapter that comes with Parley loads, and has a page', () => {
  expect(skipped).toEqual([]);
  const folders = readdirSync(path.resolve(docs, '../src/adapters'), { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect([...adapters.keys()].sort()).toEqual(names.sort());
  expect(readdirSync(path.join(docs, 'networks')).sort()).toEqual(names.map((name) => `${name}.md`).sort());
});

test('the table of what each can do is what the manifests say', async () => {
  const page = read('networks.md');
  expect(page).toBe(await tabled(page, networks));
});

test.each(networks.map((network) => [network.manifest.id, network] as const))(
  'the page of %s has the fields of each sign-in',
  async (id, network) => {
    const page = read(`networks/${id}.md`);
    expect(page).toBe(await tabled(page, networks, network));
    const flows = [...page.matchAll(/^## Sign-in `(.+)`$/gm)].map(([, flow]) => flow);
    expect(flows.sort()).toEqual(network.manifest.loginFlows.map((flow) => flow.id).sort());
  },
);
