import { isIP } from 'node:net';
import { EndlessLine, NothingRead } from './socket.js';

/** How a connection ended, and what to do about it. */
export type End =
  | { next: 'retry'; why: string; leastMs?: number }
  /** Only the person can help. */
  | { next: 'needs-login'; why: string };

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
function socketReason(error: unknown, host: string, port: number): string {
  const at = hostPort(host, port);
  for (const cause of causesOf(error)) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
    const certificate = certificates[code];
    if (certificate) return `the certificate of ${at} ${certificate}`;
    const reason = Object.hasOwn(plain, code) ? plain[code] : undefined;
    if (reason) return reason(at, host);
    if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO') {
      return `${at} did not speak TLS as expected (TLS is on; it may have to be off for this port)`;
    }
  }
  return `the connection to ${at} failed: ${oneLine(error instanceof Error ? error.message : String(error), 200)}`;
}

/** Why a connection is over of which the server has not said why; `during` the sign-in or after it. */
export function closeReason(
  error: Error | undefined,
  server: { server: string; port: number },
  during: boolean,
): string {
  const at = hostPort(server.server, server.port);
  if (error instanceof EndlessLine) return during ? `${at} did not speak IRC` : `${at} ${error.message}`;
  if (error instanceof NothingRead) return `${at} ${error.message}`;
  if (error) return socketReason(error, server.server, server.port);
  return during ? `${at} closed the connection during the sign-in` : `${at} closed the connection`;
}

function causesOf(error: unknown): unknown[] {
  if (typeof error !== 'object' || error === null) return [];
  return [error, ...('errors' in error && Array.isArray(error.errors) ? error.errors.slice(0, 5) : [])];
}

/** What the server's ERROR means for the next try. */
export function serverReason(words: string, at: string): End {
  const why = `${at} closed the connection: ${oneLine(words, 300) || 'no reason given'}`;
  if (/\bbann?ed\b|[kgdz]-?lined?\b|\bakill|not welcome|access denied/i.test(words)) {
    return { next: 'retry', why: `banned: ${why}`, leastMs: 300_000 };
  }
  if (/throttl|too fast|too many|flood|try(ing)? again later/i.test(words)) {
    return { next: 'retry', why, leastMs: 30_000 };
  }
  return { next: 'retry', why };
}

/** One line of visible text: formatting codes, control characters and bidi overrides removed. */
export function oneLine(text: string, max: number): string {
  const flat = text
    .toWellFormed()
    .replace(/\x03(?:\d{1,2}(?:,\d{1,2})?)?|[\x02\x0f\x11\x16\x1d-\x1f]/g, '')
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
  return flat.length > max ? `${flat.slice(0, max).toWellFormed()}…` : flat;
}
