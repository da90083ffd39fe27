/** mIRC's codes: colours with their digits, and the toggles. */
const codes = /\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9a-f]{6}(?:,[0-9a-f]{6})?)?|[\x02\x0f\x11\x16\x1d\x1e\x1f]/gi;
/** Line breaks stay: a message in parts has them. */
const otherControls = /[\0-\x08\x0b-\x1f\x7f]/g;
const tags: Record<string, string> = { '\x02': 'b', '\x1d': 'i', '\x1f': 'u', '\x1e': 's', '\x11': 'code' };
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** The text without its codes and, where it had some that HTML knows, the HTML of it. Colours are left out. */
export function readFormatting(raw: string): { text: string; html?: string } {
  const text = raw.replace(codes, '').replace(otherControls, '').toWellFormed();
  if (!/[\x02\x1d\x1f\x1e\x11]/.test(raw) || text.trim() === '') return { text };
  return { text, html: htmlOf(raw) };
}

function htmlOf(raw: string): string {
  let html = '';
  let at = 0;
  let open: string[] = [];
  const write = (words: string) => {
    html += words
      .replace(otherControls, '')
      .toWellFormed()
      .replace(/[&<>"]/g, (sign) => entities[sign] ?? '')
      .replace(/\n/g, '<br>');
  };
  const set = (next: string[]) => {
    html += open
      .toReversed()
      .map((tag) => `</${tag}>`)
      .join('');
    html += next.map((tag) => `<${tag}>`).join('');
    open = next;
  };
  for (const match of raw.matchAll(codes)) {
    write(raw.slice(at, match.index));
    at = match.index + match[0].length;
    const tag = tags[match[0]];
    if (tag) set(open.includes(tag) ? open.filter((one) => one !== tag) : [...open, tag]);
    else if (match[0] === '\x0f') set([]);
  }
  write(raw.slice(at));
  set([]);
  return html;
}
