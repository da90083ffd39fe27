import { socketTrouble } from '../../sdk/index.js';
import { visible } from './wire.js';

/** How a connection ended, and what to do about it. */
export type End =
  | { next: 'retry'; why: string; leastMs?: number }
  /** Another server of the same service (RFC 6120, see-other-host). */
  | { next: 'elsewhere'; why: string; host: string; port: number | undefined }
  /** Only the person can help. */
  | { next: 'needs-login'; why: string };

export class Ended extends Error {
  constructor(readonly end: End) {
    super(end.why);
  }
}

export const retry = (why: string, leastMs?: number): End => ({
  next: 'retry',
  why,
  ...(leastMs !== undefined && { leastMs }),
});

/** Why the socket failed, for people. */
export const socketReason = (error: unknown, host: string, port: number, domain: string): string =>
  socketTrouble(error, host, port, {
    certificateFor: ` for ${domain}`,
    noTls: 'another security setting may fit this port',
    shown: (message) => visible(message, 200),
  });

const minute = 60_000;

/** What a stream error (RFC 6120, 4.9) means for the next try. */
const streamErrors: Record<string, (words: string) => End> = {
  conflict: () => retry('another program signed in with the same resource', 5 * minute),
  'host-unknown': () => retry('the server does not serve this domain', 5 * minute),
  'host-gone': () => retry('the server no longer serves this domain', 5 * minute),
  'not-authorized': (words) => ({ next: 'needs-login', why: `the server ended the session: ${words}` }),
  'policy-violation': (words) => retry(`the server closed the connection for breaking its rules: ${words}`, minute),
  'resource-constraint': (words) => retry(`the server is too busy: ${words}`, minute),
  'system-shutdown': () => retry('the server is shutting down'),
  reset: () => retry('the server reset the connection'),
};

export function streamReason(condition: string, text: string): End {
  const words = text === '' ? condition.replaceAll('-', ' ') : text;
  const known = Object.hasOwn(streamErrors, condition) ? streamErrors[condition] : undefined;
  return known?.(words) ?? retry(`the server closed the connection: ${words}`);
}

/** What a refused sign-in (RFC 6120, 6.5) means. */
export function saslReason(condition: string, text: string): End {
  const words = text === '' ? '' : ` (${text})`;
  if (condition === 'temporary-auth-failure') return retry(`the server cannot sign anyone in for now${words}`, 30_000);
  if (condition === 'account-disabled') return { next: 'needs-login', why: `this account is disabled${words}` };
  if (condition === 'credentials-expired') return { next: 'needs-login', why: `the password has expired${words}` };
  if (condition === 'not-authorized') {
    return { next: 'needs-login', why: `the server did not accept the address and password${words}` };
  }
  return { next: 'needs-login', why: `the server refused the sign-in: ${condition.replaceAll('-', ' ')}${words}` };
}
