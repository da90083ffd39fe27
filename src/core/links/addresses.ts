const DAY_MS = 86_400_000;
/** From when the message was last sent. */
export const FILE_LINK_MS = 7 * DAY_MS;
export const SHORT_LINK_MS = 30 * DAY_MS;

/** Characters of base64url: 128 bits of an id, 128 bits of its signature, 54 bits of a short code. */
const TOKEN_LENGTH = 22;
const SIGNATURE_LENGTH = 22;
export const CODE_LENGTH = 9;

export const fileAddress = (base: string, token: string, signature: string): string =>
  `${base}/f/${token}?s=${signature}`;
export const shortAddress = (base: string, code: string): string => `${base}/l/${code}`;

/** What stands in a message in place of its files and of addresses in it. */
export type Addresses = {
  file(id: string): string | undefined;
  short(url: string): string | undefined;
  /** When the links to files end, ms since the epoch. */
  until: number;
};

/** As long as the real ones: for what is not sent (yet). */
export function sampleAddresses(base: string, now: number): Addresses {
  const file = fileAddress(base, 'x'.repeat(TOKEN_LENGTH), 'x'.repeat(SIGNATURE_LENGTH));
  const short = shortAddress(base, 'x'.repeat(CODE_LENGTH));
  return {
    file: () => file,
    short: (url) => (short.length < url.length ? short : undefined),
    until: now + FILE_LINK_MS,
  };
}

/** How many characters a short address has. */
export const shortLength = (base: string): number => shortAddress(base, 'x'.repeat(CODE_LENGTH)).length;

const LONGEST = 2_000;
const MOST = 20;
const ENDS = new Set('.,;:!?\'")]}>');

/** The text with its web addresses replaced, as people write them: without the marks behind them. */
export function replaceAddresses(text: string, by: (url: string) => string): string {
  return text.replace(/\bhttps?:\/\/[!-~]{1,2100}/g, (whole) => {
    let end = whole.length;
    while (end > 0 && ENDS.has(whole[end - 1]!)) end -= 1;
    const url = whole.slice(0, end);
    return isWebAddress(url) ? by(url) + whole.slice(end) : whole;
  });
}

/** The web addresses in a text, at most 20 different ones. */
export function webAddresses(text: string): string[] {
  const found = new Set<string>();
  replaceAddresses(text, (url) => {
    if (found.size < MOST) found.add(url);
    return url;
  });
  return [...found];
}

/** Something that a browser may be led on to: http or https, without a user name and password in it. */
export function isWebAddress(text: string): boolean {
  if (text.length > LONGEST || !URL.canParse(text)) return false;
  const { protocol, username, password, hostname } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '' && hostname !== '';
}
