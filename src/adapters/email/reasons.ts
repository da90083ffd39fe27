import { AdapterError, certificateTroubles } from '../../sdk/index.js';
import { tlsModes } from './settings.js';

/** Where a conversation was going, for the sentences people read. */
export type Where = { protocol: 'IMAP' | 'SMTP'; host: string; port: number };

export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `certificateTroubles` for libraries that keep only the text of the TLS error. */
const certificateTexts: [RegExp, string][] = [
  [/certificate has expired/i, 'has expired'],
  [/certificate is not yet valid/i, 'is not valid yet'],
  [/altnames|does not match certificate/i, 'is for another name'],
  [/self.signed certificate in/i, 'is signed by an authority that is not trusted'],
  [/self.signed certificate/i, 'is self-signed and not trusted'],
  [/unable to (verify the first|get (local )?issuer) certificate/i, 'is signed by an authority that is not trusted'],
];

const silent = new Set(['CONNECT_TIMEOUT', 'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT', 'ETIMEOUT', 'ETIMEDOUT']);
const garbled = new Set([
  'InvalidResponse',
  'MissingTag',
  'UnexpectedTag',
  'EPROTOCOL',
  'LineTooLarge',
  'TooManyTokens',
]);
const closed = new Set(['NoConnection', 'EConnectionClosed', 'ClosedAfterConnectText', 'ClosedAfterConnectTLS']);

/** Why a conversation failed, in plain English, one reason for each cause a person would act on differently. */
export function reasonOf(error: unknown, { protocol, host, port }: Where): string {
  const at = `${host}:${port}`;
  const text = textOf(error);
  const causes = [error, ...causesOf(error)];
  for (const cause of causes) {
    const code = codeOf(cause);
    const certificate =
      certificateTroubles[code] ?? certificateTexts.find(([pattern]) => pattern.test(textOf(cause)))?.[1];
    if (certificate) return `the certificate of ${at} ${certificate}`;
    if (code === 'ECONNREFUSED') return `connection refused by ${at}`;
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA' || code === 'EDNS') {
      return `the server name ${host} was not found`;
    }
    if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return `no network route to ${at}`;
    if (code === 'ECONNRESET' || code === 'EPIPE') return `the connection to ${at} was reset`;
    if (silent.has(code)) return `${at} did not answer within 20 s`;
    if (/wrong version number|packet length too long|http request/i.test(textOf(cause))) {
      return `${at} did not speak TLS (security is set to one of ${tlsModes.join(', ')}; another may fit)`;
    }
  }
  const code = codeOf(error);
  if (typeof error === 'object' && error !== null && 'reason' in error && typeof error.reason === 'string') {
    return `${at} closed the connection: ${error.reason.slice(0, 200)}`;
  }
  if (/STARTTLS/i.test(text) && !/certificate/i.test(text)) return `${at} does not offer STARTTLS`;
  if (code.startsWith('ERR_SSL') || code === 'ETLS') return `TLS with ${at} failed: ${text.slice(0, 200)}`;
  if (garbled.has(code) || code.startsWith('ParserError')) return `${at} did not speak ${protocol}`;
  if (closed.has(code) || code === 'ECONNECTION') return `${at} closed the connection`;
  return `${protocol} with ${at} failed: ${text.slice(0, 200)}`;
}

function causesOf(error: unknown): unknown[] {
  if (typeof error !== 'object' || error === null) return [];
  const found: unknown[] = [];
  if ('cause' in error && error.cause) found.push(error.cause);
  if ('_err' in error && error._err) found.push(error._err);
  if ('errors' in error && Array.isArray(error.errors)) found.push(...error.errors.slice(0, 5));
  return found;
}

/** RFC 5530 tells a refused sign-in from a server that cannot check one just now; undefined for any other error. */
export function refusedSignIn(error: unknown, proof: 'password' | 'token'): AdapterError | undefined {
  if (
    typeof error !== 'object' ||
    error === null ||
    !('authenticationFailed' in error) ||
    !error.authenticationFailed
  ) {
    return undefined;
  }
  const code = 'serverResponseCode' in error ? String(error.serverResponseCode) : '';
  const said = 'responseText' in error && error.responseText ? `: ${String(error.responseText).slice(0, 200)}` : '';
  if (/^(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)$/i.test(code)) {
    return new AdapterError('temporary', `the mail server cannot check the ${proof} now${said}`, { cause: error });
  }
  return new AdapterError('auth', `the mail server refused the ${proof}${said}`, { cause: error });
}
