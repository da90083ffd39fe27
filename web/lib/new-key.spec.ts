import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => vi.unstubAllGlobals());

test('is had on a page over plain HTTP', async () => {
  const { crypto } = globalThis;
  vi.stubGlobal('crypto', { getRandomValues: (into: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(into) });
  const { newKey } = await import('./new-key');
  expect(newKey()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(newKey()).not.toBe(newKey());
});

test('is how every key of the page is made', () => {
  const web = path.resolve(import.meta.dirname, '..');
  const sources = ['features', 'lib', 'ui'].flatMap((folder) =>
    readdirSync(path.join(web, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      path.join(web, folder, file),
    ),
  );
  const written = sources.filter((file) => /\.tsx?$/.test(file) && !/\.spec\.|new-key/.test(file));
  expect(written.filter((file) => readFileSync(file, 'utf8').includes('crypto.randomUUID'))).toEqual([]);
});
