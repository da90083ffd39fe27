import { convert } from 'html-to-text';

const maxInput = 1_000_000;
const maxDepth = 500;
/** Elements that hold nothing or that the next sibling closes: they open no level. */
const flat = new Set(
  'area base br col embed hr img input link meta param source track wbr p li dt dd option optgroup tr td th thead tbody tfoot'.split(
    ' ',
  ),
);

/** Whether elements may nest deeper than `maxDepth`: an upper bound found in one pass, as parsing deep input is quadratic. */
export function nestsTooDeep(html: string): boolean {
  const open = new Map<string, number>();
  let depth = 0;
  for (const [, slash, rawName = ''] of html.matchAll(/<(\/?)([a-zA-Z][^\s/>]{0,40})/g)) {
    const name = rawName.toLowerCase();
    if (flat.has(name)) continue;
    const count = open.get(name) ?? 0;
    if (slash) {
      if (count === 0) continue;
      open.set(name, count - 1);
      depth -= 1;
    } else {
      open.set(name, count + 1);
      depth += 1;
      if (depth > maxDepth) return true;
    }
  }
  return false;
}

/** The text of an HTML mail, quotes as `> ` lines; undefined where it cannot be had safely. */
export function textOfHtml(html: string): string | undefined {
  if (html.length > maxInput || nestsTooDeep(html)) return undefined;
  try {
    return convert(html, {
      wordwrap: false,
      limits: { maxInputLength: maxInput, maxDepth: maxDepth + 50 },
      selectors: [
        { selector: 'a', options: { hideLinkHrefIfSameAsText: true, ignoreHref: false, noAnchorUrl: true } },
        { selector: 'img', format: 'skip' },
        ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
      ],
    });
  } catch {
    return undefined;
  }
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Plain text as HTML that shows the same, line by line. */
export function htmlOfText(text: string): string {
  return text
    .replace(/[&<>"]/g, (char) => escapes[char]!)
    .replaceAll('\r\n', '\n')
    .replaceAll('\n', '<br>\n');
}
