import { domainToUnicode } from 'node:url';

/**
 * Mail addresses as Parley accepts them: an RFC 5321 dot-string mailbox at a domain, an address literal or a bare host
 * name. Quoted local parts are left out on purpose: every SMTP injection trick needs one.
 */
const local = "[\\p{L}\\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\\.[\\p{L}\\p{N}!#$%&'*+/=?^_`{|}~-]+)*";
const label = '[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?';
const mailbox = new RegExp(`^${local}@(?:${label}(?:\\.${label})*\\.?|\\[[0-9A-Fa-f:.]{2,45}\\])$`, 'u');

/** The address in the one form used as an id (lower case), or undefined for text that is no mail address. */
export function normaliseAddress(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.length > 254 || trimmed.indexOf('@') > 64) return undefined;
  if (!mailbox.test(trimmed)) return undefined;
  const at = trimmed.lastIndexOf('@');
  const domain = trimmed.slice(at + 1);
  return `${trimmed.slice(0, at)}@${domainToUnicode(domain) || domain}`.toLowerCase();
}

/** `alice@example.org` for `Alice <alice@example.org>` and `mailto:alice@example.org` too. */
export function addressFromInput(text: string): string | undefined {
  const bare = /^[^<>\r\n]{0,200}<([^<>\s]+)>$/.exec(text.trim())?.[1] ?? text.trim().replace(/^mailto:/i, '');
  return normaliseAddress(bare);
}

export type Person = { address: string; name?: string };

/** One line of visible text, safe as a header value: control characters, line separators and bidi overrides removed. */
export function oneLine(text: string, max: number): string {
  const flat = text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  return flat.length > max
    ? `${flat
        .slice(0, max - 1)
        .toWellFormed()
        .replace(/\ufffd$/, '')}…`
    : flat;
}
