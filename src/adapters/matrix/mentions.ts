/** A user's whole id (Matrix specification, appendix 4.2), not within a longer word. */
const userId = /(?<![\w@/.#])@[a-z0-9._=/+-]{1,200}:[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?(?![\w@])/giu;
const most = 50;

type Mentioned = { mentions?: { user_ids: string[] }; html?: string };
type Name = (user: string) => string | undefined;

/** Who is called by their id: told to the server, and drawn as people. What stands in code or in a link stays as it is. */
export function mentioned({ text, html }: { text: string; html?: string }, name: Name): Mentioned {
  const ids = [...new Set([...text.matchAll(userId)].map(([id]) => id))].slice(0, most);
  if (ids.length === 0) return html === undefined ? {} : { html };
  const known = new Set(ids);
  const pill = (id: string): string =>
    known.has(id) ? `<a href="https://matrix.to/#/${encodeURIComponent(id)}">${escaped(name(id) ?? id)}</a>` : id;
  const shown = html ?? escaped(text).replaceAll('\n', '<br>');
  return { mentions: { user_ids: ids }, html: outside(shown, (words) => words.replace(userId, pill)) };
}

/** Changes the text of HTML, but for that in links and code. */
function outside(html: string, change: (words: string) => string): string {
  let within = 0;
  return html
    .split(/(<[^>]*>)/)
    .map((part) => {
      if (/^<(a|code|pre)\b/i.test(part)) within += 1;
      else if (/^<\/(a|code|pre)\b/i.test(part)) within -= 1;
      else if (!part.startsWith('<') && within <= 0) return change(part);
      return part;
    })
    .join('');
}

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => signs[sign] ?? sign);
