import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../core/errors.js';
import type { IdempotencyStore, IdempotentRequest } from '../../core/users/idempotency.js';
import { callerOf } from '../auth/auth.guard.js';
import type { Endpoint } from '../contract/endpoints.js';
import { bodyBytes } from './body.js';
import { HttpProblem } from './problem.js';

const KEY = /^[\x21-\x7e]{1,255}$/;
const NOT_KEPT = ['/setup', '/sessions', '/sessions/current', '/attachments'];

/** The request's Idempotency-Key and what it stands for; undefined where there is none to respect. */
export function idempotentRequest(endpoint: Endpoint, request: FastifyRequest): IdempotentRequest | undefined {
  const key = request.headers['idempotency-key'];
  const caller = callerOf(request);
  if (key === undefined || caller === undefined || endpoint.method === 'GET') return undefined;
  if (NOT_KEPT.includes(endpoint.path)) return undefined;
  if (typeof key !== 'string' || !KEY.test(key))
    throw new HttpProblem(422, 'invalid-idempotency-key', 'An Idempotency-Key has 1 to 255 visible ASCII characters.');
  const digest = createHash('sha256').update(`${request.method} ${request.url}\n`).update(bodyBytes(request)).digest();
  return { userId: caller.principal.userId, key, request: digest };
}

/** The key as it is stored: nobody can read it back. */
export const storedKey = ({ key }: IdempotentRequest): string => createHash('sha256').update(key).digest('base64url');

/**
 * Runs `work` unless the key's answer is known. A refusal frees the key, for it changed nothing. After any other error,
 * and after a crash, a repeat runs again: what must not be made twice is made under the call's `onceKey`.
 */
export async function once(
  store: IdempotencyStore,
  request: IdempotentRequest,
  status: number,
  work: () => Promise<unknown>,
): Promise<unknown> {
  const claim = await store.claim(request);
  switch (claim.is) {
    case 'answered':
      return claim.answer.body ?? undefined;
    case 'reused':
      throw new HttpProblem(422, 'idempotency-key-reused', 'This Idempotency-Key was used for another request.');
    case 'running':
      throw new HttpProblem(409, 'idempotency-key-in-use', 'The first request with this key is still running.', {
        headers: { 'retry-after': String(Math.ceil(claim.retryAfterMs / 1000)) },
      });
    case 'run':
      return runAndKeep(store, request, status, work);
  }
}

async function runAndKeep(
  store: IdempotencyStore,
  request: IdempotentRequest,
  status: number,
  work: () => Promise<unknown>,
): Promise<unknown> {
  try {
    const body = await work();
    // What is done is done: a client must not read of a failure because its answer could not be kept.
    await store.finish(request, { status, body }).catch(() => {});
    return body;
  } catch (error) {
    if (error instanceof DomainError || error instanceof HttpProblem) await store.release(request);
    else store.abandon(request);
    throw error;
  }
}
