import { common, createLowlight } from 'lowlight';

export type Token = { text: string; kind: string };

const lowlight = createLowlight(common);
/** Past it, colours are not worth the wait. */
const longest = 30_000;

/** Code in pieces, each with what it is; null for a language that is not known. */
export function tokensOf(code: string, language: string): Token[] | null {
  if (code.length > longest || !lowlight.registered(language)) return null;
  const tokens: Token[] = [];
  collect(lowlight.highlight(language, code), '', tokens);
  return tokens;
}

type Tree = ReturnType<typeof lowlight.highlight>;
type Node = Tree | Tree['children'][number];

function collect(node: Node, kind: string, into: Token[]): void {
  if (node.type === 'text') into.push({ text: node.value, kind });
  if (!('children' in node)) return;
  const names = node.type === 'element' ? node.properties.className : undefined;
  const own = Array.isArray(names) ? names.join(' ') : kind;
  for (const child of node.children) collect(child, own, into);
}
