import { hostPort, type SocketWords, socketTrouble } from '../../sdk/index.js';
import { EndlessLine, NothingRead } from './socket.js';

/** How a connection ended, and what to do about it. */
export type End =
  | { next: 'retry'; why: string; leastMs?: number }
  /** Only the person can help. */
  | { next: 'needs-login'; why: string };

const words: SocketWords = {
  noTls: 'TLS is on; it may have to be off for this port',
  shown: (message) => oneLine(message, 200),
};

/** Why a connection is over of which the server has not said why; `during` the sign-in or after it. */
export function closeReason(
  error: Error | undefined,
  server: { server: string; port: number },
  during: boolean,
): string {
  const at = hostPort(server.server, server.port);
  if (error instanceof EndlessLine) return during ? `${at} did not speak IRC` : `${at} ${error.message}`;
  if (error instanceof NothingRead) return `${at} ${error.message}`;
  if (error) return socketTrouble(error, server.server, server.port, words);
  return during ? `${at} closed the connection during the sign-in` : `${at} closed the connection`;
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
