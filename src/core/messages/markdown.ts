import { cleanHtml } from './html.js';

/** Deeper marks are left as they were typed. */
const DEEPEST = 6;
const LONGEST_MARKED = 4_000;

type Formatted = { text: string; html: string | null };
type Part = { text: string; html: string };

/**
 * The Markdown people use in messages: paragraphs, headings, lists, quotes, fenced code; bold, italic, strike, code
 * and links. Answers sanitised HTML, and a plain text that reads well where nothing else can be shown.
 */
export function formatMarkdown(source: string): Formatted {
  const blocks = blocksOf(source.split('\n'));
  const text = blocks.map((block) => block.text).join('\n');
  const html = cleanHtml(blocks.map((block) => block.html).join(''));
  return { text: text.trim() === '' ? source : text, html };
}

function blocksOf(lines: readonly string[], depth = 0): Part[] {
  const blocks: Part[] = [];
  for (let at = 0; at < lines.length; ) {
    const taken = fence(lines, at) ?? (depth < DEEPEST ? quote(lines, at, depth) : undefined) ?? list(lines, at);
    if (taken) {
      blocks.push(taken.part);
      at = taken.next;
      continue;
    }
    const start = at;
    while (at < lines.length && !startsBlock(lines[at]!) && lines[at]!.trim() !== '') at += 1;
    if (at > start) blocks.push(paragraph(lines.slice(start, at)));
    else {
      blocks.push(heading(lines[at]!) ?? { text: lines[at]!.trim() === '' ? '' : lines[at]!, html: '' });
      at += 1;
    }
  }
  return blocks;
}

const FENCE = /^ {0,3}```/;
const QUOTE = /^ {0,3}> ?/;
const BULLET = /^ {0,3}[-*+] +(?=\S)/;
const NUMBER = /^ {0,3}\d{1,9}[.)] +(?=\S)/;
const HEADING = /^(#{1,6}) +(?=\S)/;

const startsBlock = (line: string): boolean => [FENCE, QUOTE, BULLET, NUMBER, HEADING].some((mark) => mark.test(line));

type Taken = { part: Part; next: number } | undefined;

function fence(lines: readonly string[], at: number): Taken {
  if (!FENCE.test(lines[at]!)) return undefined;
  let end = at + 1;
  while (end < lines.length && !FENCE.test(lines[end]!)) end += 1;
  const code = lines.slice(at + 1, end).join('\n');
  return { part: { text: code, html: `<pre><code>${escapeHtml(code)}</code></pre>` }, next: end + 1 };
}

function quote(lines: readonly string[], at: number, depth: number): Taken {
  const end = runEnd(lines, at, QUOTE);
  if (end === at) return undefined;
  const inner = blocksOf(
    lines.slice(at, end).map((line) => line.replace(QUOTE, '')),
    depth + 1,
  );
  const text = inner.flatMap((part) => part.text.split('\n').map((line) => `> ${line}`)).join('\n');
  return { part: { text, html: `<blockquote>${inner.map((part) => part.html).join('')}</blockquote>` }, next: end };
}

function list(lines: readonly string[], at: number): Taken {
  for (const [mark, tag] of [
    [BULLET, 'ul'],
    [NUMBER, 'ol'],
  ] as const) {
    const end = runEnd(lines, at, mark);
    if (end === at) continue;
    const items = lines.slice(at, end).map((line, index) => {
      const item = inline(line.replace(mark, ''));
      const sign = tag === 'ul' ? '-' : `${index + 1}.`;
      return { text: `${sign} ${item.text}`, html: `<li>${item.html}</li>` };
    });
    const html = `<${tag}>${items.map((item) => item.html).join('')}</${tag}>`;
    return { part: { text: items.map((item) => item.text).join('\n'), html }, next: end };
  }
  return undefined;
}

function runEnd(lines: readonly string[], at: number, mark: RegExp): number {
  let end = at;
  while (end < lines.length && mark.test(lines[end]!)) end += 1;
  return end;
}

function heading(line: string): Part | undefined {
  const level = HEADING.exec(line)?.[1]?.length;
  if (level === undefined) return undefined;
  const { text, html } = inline(line.replace(HEADING, ''));
  return { text, html: `<h${level}>${html}</h${level}>` };
}

function paragraph(lines: readonly string[]): Part {
  const { text, html } = inline(lines.join('\n'));
  return { text, html: `<p>${html}</p>` };
}

/** Marks that stand around text; a mark that is never closed is a letter like any other. */
const MARKS: { mark: string; tag: string }[] = [
  { mark: '***', tag: 'b><i' },
  { mark: '**', tag: 'b' },
  { mark: '__', tag: 'b' },
  { mark: '~~', tag: 'del' },
  { mark: '*', tag: 'i' },
  { mark: '_', tag: 'i' },
];
const SPECIAL = /[\\`*_~[\n]/g;

