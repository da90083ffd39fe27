/** A piece of a text that fits one line. `end`: how far the text is sent with it, in UTF-16 code units. */
export type Piece = { text: string; end: number };

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Everything a line cannot carry or that would be taken for formatting or CTCP; tabs pass. */
const unsendable = /[\0-\x08\x0b-\x1f\x7f]/g;

/**
 * The lines of `text` from `start` on, each at most `room` bytes of UTF-8. Long lines are cut after a space where
 * there is one in their second half, else between characters as people see them; the pieces of a line put together
 * are the line. Blank lines, which IRC cannot carry, are left out.
 */
export function pieces(text: string, room: number, start = 0): Piece[] {
  const found: Piece[] = [];
  for (const match of text.slice(start).matchAll(/[^\r\n]+/g)) {
    const offset = start + match.index;
    for (let from = 0; from < match[0].length; ) {
      const to = cutAt(match[0], from, room);
      const piece = match[0].slice(from, to).toWellFormed().replace(unsendable, '');
      if (piece.trim() !== '') found.push({ text: piece, end: offset + to });
      from = to;
    }
  }
  return found;
}

/** Where the piece that begins at `from` ends. */
function cutAt(line: string, from: number, room: number): number {
  let bytes = 0;
  let at = from;
  let afterSpace = 0;
  while (at < line.length) {
    const code = line.codePointAt(at) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > room) break;
    at += code < 0x10000 ? 1 : 2;
    if (code === 0x20 && bytes > room / 2) afterSpace = at;
  }
  if (at >= line.length) return line.length;
  if (afterSpace > 0) return afterSpace;
  const whole = graphemes.segment(line.slice(from, at + 32)).containing(at - from);
  const before = from + (whole?.index ?? 0);
  return before > from + (at - from) / 2 ? before : Math.max(at, from + 1);
}
