import type { HTTPError, MatrixError } from 'matrix-js-sdk';
import { AdapterError } from '../../sdk/index.js';

/** Codes after which nothing has left for the server. */
const neverSent: Record<string, string> = {
  ECONNREFUSED: 'refuses the connection; is it running?',
  ENOTFOUND: 'is not a known name; is it spelled right?',
  EAI_AGAIN: 'could not be looked up; is there a network?',
  EHOSTUNREACH: 'cannot be reached from here',
  ENETUNREACH: 'cannot be reached from here',
  UND_ERR_CONNECT_TIMEOUT: 'does not answer',
};
const distrust = 'shows a certificate that is not trusted';
const certificates: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: `${distrust}: it is of the server's own making`,
  SELF_SIGNED_CERT_IN_CHAIN: `${distrust}: its authority is not known`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `${distrust}: its authority is not known`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `${distrust}: its authority is not known`,
  CERT_HAS_EXPIRED: `${distrust}: it has expired`,
  CERT_NOT_YET_VALID: `${distrust}: it is not valid yet; is this machine's clock right?`,
  ERR_TLS_CERT_ALTNAME_INVALID: `${distrust}: it is for another name`,
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS there; is it an http:// address?',
  EPROTO: 'does not speak TLS there; is it an http:// address?',
};
const tokenCodes: ReadonlySet<string> = new Set([
  'M_UNKNOWN_TOKEN',
  'M_MISSING_TOKEN',
  'M_USER_DEACTIVATED',
  'M_USER_LOCKED',
]);

/** Our own limit on a request has passed. */
export class TooSlow extends Error {
  readonly code = 'TOO_SLOW';
}

/**
 * Any error of a request as the contract has it: what the server said decides, then whether bytes may have left. The
 * requests that change something are idempotent, so a doubtful one may be repeated.
 */
export function asAdapterError(error: unknown, server: string): AdapterError {
  for (const one of chain(error)) if (one instanceof AdapterError) return one;
  if (isAnswer(error)) return ofAnswer(error, server);
  if (error instanceof SyntaxError || (error instanceof Error && error.name === 'ZodError'))
    return new AdapterError('unknown-outcome', `${server} does not answer like a Matrix server.`, { cause: error });
  const code = codeOf(error);
  const never = code === undefined ? undefined : (neverSent[code] ?? certificates[code]);
  if (never !== undefined) return new AdapterError('temporary', `${server} ${never}.`, { cause: error });
  const why = code === 'TOO_SLOW' ? 'did not answer in time' : 'broke the connection off';
  return new AdapterError('unknown-outcome', `${server} ${why}.`, { cause: error });
}

function ofAnswer(error: HTTPError | MatrixError, server: string): AdapterError {
  const status = error.httpStatus ?? 0;
  const code = 'errcode' in error ? error.errcode : undefined;
  const said = oneLine('error' in error ? (error.error ?? '') : '', 200);
  const told = said === '' ? '' : `: ${said}`;
  if (code !== undefined && tokenCodes.has(code))
    return new AdapterError('auth', `${server} no longer accepts this sign-in${told}. Please sign in again.`, {
      cause: error,
    });
  if (status === 429 || code === 'M_LIMIT_EXCEEDED') {
    const retryAfterMs = retryAfter(error);
    return new AdapterError('rate-limited', `${server} asks for patience: too much was sent in a short time.`, {
      retryAfterMs,
      cause: error,
    });
  }
  if (code === undefined && (status < 400 || status === 404))
    return new AdapterError('unknown-outcome', `${server} does not answer like a Matrix server.`, { cause: error });
  if (status >= 500 || status < 400)
    return new AdapterError('unknown-outcome', `${server} is in trouble (${status})${told}.`, { cause: error });
  return new AdapterError(
    'rejected',
    said === '' ? `${server} refused it (${code ?? status}).` : `${said} (${code ?? status})`,
    { cause: error },
  );
}

function retryAfter(error: HTTPError): number {
  try {
    return Math.min(Math.max(error.getRetryAfterMs() ?? 1_000, 100), 3_600_000);
  } catch {
    return 1_000;
  }
}

export const codeOfAnswer = (error: unknown): string | undefined => {
  const found = chain(error).find(isAnswer);
  return found && 'errcode' in found ? found.errcode : undefined;
};

/** By its shape: the library is loaded only where an account needs it. */
const isAnswer = (error: unknown): error is HTTPError | MatrixError => error instanceof Error && 'httpStatus' in error;

function codeOf(error: unknown): string | undefined {
  for (const one of chain(error)) {
    const code = 'code' in one ? one.code : undefined;
    if (typeof code === 'string' && code !== 'ABORT_ERR') return code;
  }
  return undefined;
}

/** An error and what caused it, outermost first. */
function chain(error: unknown): Error[] {
  const found: Error[] = [];
  for (let one = error; one instanceof Error && found.length < 8; one = one.cause) {
    found.push(one);
    if (one instanceof AggregateError && one.errors[0] instanceof Error && !one.cause) found.push(one.errors[0]);
  }
  return found;
}

export const oneLine = (text: string, most: number): string =>
  text
    .replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ')
    .trim()
    .slice(0, most)
    .toWellFormed();
