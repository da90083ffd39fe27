export type Block = { is: 'text'; text: string } | { is: 'code'; code: string; language: string };

const fence = /(?:^|\n)```([\w+#.-]{0,20})[^\S\n]*\n([\s\S]*?)\n?```(?=\n|$)/g;

/** For one line that stands for all of it: the code without the lines around it. */
export const withoutFences = (text: string): string =>
  text.includes('```')
    ? blocksOf(text)
        .map((block) => (block.is === 'code' ? block.code : block.text))
        .join('\n')
    : text;

/** Cuts text at its fenced blocks of code, as people write them where nothing else is understood. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let last = 0;
  const say = (part: string) => {
    const trimmed = part.replace(/^\n+|\n+$/g, '');
    if (trimmed) blocks.push({ is: 'text', text: trimmed });
  };
  for (const match of text.matchAll(fence)) {
    say(text.slice(last, match.index));
    blocks.push({ is: 'code', code: match[2] ?? '', language: (match[1] ?? '').toLowerCase() });
    last = match.index + match[0].length;
  }
  say(text.slice(last));
  return blocks;
}
