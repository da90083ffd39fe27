import { Parser } from 'htmlparser2';
import type { WireEntity } from './wire.js';

/** A text with what is formatted in it; offsets count UTF-16 code units, as Telegram's do. */
export type Rich = { text: string; entities: WireEntity[] };

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => escapes[sign] ?? '');

type Tag = { open: string; close: string };
const plainTag = (name: string): Tag => ({ open: `<${name}>`, close: `</${name}>` });
const simple: Record<string, Tag> = {
  bold: plainTag('b'),
  italic: plainTag('i'),
  underline: plainTag('u'),
  strikethrough: plainTag('s'),
  code: plainTag('code'),
  pre: { open: '<pre><code>', close: '</code></pre>' },
  blockquote: plainTag('blockquote'),
  expandable_blockquote: plainTag('blockquote'),
};

function tagOf(entity: WireEntity, words: string): Tag | undefined {
  const link = (address: string): Tag => ({ open: `<a href="${escaped(address)}">`, close: '</a>' });
  switch (entity.type) {
    case 'text_link':
      return entity.url === undefined ? undefined : link(entity.url);
    case 'url':
      return link(/^[a-z][a-z0-9+.-]*:/i.test(words) ? words : `https://${words}`);
    case 'email':
      return link(`mailto:${words}`);
    case 'phone_number':
      return link(`tel:${words.replace(/[^+0-9]/g, '')}`);
  }
  return Object.hasOwn(simple, entity.type) ? simple[entity.type] : undefined;
}

