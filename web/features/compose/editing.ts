/** Text with what is selected in it. */
export type Selected = { text: string; start: number; end: number };
/** `text` from `from` to `to` becomes `insert`, and this is selected then. */
export type Change = { from: number; to: number; insert: string; start: number; end: number };

export const inserted = ({ start, end }: Selected, insert: string): Change => ({
  from: start,
  to: end,
  insert,
  start: start + insert.length,
  end: start + insert.length,
});

/** Puts marks around the selection, or takes them away where they are. White space at its ends stays outside. */
export function marked({ text, start, end }: Selected, mark: string): Change {
  const chosen = text.slice(start, end);
  const first = start + (chosen.length - chosen.trimStart().length);
  const last = Math.max(first, end - (chosen.length - chosen.trimEnd().length));
  const inner = text.slice(first, last);
  const { length } = mark;
  if (start === end && closesHere(text, start, mark)) {
    return { from: start, to: start, insert: '', start: start + length, end: start + length };
  }
  if (standsAround(text, first, last, mark)) {
    return { from: first - length, to: last + length, insert: inner, start: first - length, end: last - length };
  }
  if (inner.length >= 2 * length && inner.startsWith(mark) && inner.endsWith(mark) && !longer(inner, mark)) {
    const bare = inner.slice(length, inner.length - length);
    return { from: first, to: last, insert: bare, start: first, end: first + bare.length };
  }
  return { from: first, to: last, insert: mark + inner + mark, start: first + length, end: last + length };
}

/** The caret is at the end of what has the mark: it steps out of it. */
function closesHere(text: string, at: number, mark: string): boolean {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return text.startsWith(mark, at) && !line.endsWith(mark) && line.split(mark).length % 2 === 0;
}

/** Two stars are not one star twice. */
function standsAround(text: string, from: number, to: number, mark: string): boolean {
  const sign = mark.charAt(0);
  const before = /(.)\1*$/.exec(text.slice(0, from))?.[0] ?? '';
  const after = /^(.)\1*/.exec(text.slice(to))?.[0] ?? '';
  if (before.charAt(0) !== sign || after.charAt(0) !== sign) return false;
  const both = Math.min(before.length, after.length);
  return both === mark.length || (both > 2 && sign === '*');
}

const longer = (text: string, mark: string): boolean =>
  mark.length === 1 && text.startsWith(mark + mark) && !text.startsWith(mark.repeat(3));

/** Puts a mark before each line of the selection, or takes it away where all have it. */
export function prefixed({ text, start, end }: Selected, kind: 'bullet' | 'number' | 'quote'): Change {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const stop = text.indexOf('\n', end);
  const to = stop === -1 ? text.length : stop;
  const lines = text.slice(from, to).split('\n');
  const mark = { bullet: /^[-*] /, number: /^\d+[.)] /, quote: /^> ?/ }[kind];
  const all = lines.every((line) => mark.test(line));
  const next = lines.map((line, index) => {
    if (all) return line.replace(mark, '');
    if (kind === 'quote') return `> ${line}`;
    const bare = line.replace(/^([-*]|\d+[.)]) /, '');
    return kind === 'bullet' ? `- ${bare}` : `${index + 1}. ${bare}`;
  });
  const insert = next.join('\n');
  const single = lines.length === 1;
  const caret = from + insert.length;
  return { from, to, insert, start: single ? caret : from, end: caret };
}

/** A block of its own, with an empty line in it to write in. */
export function fenced({ text, start, end }: Selected): Change {
  const before = start > 0 && text[start - 1] !== '\n' ? '\n' : '';
  const after = end < text.length && text[end] !== '\n' ? '\n' : '';
  const inner = text.slice(start, end);
  const head = `${before}\`\`\`\n`;
  const insert = `${head}${inner}\n\`\`\`${after}`;
  return { from: start, to: end, insert, start: start + head.length, end: start + head.length + inner.length };
}

/** A link of the selection; what is to be filled in is selected. */
export function linked({ text, start, end }: Selected, placeholder: string): Change {
  const chosen = text.slice(start, end);
  const address = /^https?:\/\/\S+$/.test(chosen);
  const words = address ? placeholder : chosen || placeholder;
  const insert = `[${words}](${address ? chosen : 'https://'})`;
  const at = start + 1;
  if (address || !chosen) return { from: start, to: end, insert, start: at, end: at + words.length };
  const end2 = start + insert.length - 1;
  return { from: start, to: end, insert, start: end2 - 'https://'.length, end: end2 };
}

/** A new line in a list or a quote begins with its mark; on an empty one of these, the list ends. Null: a plain new line. */
export function continued({ text, start, end }: Selected): Change | null {
  if (start !== end) return null;
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const found = /^(\s*)([-*]|\d+[.)]|>) (.*)$/.exec(text.slice(from, start));
  if (!found) return null;
  const [, space = '', mark = '', rest = ''] = found;
  if (rest.trim() === '') return { from, to: start, insert: '', start: from, end: from };
  const number = Number.parseInt(mark, 10);
  const next = Number.isNaN(number) ? mark : `${number + 1}${mark.at(-1)}`;
  return inserted({ text, start, end }, `\n${space}${next} `);
}

export const applied = ({ text }: Selected, { from, to, insert, start, end }: Change): Selected => ({
  text: text.slice(0, from) + insert + text.slice(to),
  start,
  end,
});
