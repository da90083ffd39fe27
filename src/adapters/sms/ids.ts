import { createHash } from 'node:crypto';
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { AdapterError, type BuddyInfo, type ChatInfo, type ResolvedChat } from '../../sdk/index.js';
import { cannotRead, formatted } from './numbers.js';

/** Upper-case ISO 3166 country whose national numbers a person may type without the country code. */
export type Region = CountryCode | undefined;

export function regionOf(text: string): Region | 'unknown' {
  const upper = text.trim().toUpperCase();
  if (upper === '') return undefined;
  return isSupportedCountry(upper) ? upper : 'unknown';
}

/**
 * E.164 of a number a person typed, or the reason why it is none. Numbers of a plausible length are accepted, also
 * where no such block is assigned yet: number plans change more often than this program.
 */
export function toE164(text: string, region: Region): { number: string } | { why: string } {
  const typed = text.trim();
  if (typed === '') return { why: 'enter a phone number' };
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) return { why: 'a phone number has no line breaks' };
  if (!/^[+0-9(][0-9 ()./-]*$/.test(typed)) return { why: `"${printable(typed)}" is not a phone number` };
  const international = typed.startsWith('00') ? `+${typed.slice(2)}` : typed;
  if (!international.startsWith('+') && region === undefined) {
    return { why: 'write the number with its country code, such as +44 7700 900123' };
  }
  const parsed = parsePhoneNumberFromString(international, region);
  if (!parsed) return { why: `"${printable(typed)}" is not a phone number` };
  if (!parsed.isPossible()) return { why: `${printable(typed)} has too few or too many digits for a phone number` };
  return { number: parsed.number };
}

/** The direct chat with a number a person typed. Throws `rejected` with the reason where it is none. */
export function chatWithTyped(address: string, join: boolean, region: Region): ResolvedChat {
  if (join) throw new AdapterError('rejected', 'SMS has no channels');
  const result = toE164(address, region);
  if ('why' in result) throw new AdapterError('rejected', result.why);
  const why = cannotRead(result.number);
  if (why !== undefined) throw new AdapterError('rejected', why);
  return { chat: chatWith(result.number), buddy: buddyOf(result.number) };
}

function printable(text: string): string {
  return text.replace(/\p{C}/gu, '').slice(0, 40);
}

/** A sender as the network names it: E.164 where it is a number, else the name or short code as it came. */
export function senderAddress(raw: string, region: Region, international: boolean): string {
  const text = raw.replace(/\p{C}/gu, '').trim().slice(0, 64);
  if (text === '') return 'unknown';
  const digits = text.replace(/^(\+|00)/, '').replace(/[ ()./-]/g, '');
  if (!/^[0-9]+$/.test(digits)) return text;
  const whole = digits.length >= 8 && !digits.startsWith('0') ? parsePhoneNumberFromString(`+${digits}`) : undefined;
  const abroad = whole?.isPossible() ? whole.number : undefined;
  if (international || /^(\+|00)/.test(text) || region === undefined) return abroad ?? digits;
  const home = digits.length >= 7 ? parsePhoneNumberFromString(digits, region) : undefined;
  if (home?.isValid()) return home.number;
  return abroad ?? (home?.isPossible() ? home.number : digits);
}

export type Source = { address: string; ton: number; npi: number };

/** Type of number and numbering plan of an address (SMPP 3.4 sections 5.2.5 and 5.2.6). */
export function smppAddress(address: string): Source {
  if (address.startsWith('+')) return { address: address.slice(1), ton: 1, npi: 1 };
  return /^[0-9]+$/.test(address) ? { address, ton: 0, npi: 1 } : { address, ton: 5, npi: 0 };
}

/** Our own sender id: E.164, a short code, or up to 11 letters and digits (TS 23.040 section 9.1.2.5). */
export function ownSender(text: string, region: Region): string | undefined {
  const typed = text.trim();
  const number = toE164(typed, region);
  if ('number' in number) return number.number;
  if (/^[0-9]{3,8}$/.test(typed)) return typed;
  const whole = toE164(`+${typed}`, undefined);
  if (/^[0-9]{9,15}$/.test(typed) && 'number' in whole) return whole.number;
  return /^(?=.*[A-Za-z])[A-Za-z0-9 ._&-]{1,11}$/.test(typed) ? typed : undefined;
}

/** A number of ours as a network writes it, spelled as we enter it; undefined where it says none. */
export function ownNumber(raw: string, region: Region): string | undefined {
  return raw.trim() === '' ? undefined : ownSender(raw, region);
}

/** Where a chat's answers go. Names cannot be answered; short codes can, as they wrote first. */
export function destinationOf(chatId: string): string {
  if (/^\+[0-9]{4,15}$/.test(chatId) || /^[0-9]{3,15}$/.test(chatId)) return chatId;
  throw new AdapterError(
    'rejected',
    `"${printable(chatId)}" is a sender name, not a number: it cannot be answered by SMS`,
  );
}

export function chatWith(address: string): ChatInfo {
  return { id: address, kind: 'direct' };
}

export function buddyOf(address: string): BuddyInfo {
  return { id: address, address, name: address.startsWith('+') ? formatted(address) : address };
}

export function digest(...parts: (string | number | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = typeof part === 'object' ? part : Buffer.from(String(part));
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest('hex').slice(0, 20);
}
