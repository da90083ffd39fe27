import { type Piece, pieces } from './split.js';

/** What the server takes as one message in parts. */
export type MultilineLimits = { maxBytes: number; maxLines: number };

export function multilineLimits(value: string | undefined): MultilineLimits | undefined {
  if (value === undefined) return undefined;
  const given = (name: string) => Number(new RegExp(`(?:^|,)${name}=(\\d{1,7})(?:,|$)`).exec(value)?.[1] ?? Number.NaN);
  const [bytes, lines] = [given('max-bytes'), given('max-lines')];
  if (!(bytes >= 512)) return undefined;
  return { maxBytes: Math.min(bytes, 40_000), maxLines: Math.min(lines >= 2 ? lines : 100, 500) };
}

/** A line of a message in parts; `glued`: it goes on with the line before. */
export type Part = { text: string; glued: boolean };
/** What is sent and answered as one: a line, or a message in parts. */
export type Unit = Piece & { parts?: Part[] };

/**
 * As `pieces`, with as many lines to a unit as the server takes for one message. Blank lines between others are kept,
 * which single lines cannot do.
 */
export function units(text: string, room: number, start: number, limits: MultilineLimits | undefined): Unit[] {
  const single = pieces(text, room, start);
  if (!limits || single.length < 2) return single;
  const found: Unit[] = [];
  let parts: Part[] = [];
  let bytes = 0;
  let before: Piece | undefined;
  const flush = () => {
    const last = before;
    if (last && parts.length > 0) {
      const whole = parts.reduce((sum, part, at) => `${sum}${at === 0 || part.glued ? '' : '\n'}${part.text}`, '');
      found.push(parts.length === 1 ? { ...last, text: whole } : { text: whole, end: last.end, parts });
    }
    parts = [];
    bytes = 0;
  };
  for (const piece of single) {
    const size = Buffer.byteLength(piece.text) + 1;
    let between = before ? breaks(text, before, piece) : 0;
    if (parts.length > 0 && (parts.length + between > limits.maxLines || bytes + size + between > limits.maxBytes)) {
      flush();
      between = 0;
    }
    const first = parts.length === 0;
    for (let blank = 1; blank < between && !first; blank++) parts.push({ text: '', glued: false });
    parts.push({ text: piece.text, glued: !first && between === 0 });
    bytes += size + between;
    before = piece;
  }
  flush();
  return found;
}

/** Line breaks between two pieces that follow one another; what ends a piece is the beginning of the next at most. */
function breaks(text: string, before: Piece, next: Piece): number {
  const gap = text.slice(before.end, next.end);
  const leading = /^[\r\n]+(?:[^\S\r\n]*[\r\n]+)*/.exec(gap)?.[0] ?? '';
  return leading.match(/\r\n|\r|\n/g)?.length ?? 0;
}