/** The HTML of a message, or undefined where nothing in it is formatted. Entities that overlap are cut, not lost. */
export function htmlOf({ text, entities }: Rich): string | undefined {
  const spans = entities
    .map((entity) => ({ from: entity.offset, to: Math.min(entity.offset + entity.length, text.length), entity }))
    .filter(({ from, to }) => from < to)
    .map((span) => ({ ...span, tag: tagOf(span.entity, text.slice(span.from, span.to)) }))
    .filter((span): span is typeof span & { tag: Tag } => span.tag !== undefined)
    .sort((a, b) => a.from - b.from || b.to - a.to);
  if (spans.length === 0) return undefined;
  const edges = [...new Set([0, text.length, ...spans.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b);
  let html = '';
  let open: typeof spans = [];
  for (const [index, edge] of edges.entries()) {
    const keep = open.filter((span) => span.to > edge);
    const kept = open.findIndex((span) => span.to <= edge);
    const reopened = kept < 0 ? [] : keep.slice(kept);
    if (kept >= 0) for (const span of open.slice(kept).reverse()) html += span.tag.close;
    const starting = spans.filter((span) => span.from === edge);
    for (const span of [...reopened, ...starting]) html += span.tag.open;
    open = [...(kept < 0 ? open : keep.slice(0, kept)), ...reopened, ...starting];
    html += escaped(text.slice(edge, edges[index + 1] ?? edge));
  }
  return html.replaceAll('\n', '<br>').toWellFormed();
}

const marks: Record<string, string> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  s: 'strikethrough',
  del: 'strikethrough',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
  h1: 'bold',
  h2: 'bold',
  h3: 'bold',
  h4: 'bold',
  h5: 'bold',
  h6: 'bold',
};
const blocks = new Set('p div ul ol li pre blockquote table thead tbody tr h1 h2 h3 h4 h5 h6'.split(' '));
/** Between these an empty line is left, as a reader would see it. */
const paragraphs = new Set('p ul ol pre blockquote table h1 h2 h3 h4 h5 h6'.split(' '));

/** Reads sanitised HTML as a text with entities. What Telegram cannot show (lists, tables, rules) becomes text. */
export function richOf(html: string): Rich {
  let text = '';
  const entities: WireEntity[] = [];
  const open: { tag: string; at: number; url?: string }[] = [];
  const lists: { ordered: boolean; next: number }[] = [];
  let owed = 0;

  const breakLine = (lines: number) => {
    if (text !== '') owed = Math.max(owed, lines);
  };
  const write = (words: string) => {
    if (words === '') return;
    if (owed > 0) {
      text = text.replace(/ +$/, '');
      for (const one of open) one.at = Math.min(one.at, text.length);
      const there = /\n*$/.exec(text)?.[0].length ?? 0;
      const added = '\n'.repeat(Math.max(0, owed - there));
      for (const one of open) if (one.at === text.length) one.at += added.length;
      text += added;
    }
    owed = 0;
    text += words;
  };
  const inPre = () => open.some(({ tag }) => tag === 'pre');

  const parser = new Parser(
    {
      onopentag(tag, attributes) {
        if (tag === 'br') {
          text += text === '' && owed === 0 ? '' : '\n';
          return;
        }
        if (blocks.has(tag)) breakLine(paragraphs.has(tag) && lists.length === 0 ? 2 : 1);
        if (tag === 'ul' || tag === 'ol') lists.push({ ordered: tag === 'ol', next: 1 });
        if (tag === 'li') {
          const list = lists.at(-1);
          write(`${'  '.repeat(Math.max(0, lists.length - 1))}${list?.ordered ? `${list.next++}. ` : '- '}`);
        }
        if (tag === 'hr') {
          breakLine(2);
          write('―――');
          breakLine(2);
        }
        if (tag === 'td' || tag === 'th') if (!/(^|\n)$/.test(text) && owed === 0) write(' | ');
        open.push({ tag, at: text.length, ...(tag === 'a' && attributes.href ? { url: attributes.href } : {}) });
        // A mark begins where its first word will be, after the line ends still owed.
      },
      ontext(data) {
        if (inPre()) return write(data);
        const words = data.replace(/[\t\n\r ]+/g, ' ');
        const fresh = text === '' || owed > 0 || /[\n ]$/.test(text);
        write(fresh ? words.replace(/^ /, '') : words);
      },
      onclosetag(tag) {
        const index = open.findLastIndex((one) => one.tag === tag);
        const begun = open[index];
        if (!begun) return;
        open.splice(index, 1);
        if (tag === 'ul' || tag === 'ol') lists.pop();
        if (tag === 'pre') text = text.replace(/\n$/, '');
        const type = begun.url === undefined ? marks[tag] : 'text_link';
        const lead = /^\s*/.exec(text.slice(begun.at))?.[0].length ?? 0;
        const offset = begun.at + lead;
        const length = text.slice(offset).trimEnd().length;
        const nested = (type === 'code' && inPre()) || (type === 'blockquote' && open.some((one) => one.tag === tag));
        if (type !== undefined && length > 0 && !nested)
          entities.push({ type, offset, length, ...(begun.url === undefined ? {} : { url: begun.url }) });
        if (blocks.has(tag)) breakLine(paragraphs.has(tag) && lists.length === 0 ? 2 : 1);
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  parser.write(html);
  parser.end();
  return clip({ text, entities }, /^\s*/.exec(text)?.[0].length ?? 0, text.trimEnd().length);
}

/** A piece of a text with what is formatted in it. */
function clip({ text, entities }: Rich, from: number, to: number): Rich {
  const inside = entities.flatMap((entity) => {
    const start = Math.max(entity.offset, from);
    const end = Math.min(entity.offset + entity.length, to);
    return start < end ? [{ ...entity, offset: start - from, length: end - start }] : [];
  });
  return { text: text.slice(from, to), entities: inside.sort((a, b) => a.offset - b.offset || b.length - a.length) };
}

/** Cuts a text into pieces of at most `most` code units: at a line end, else at a space, never within a character. */
export function splitRich(rich: Rich, most: number): Rich[] {
  const pieces: Rich[] = [];
  let from = 0;
  while (from < rich.text.length) {
    const to = rich.text.length - from <= most ? rich.text.length : cutAt(rich.text, from, most);
    const piece = clip(rich, from, to);
    if (piece.text.trim() !== '') pieces.push(piece);
    from = to;
  }
  return pieces;
}

function cutAt(text: string, from: number, most: number): number {
  const window = text.slice(from, from + most);
  for (const mark of ['\n', ' ']) {
    const at = window.lastIndexOf(mark);
    if (at >= most / 2) return from + at + 1;
  }
  const whole = /[\ud800-\udbff]$/.test(window) ? most - 1 : most;
  return from + whole;
}
