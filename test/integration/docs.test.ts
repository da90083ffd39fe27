import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { endpoints } from '../../src/api/contract/endpoints.js';
import { environment } from '../../src/infra/config/settings.js';

/** What the documentation names has to be there. */
const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const pages = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(path.join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(path.join(root, 'docs/networks')).map((name) => `docs/networks/${name}`),
];
/** Made from a running Parley; absent until somebody has made them. */
const SCREENSHOTS = 'docs/screenshots';

const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');

/** The address that a heading has on a page, as repository hosts make it. */
const anchors = (text: string) =>
  matches(text, /^#+ (.+)$/gm).map((title) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );

describe.each(pages)('%s', (page) => {
  const text = read(page);

  test('links to pages, headings and pictures that exist', () => {
    const links = matches(withoutCode(text), /\]\(([^)\s]+)\)/g).filter((link) => !/^https?:/.test(link));
    const dead = links.filter((link) => {
      const [file = '', heading] = link.split('#');
      const target = file === '' ? page : path.join(path.dirname(page), file);
      if (target.startsWith(`${SCREENSHOTS}/`) && !existsSync(path.join(root, SCREENSHOTS))) return false;
      if (!existsSync(path.join(root, target))) return true;
      return heading !== undefined && !anchors(read(target)).includes(heading);
    });
    expect(dead).toEqual([]);
  });

  test('names files and folders that exist', () => {
    const named = matches(text, /`((?:src|test|docs|scripts|prisma|web)\/[\w./-]*[\w-])`/g);
    const invented = [...named, ...matches(text, /^import .* from '\.\.\/\.\.\/(src\/[\w./-]+)\.js'/gm)]
      // A name that an example makes up.
      .filter((file) => !file.includes('example'))
      .filter((file) => !existsSync(path.join(root, file)) && !existsSync(path.join(root, `${file}.ts`)));
    expect(invented).toEqual([]);
  });

  test('names npm scripts that exist', () => {
    const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')));
    const asked = matches(text, /npm run ([\w:]+)/g).concat(matches(text, /`(test:[\w]+)`/g));
    expect(asked.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('names calls of the API that exist', () => {
    const known = Object.values(endpoints).map(({ method, path: at }) => `${method} ${at.replace(/\{\w+\}/g, '{}')}`);
    const served = ['GET /stream', ...known];
    const asked = [...text.matchAll(/`(GET|POST|PATCH|PUT|DELETE) (?:\/api\/v1)?(\/[\w/{}-]+)(?:\?[^`]*)?`/g)].map(
      ([, method, at = '']) => `${method} ${at.replace(/\{\w+\}/g, '{}')}`,
    );
    expect(asked.filter((call) => !served.includes(call))).toEqual([]);
  });
});

test('every page is linked from the README, or from the page of the networks', () => {
  const linked = [
    ...matches(read('README.md'), /\]\(([^)\s#]+)/g),
    ...matches(read('docs/networks.md'), /\]\((networks\/[^)\s#]+)/g).map((link) => `docs/${link}`),
  ];
  expect(pages.filter((page) => page !== 'README.md' && !linked.includes(page))).toEqual([]);
});

describe('settings', () => {
  const names = Object.keys(environment.shape);
  const table = [...read('docs/configuration.md').matchAll(/^\| `([A-Z0-9_]+)` \| ([^|]+) \|/gm)];

  test('the table has every setting, in the order of the code', () => {
    expect(table.map(([, name]) => name)).toEqual(names);
  });

  test('its defaults are those of the code', () => {
    const unset = new Map<string, unknown>(Object.entries(environment.parse({})));
    const literal = table.filter(([, , shown = '']) => shown.startsWith('`'));
    expect(literal.length).toBeGreaterThan(4);
    for (const [, name = '', shown = ''] of literal) {
      const asSaid = new Map<string, unknown>(
        Object.entries(environment.parse({ [name]: shown.replaceAll(/[\s`]/g, '') })),
      );
      expect(asSaid.get(name), `${name}: ${shown}`).toEqual(unset.get(name));
    }
    for (const [, name = '', shown = ''] of table.filter((row) => !literal.includes(row)))
      expect(String(unset.get(name) ?? ''), `${name}: ${shown}`).toBe('');
  });

  test('.env.example has every setting', () => {
    expect(matches(read('.env.example'), /^#([A-Z0-9_]+)=/gm)).toEqual(names);
  });
});

test('every test that a promise is held by is there', () => {
  const named = ['docs/faults.md', 'docs/guarantees.md'].flatMap((page) =>
    [...read(page).matchAll(/`((?:test|src)\/[^`]+?\.ts) › ([^`]+)`/g)].map(([, file = '', title = '']) => ({
      file,
      title,
    })),
  );
  expect(named.length).toBeGreaterThan(50);
  const dead = named.filter(({ file, title }) => !existsSync(path.join(root, file)) || !read(file).includes(title));
  expect(dead).toEqual([]);
});
