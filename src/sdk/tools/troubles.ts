import { isIP } from 'node:net';

/** Host and port for people. */
export const hostPort = (host: string, port: number | string): string =>
  isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;

/** What is wrong with a certificate, by the code of Node's error; follows "the certificate of ...". */
export const certificateTroubles: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed and not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'is signed by an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is signed by an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'is signed by an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is signed by an authority that is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another name',
};

const connectionTroubles: Record<string, (at: string, host: string) => string> = {
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

export type SocketWords = {
  /** Follows "the certificate of HOST:PORT", as " for example.org". */
  certificateFor?: string;
  /** What may help where the other side spoke no TLS. */
  noTls: string;
  /** The text of any other error, fit to be shown. */
  shown(message: string): string;
};

/** Why a socket failed, in plain English, one reason for each cause a person would act on differently. */
export function socketTrouble(error: unknown, host: string, port: number, words: SocketWords): string {
  const at = hostPort(host, port);
  for (const cause of causesOf(error)) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
    const certificate = Object.hasOwn(certificateTroubles, code) ? certificateTroubles[code] : undefined;
    if (certificate) return `the certificate of ${at}${words.certificateFor ?? ''} ${certificate}`;
    const reason = Object.hasOwn(connectionTroubles, code) ? connectionTroubles[code] : undefined;
    if (reason) return reason(at, host);
    if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO')
      return `${at} did not speak TLS as expected (${words.noTls})`;
  }
  return `the connection to ${at} failed: ${words.shown(error instanceof Error ? error.message : String(error))}`;
}

function causesOf(error: unknown): unknown[] {
  if (typeof error !== 'object' || error === null) return [];
  return [error, ...('errors' in error && Array.isArray(error.errors) ? error.errors.slice(0, 5) : [])];
}
