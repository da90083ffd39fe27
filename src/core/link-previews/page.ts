import { Parser } from 'htmlparser2';
import type { LinkPreview } from '../views.js';

const LONGEST = { title: 200, text: 300, site: 60 };
/** A head has no elements in elements; the parser takes the longer for each the deeper it is. */
const DEEPEST = 64;
const SLICE = 16_384;

/** What a page says of itself in its head: Open Graph, else Twitter's names for it, else plain HTML. */
export function readPage(html: string, address: string): LinkPreview | undefined {
  const said = new Map<string, string>();
  let title = '';
  let within = false;
  let ended = false;
  let depth = 0;
  const parser = new Parser({
    onopentag: (name, { property, name: named, content }) => {
      depth += 1;
      if (depth > DEEPEST) ended = true;
      if (ended) return;
      if (name === 'title') within = title === '';
      if (name === 'body') ended = true;
      const key = (property ?? named ?? '').toLowerCase();
      if (name === 'meta' && key !== '' && content && !said.has(key)) said.set(key, content);
    },
    ontext: (text) => {
      if (within) title += text;
    },
    onclosetag: (name) => {
      depth -= 1;
      if (name === 'title') within = false;
      if (name === 'head') ended = true;
    },
  });
  for (let at = 0; at < html.length && !ended; at += SLICE) parser.write(html.slice(at, at + SLICE));
  parser.end();
  const first = (...keys: string[]) => keys.map((key) => said.get(key)?.trim()).find(Boolean);
  const preview = {
    title: cut(first('og:title', 'twitter:title') ?? title, LONGEST.title),
    text: cut(first('og:description', 'twitter:description', 'description'), LONGEST.text),
    site: cut(first('og:site_name', 'application-name'), LONGEST.site),
    picture: pictureAt(
      first('og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image', 'twitter:image:src'),
      address,
    ),
  };
  if (preview.title === undefined && preview.text === undefined && preview.picture === undefined) return undefined;
  const known = Object.entries(preview).filter(([, value]) => value !== undefined);
  return { url: address, ...Object.fromEntries(known) };
}

function cut(text: string | undefined, longest: number): string | undefined {
  const line = (text ?? '')
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\s]+/g, ' ')
    .trim();
  if (line === '') return undefined;
  return line.length <= longest
    ? line
    : `${line
        .slice(0, longest - 1)
        .toWellFormed()
        .trimEnd()}…`;
}

function pictureAt(src: string | undefined, page: string): string | undefined {
  const url = src === undefined ? null : URL.parse(src, page);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.href.length > 2_000)
    return undefined;
  return url.href;
}

/** The character set that a page says it is written in, as its type or its first bytes tell. */
export function charsetOf(type: string, start: string): string {
  return (
    /charset="?([\w-]+)/i.exec(type)?.[1] ??
    /<meta[^>]+charset=["']?([\w-]+)/i.exec(start.slice(0, 2048))?.[1] ??
    'utf-8'
  );
}
