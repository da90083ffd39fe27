import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { DomainError, type ErrorKind } from '../../core/errors.js';
import type { Problem } from '../contract/common.js';

/** An answer that is decided at the edge: no rule of the core was asked. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: Record<string, string> | undefined;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { fields?: Record<string, string>; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.name = 'HttpProblem';
    this.status = status;
    this.code = code;
    this.fields = options.fields;
    this.headers = options.headers ?? {};
  }
}

export type ProblemAnswer = { problem: Problem; headers: Record<string, string>; unexpected: boolean };

const STATUS: Record<ErrorKind, number> = {
  invalid: 422,
  'not-found': 404,
  forbidden: 403,
  conflict: 409,
  gone: 410,
  'too-large': 413,
  limited: 429,
  unavailable: 503,
};

/** What a framework's own error means; its text may tell too much. */
const BY_STATUS: Record<number, { code: string; detail: string }> = {
  400: { code: 'malformed-request', detail: 'The request could not be read.' },
  404: { code: 'not-found', detail: 'There is nothing at this address.' },
  408: { code: 'timeout', detail: 'The request took too long to arrive.' },
  413: { code: 'too-large', detail: 'The request is too large.' },
  414: { code: 'too-large', detail: 'The address is too long.' },
  415: { code: 'unsupported-media-type', detail: 'This content type is not accepted here.' },
  429: { code: 'rate-limited', detail: 'Too many requests. Wait and try again.' },
  503: { code: 'unavailable', detail: 'This is not available right now. Try again soon.' },
};

const DATABASE_AWAY = new Set([
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '08000', '08003', '08006', '53300', '57P01', '57P02', '57P03'],
]);

export function problem(status: number, code: string, detail?: string, errors?: Record<string, string>): Problem {
  return {
    type: `urn:parley:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
  };
}

const retryAfter = (ms: number | undefined): Record<string, string> =>
  ms === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(ms / 1000))) };

/** The answer to whatever a handler or the framework threw. What was not foreseen says nothing of its cause. */
export function problemOf(error: unknown): ProblemAnswer {
  if (error instanceof HttpProblem)
    return {
      problem: problem(error.status, error.code, error.message, error.fields),
      headers: error.headers,
      unexpected: false,
    };
  if (error instanceof DomainError)
    return {
      problem: problem(STATUS[error.kind], error.code, error.message, error.fields),
      headers: retryAfter(error.retryAfterMs ?? (error.kind === 'limited' ? 1_000 : undefined)),
      unexpected: false,
    };
  const known = BY_STATUS[statusOf(error)];
  if (known !== undefined)
    return { problem: problem(statusOf(error), known.code, known.detail), headers: {}, unexpected: false };
  if (isDatabaseAway(error))
    return {
      problem: problem(503, 'database-unavailable', 'The database is away. Try again soon.'),
      headers: retryAfter(2_000),
      unexpected: true,
    };
  return { problem: problem(500, 'internal', 'Something went wrong on the server.'), headers: {}, unexpected: true };
}

/** Of the web framework's errors alone: other libraries' `statusCode` speaks of their own peers. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return 500;
  const fromFastify = 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_');
  return fromFastify || error.statusCode === 429 ? error.statusCode : 500;
}

function isDatabaseAway(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if ('code' in at && typeof at.code === 'string' && DATABASE_AWAY.has(at.code)) return true;
  return false;
}
