export type Piece = { is: 'text'; text: string } | { is: 'link'; text: string; href: string };

const pattern = /\b(?:https?:\/\/|www\.)[^\s<>"]+|\bgeo:-?\d[^\s<>"]*|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/gi;

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

/** A sentence's own full stop or bracket is not part of the address. */
function trimEnd(url: string): string {
  let end = url.replace(/[.,;:!?'"»”]+$/, '');
  if (end.endsWith(')') && !end.includes('(')) end = end.slice(0, -1);
  return end;
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
  const septets = septetsOf(text);
  const unicode = septets === null;
  const length = septets ?? text.length;
  const [single, each] = unicode ? [70, 67] : [160, 153];
  const parts = length <= single ? 1 : Math.ceil(length / each);
  return { parts, left: (parts === 1 ? single : parts * each) - length, unicode };
}

/** Null where a character is not in the alphabet of phones. */
function septetsOf(text: string): number | null {
  let septets = 0;
  for (const char of text) {
    if (gsm.includes(char)) septets += 1;
    else if (gsmTwo.includes(char)) septets += 2;
    else return null;
  }
  return septets;
}

/** For comparing: without accents and capitals. */
export const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** The words of a query, folded. */
export const wordsOf = (query: string): string[] => fold(query).split(/\s+/).filter(Boolean);
