import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { loadAdapters } from '../../src/adapters/loader.js';

/** Adapters from elsewhere, as docs/adapters.md describes them: the good ones are there, the others are named and left out. */
const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-adapters-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function packaged(name: string, source: string): string {
  const file = path.join(folder, `${name}.mjs`);
  writeFileSync(file, source);
  return pathToFileURL(file).href;
}

const adapter = (manifest: string) => `export default {
  manifest: { id: 'pigeon', name: 'Pigeon', channel: 'im', sdk: 1, loginFlows: [{ id: 'loft', label: 'Loft' }],
    capabilities: { send: {} }, addressHint: 'a loft', ${manifest} },
  login() {}, open() {},
};`;

test('a package that fits is loaded, whatever is wrong with those beside it', async () => {
  const wrong: [string, RegExp][] = [
    [packaged('throws', 'throw new Error("no pigeons today");'), /no pigeons today/],
    [packaged('shapeless', 'export default { manifest: {} };'), /default export is not an adapter/],
    [packaged('nameless', 'export const adapter = 1;'), /default export is not an adapter/],
    [packaged('newer', adapter('sdk: 2')), /written for SDK 2/],
    [packaged('odd-id', adapter("id: 'Pigeon Post'")), /network id/],
    [packaged('no-flow', adapter('loginFlows: []')), /lacks a name, a sign-in/],
    [packaged('twice', adapter("id: 'irc'")), /a network "irc" already/],
    [pathToFileURL(path.join(folder, 'absent.mjs')).href, /./],
  ];
  const good = packaged('good', adapter(''));
  const warned: unknown[] = [];
  const log = { debug: () => {}, info: () => {}, warn: (_: string, fields?: object) => void warned.push(fields) };

  const own = [...(await loadAdapters([], log)).adapters.keys()];
  const { adapters, skipped } = await loadAdapters([...wrong.map(([from]) => from), good], log);

  expect(own).not.toContain('pigeon');
  expect([...adapters.keys()].sort()).toEqual([...own, 'pigeon'].sort());
  expect(adapters.get('irc')?.manifest.name).toBe('IRC');
  expect(skipped.map(({ from }) => from)).toEqual(wrong.map(([from]) => from));
  for (const [index, [, why]] of wrong.entries()) expect(skipped[index]?.why).toMatch(why);
  expect(warned).toHaveLength(wrong.length);
});
