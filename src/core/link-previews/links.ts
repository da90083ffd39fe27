/** Of one message. */
const MOST = 2;
const LONGEST = 2_000;
const MARKS = new Set('.,;:!?\'"»”*_');

/** Where it was said, and what it is. */
export type Said = {
  text: string;
  channel: string;
  encrypted: boolean;
  /** Of somebody whom the user has not let in. */
  request: boolean;
  gone: boolean;
};

/**
 * Whether a server of ours may look at links of such a message. Mail is full of links made for one reader alone, which
 * tell or do something when they are opened; end-to-end encrypted talk is for two ends; strangers learn nothing of us.
 */
export const mayLook = ({ channel, encrypted, request, gone }: Said): boolean =>
  channel !== 'email' && !encrypted && !request && !gone;

/** The first links of a text that may be opened without its reader. */
export function linksOf(text: string): string[] {
  const found = new Set<string>();
  for (const [written] of text.matchAll(/\bhttps?:\/\/[^\s<>"`]+/gi)) {
    const url = URL.parse(trimmed(written));
    if (url && isOpen(url)) found.add(url.href);
    if (found.size === MOST) break;
  }
  return [...found];
}

/** A sentence's own marks are not part of the address, and a bracket only where it was opened there. */
function trimmed(written: string): string {
  let end = written.length;
  let closed = written.split(')').length - written.split('(').length;
  for (; end > 0; end -= 1) {
    const last = written.charAt(end - 1);
    if (last === ')' && closed > 0) closed -= 1;
    else if (!MARKS.has(last)) break;
  }
  return written.slice(0, end);
}

/** Words of addresses that do something, or that let in whoever opens them. */
const ONE_TIME =
  /(?:^|[^a-z])(?:token|unsubscribe|optout|verify|verification|confirm|reset|password|passwd|magic|signin|login|logout|oauth|otp|auth|invite|activate|sig|signature|apikey|secret|session|jwt|code)(?:[^a-z]|$)/i;

function isOpen({ href, hostname, username, password, pathname, search }: URL): boolean {
  if (username !== '' || password !== '' || href.length > LONGEST) return false;
  if (!hostname.includes('.') || /\.(?:local|internal|onion|test|lan|home)$/i.test(hostname)) return false;
  // A long run without a vowel of letters and digits mixed is a key, not a word.
  return (
    !ONE_TIME.test(pathname) &&
    !ONE_TIME.test(search) &&
    !/[=/](?=[^/&]*\d)(?=[^/&]*[a-z])[\w-]{40,}/i.test(pathname + search)
  );
}
