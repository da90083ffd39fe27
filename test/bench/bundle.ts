import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { part } from './part.ts';
import { kib } from './words.ts';

/** `scripts` and `styles`, compressed, are missing from figures of before they were told apart. */
type WebFigures = { files: number; bytes: number; brotliBytes: number; scripts?: number; styles?: number };

export const web = part<WebFigures>({
  name: 'web',
  measure: async () => measureBundle(),
  lines: ({ files, bytes, brotliBytes, scripts }) => [
    {
      what: `web client, scripts and styles of a first visit (${files} files)`,
      parley: `${kib(brotliBytes / 1_024)} sent, ${kib(bytes / 1_024)} unpacked`,
    },
    ...(scripts === undefined
      ? []
      : [
          {
            what: 'the scripts of it',
            parley: `${kib(scripts / 1_024)} sent`,
            goal: '≤ 200 KiB',
            met: scripts <= 200 * 1_024,
          },
        ]),
  ],
  ratios: ({ brotliBytes }) => [{ what: 'KiB of the web client', value: brotliBytes / 1_024, exact: true }],
});

/** Scripts and styles that the page names, those for browsers without modules left out: what a first visit loads. */
export function measureBundle(folder = path.resolve('web/out')): WebFigures {
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
