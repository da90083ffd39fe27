import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Figures } from './figures.ts';

/** Scripts and styles that the page names, those for browsers without modules left out: what a first visit loads. */
export function measureBundle(folder = path.resolve('web/out')): Figures['web'] {
  const page = readFileSync(path.join(folder, 'index.html'), 'utf8');
  const files = new Set<string>();
  for (const [tag] of page.matchAll(/<(?:script|link)\b[^>]*>/g)) {
    const file = /(?:src|href)="(\/[^"]+\.(?:js|css))"/.exec(tag)?.[1];
    if (file !== undefined && !/\bnomodule\b/i.test(tag)) files.add(path.join(folder, file));
  }
  if (files.size === 0) throw new Error('the page names no scripts');
  const total = (ending: string, kind = '') =>
    [...files].filter((file) => file.endsWith(kind)).reduce((sum, file) => sum + sizeOf(file, ending), 0);
  return {
    files: files.size,
    bytes: total(''),
    brotliBytes: total('.br'),
    scripts: total('.br', '.js'),
    styles: total('.br', '.css'),
  };
}

/** What is too small to be worth it is served as it is. */
function sizeOf(file: string, ending: string): number {
  return statSync(`${file}${ending}`, { throwIfNoEntry: false })?.size ?? statSync(file).size;
}
