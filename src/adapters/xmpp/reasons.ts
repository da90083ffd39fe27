import { isIP } from 'node:net';
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

/** Host and port for people. */
export const hostPort = (host: string, port: number): string =>
  isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;

const certificates: Record<string, string> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed and not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'is signed by an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is signed by an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'is signed by an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is signed by an authority that is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another name',
};

const plain: Record<string, (at: string, host: string) => string> = {
  ECONNREFUSED: (at) => `connection refused by ${at}`,
  ENOTFOUND: (_at, host) => `the server name ${host} was not found (DNS)`,
  EAI_AGAIN: (_at, host) => `the server name ${host} could not be looked up (DNS)`,
  EAI_NODATA: (_at, host) => `the server name ${host} has no address (DNS)`,
  EHOSTUNREACH: (at) => `no network route to ${at}`,
  ENETUNREACH: (at) => `no network route to ${at}`,
  ETIMEDOUT: (at) => `${at} did not answer in time`,
  ECONNRESET: (at) => `the connection to ${at} was reset`,
  EPIPE: (at) => `the connection to ${at} was reset`,
};

/** Why the socket failed, in plain English, one reason for each cause a person would act on differently. */
export function socketReason(error: unknown, host: string, port: number, domain: string): string {
  const at = hostPort(host, port);
  for (const cause of causesOf(error)) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
    const certificate = certificates[code];
    if (certificate) return `the certificate of ${at} for ${domain} ${certificate}`;
    const reason = Object.hasOwn(plain, code) ? plain[code] : undefined;
    if (reason) return reason(at, host);
    if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO') {
      return `${at} did not speak TLS as expected (another security setting may fit this port)`;
    }
  }
  return `the connection to ${at} failed: ${visible(error instanceof Error ? error.message : String(error), 200)}`;
}

function causesOf(error: unknown): unknown[] {
  if (typeof error !== 'object' || error === null) return [];
  return [error, ...('errors' in error && Array.isArray(error.errors) ? error.errors.slice(0, 5) : [])];
}

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
