export type Piece = { is: 'text'; text: string } | { is: 'link'; text: string; href: string };

/** The name in a mail address has at most 64 signs (RFC 5321): without an end, each dot of a long run would be read on from. */
const pattern = /\b(?:https?:\/\/|www\.)[^\s<>"]+|\bgeo:-?\d[^\s<>"]*|\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+\b/gi;

/** Cuts text at its links. Only http, https and mail addresses become links, and places (RFC 5870). */
export function pieces(text: string): Piece[] {
  const out: Piece[] = [];
  let last = 0;
  for (const match of text.matchAll(pattern)) {
    const found = trimEnd(match[0]);
    const href = hrefOf(found);
    if (!href) continue;
    if (match.index > last) out.push({ is: 'text', text: text.slice(last, match.index) });
    out.push({ is: 'link', text: found, href });
    last = match.index + found.length;
  }
  if (last < text.length) out.push({ is: 'text', text: text.slice(last) });
  return out;
}

const geo = /^geo:-?\d{1,2}(\.\d+)?,-?\d{1,3}(\.\d+)?(,-?\d+(\.\d+)?)?(;[\w.=;-]*)?$/i;

const marks = new Set('.,;:!?\'"»”');

/** A sentence's own full stop or bracket is not part of the address. */
function trimEnd(url: string): string {
  let end = url.length;
  // Sign by sign: a pattern for the end begins anew at each of them.
  while (end > 0 && marks.has(url.charAt(end - 1))) end -= 1;
  const bare = url.slice(0, end);
  return bare.endsWith(')') && !bare.includes('(') ? bare.slice(0, -1) : bare;
}

function hrefOf(found: string): string | null {
  if (/^https?:\/\//i.test(found)) return URL.canParse(found) ? found : null;
  if (/^www\./i.test(found)) return `https://${found}`;
  if (/^geo:/i.test(found)) return geo.test(found) ? found : null;
  return `mailto:${found}`;
}

export function safeHref(href: string | null): string | null {
  if (!href || !URL.canParse(href)) return null;
  const { protocol } = new URL(href);
  return protocol === 'http:' || protocol === 'https:' || protocol === 'mailto:' ? href : null;
}

const gsm =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const gsmTwo = '^{}\\[~]|€\f';

/** Segments an SMS of this text takes. */
export const smsParts = (text: string): number => smsRoom(text).parts;

export type SmsRoom = { parts: number; left: number; unicode: boolean };

/** Segments, and the characters left in the last one (3GPP TS 23.038 and 23.040: 160/153 septets, 70/67 UCS-2 units). */
export function smsRoom(text: string): SmsRoom {
  const chars = [...text];
  const unicode = chars.some((char) => septetsOf(char) === undefined);
  const sizes = chars.map((char) => (unicode ? char.length : (septetsOf(char) ?? 0)));
  const [single, each] = unicode ? [70, 67] : [160, 153];
  const length = sizes.reduce((sum, size) => sum + size, 0);
  if (length <= single) return { parts: 1, left: single - length, unicode };
  let parts = 1;
  let used = 0;
  // What takes two places is not cut in two: it begins the next segment.
  for (const size of sizes) {
    if (used + size > each) {
      parts += 1;
      used = 0;
    }
    used += size;
  }
  return { parts, left: each - used, unicode };
}

/** Undefined where the character is not in the alphabet of phones. */
function septetsOf(char: string): number | undefined {
  if (gsm.includes(char)) return 1;
  return gsmTwo.includes(char) ? 2 : undefined;
}

/** For comparing: without accents and capitals. */
export const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** The words of a query, folded. */
export const wordsOf = (query: string): string[] => fold(query).split(/\s+/).filter(Boolean);