function inline(source: string, depth = 0): Part {
  const parts: Part[] = [];
  for (let at = 0; at < source.length; ) {
    SPECIAL.lastIndex = at;
    const next = SPECIAL.exec(source)?.index ?? source.length;
    if (next > at) parts.push(plain(source.slice(at, next)));
    if (next >= source.length) break;
    const taken = special(source, next, depth);
    parts.push(taken?.part ?? plain(source[next]!));
    at = taken?.next ?? next + 1;
  }
  return { text: parts.map((part) => part.text).join(''), html: parts.map((part) => part.html).join('') };
}

function special(source: string, at: number, depth: number): Taken {
  const sign = source[at];
  if (sign === '\n') return { part: { text: '\n', html: '<br>' }, next: at + 1 };
  if (sign === '\\') {
    const after = source[at + 1];
    return after !== undefined && /[\\`*_~[\]()>#+.!-]/.test(after) ? { part: plain(after), next: at + 2 } : undefined;
  }
  if (sign === '`') return codeSpan(source, at);
  if (depth >= DEEPEST) return undefined;
  return sign === '[' ? link(source, at, depth) : marked(source, at, depth);
}

function codeSpan(source: string, at: number): Taken {
  const end = within(source, '`', at + 1);
  if (end <= at + 1) return undefined;
  const code = source.slice(at + 1, end);
  return { part: { text: code, html: `<code>${escapeHtml(code)}</code>` }, next: end + 1 };
}

function link(source: string, at: number, depth: number): Taken {
  const close = within(source, '](', at + 1);
  const end = close < 0 ? -1 : within(source, ')', close + 2);
  if (end < 0) return undefined;
  const url = source.slice(close + 2, end);
  if (!/^(?:https?:\/\/|mailto:|tel:)[^\s<>"]+$/i.test(url)) return undefined;
  const label = inline(source.slice(at + 1, close), depth + 1);
  const text = label.text === url || label.text === '' ? url : `${label.text} (${url})`;
  return { part: { text, html: `<a href="${escapeHtml(url)}">${label.html || escapeHtml(url)}</a>` }, next: end + 1 };
}

function marked(source: string, at: number, depth: number): Taken {
  const found = MARKS.find(({ mark }) => source.startsWith(mark, at));
  if (!found) return undefined;
  const { mark, tag } = found;
  const from = at + mark.length;
  // A snake_case_name is no emphasis, nor is a lone star between blanks.
  if (mark.startsWith('_') && isLetter(source[at - 1])) return undefined;
  if (!isInk(source[from])) return undefined;
  for (let end = within(source, mark, from + 1); end > 0; end = within(source, mark, end + 1, at)) {
    if (!isInk(source[end - 1]) || (mark.startsWith('_') && isLetter(source[end + mark.length]))) continue;
    const inner = inline(source.slice(from, end), depth + 1);
    const closing = tag.split('><').reverse().join('></');
    return { part: { text: inner.text, html: `<${tag}>${inner.html}</${closing}>` }, next: end + mark.length };
  }
  return undefined;
}

/** Where `sign` comes next, not too far away: else a text full of unclosed marks takes a square of its length. */
function within(source: string, sign: string, from: number, start = from): number {
  const found = source.slice(from, start + LONGEST_MARKED).indexOf(sign);
  return found < 0 ? -1 : from + found;
}

const isLetter = (sign: string | undefined): boolean => sign !== undefined && /[\p{L}\p{N}]/u.test(sign);
const isInk = (sign: string | undefined): boolean => sign !== undefined && !/\s/.test(sign);
const plain = (text: string): Part => ({ text, html: escapeHtml(text) });
const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
