import type { FastifyRequest } from 'fastify';
import type { Identity } from '../../core/users/identity.js';
import { credentialOf } from '../auth/credential.js';
import type { EndpointName } from '../contract/endpoints.js';

const MINUTE_MS = 60_000;

/** Requests a minute: a script with a call per 10 ms stays below. */
const PER_USER = 6_000;
const PER_ADDRESS = 2_400;

/** Calls that try a password: each costs the server a slow hash. Counted per client address. */
const guesses = { max: 30, timeWindow: MINUTE_MS, keyGenerator: (request: FastifyRequest) => `guess:${request.ip}` };

/** Calls that fetch something from elsewhere. Counted as every call is: by user. */
const fetches = { max: 300, timeWindow: MINUTE_MS };

/** Links of messages, opened by people who are not signed in: nobody gets to guess many. Counted per client address. */
export const forAnybody = {
  max: 120,
  timeWindow: MINUTE_MS,
  keyGenerator: (request: FastifyRequest) => `link:${request.ip}`,
};

export const rateLimits: Partial<Record<EndpointName, typeof guesses | typeof fetches>> = {
  signIn: guesses,
  setup: guesses,
  messageImage: fetches,
  previewLinks: fetches,
};

/** Counts a recognised caller by user, everybody else by address; what another node sends on was counted there. */
export function rateLimitOptions(identity: Identity, isFromNode: (request: FastifyRequest) => boolean) {
  return {
    global: true,
    timeWindow: MINUTE_MS,
    cache: 10_000,
    allowList: isFromNode,
    keyGenerator: (request: FastifyRequest): string => {
      const known = identity.remembered(credentialOf(request.headers)?.value ?? '');
      return known === undefined ? `address:${request.ip}` : `user:${known.userId}`;
    },
    max: (_request: FastifyRequest, key: string): number => (key.startsWith('user:') ? PER_USER : PER_ADDRESS),
    addHeaders: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    addHeadersOnExceeding: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
  };
}
