import smpp from 'smpp';
import { AdapterError } from '../../../sdk/index.js';

const names = new Map(Object.entries(smpp.errors).map(([name, code]) => [code, name]));

/** Command statuses (SMPP 3.4 section 5.1.3) this adapter sends or decides by. */
export const status = {
  ok: 0x00,
  invalidLength: 0x02,
  invalidCommand: 0x03,
  temporaryApplicationError: 0x64,
} as const;

export function statusName(code: number): string {
  return names.get(code) ?? `status 0x${code.toString(16).padStart(8, '0')}`;
}

const badSignIn = new Set([0x0d, 0x0e, 0x0f]);

/** What a refused bind means: only the person can help, or try again later. */
export function bindRefusal(code: number): { auth: boolean; why: string } {
  if (badSignIn.has(code))
    return { auth: true, why: `the SMS centre refused the system id or password (${statusName(code)})` };
  if (code === 0x05) return { auth: false, why: 'the SMS centre says this account is bound already (ESME_RALYBND)' };
  return { auth: false, why: `the SMS centre refused the bind (${statusName(code)})` };
}

const reasons = new Map<number, string>([
  [0x01, 'the SMS centre says the message is too long'],
  [0x0a, 'the SMS centre refuses this sender'],
  [0x0b, 'the SMS centre says the number is not valid'],
]);
const busy = new Set([0x04, 0x08, 0x64]);

/** The error of a refused `submit_sm`; nothing was accepted, so trying again doubles nothing. */
export function submitRefusal(code: number): AdapterError {
  const name = statusName(code);
  if (code === 0x58)
    return new AdapterError('rate-limited', `the SMS centre throttles us (${name})`, { retryAfterMs: 2_000 });
  if (code === 0x14)
    return new AdapterError('rate-limited', `the SMS centre's queue is full (${name})`, { retryAfterMs: 10_000 });
  if (busy.has(code)) return new AdapterError('temporary', `the SMS centre cannot take the message now (${name})`);
  return new AdapterError('rejected', `${reasons.get(code) ?? 'the SMS centre refused the message'} (${name})`);
}
