import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import type { AccountService } from '../../core/services.js';
import { API_PREFIX } from '../deps.js';
import { bodyBytes } from './body.js';

const params = z.object({ accountId: z.uuid() });
const METHODS = ['GET', 'POST'];
/** Gateways such as Kannel show an answer to people: text, never markup. */
const TYPES = /^(?:text\/plain|application\/json|application\/xml|text\/xml)\b/;

/** Hands a network's push to its account and answers what the adapter says. */
export async function passHook(accounts: AccountService, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const known = params.safeParse(request.params);
  if (!known.success || !METHODS.includes(request.method))
    throw new DomainError('not-found', 'not-found', 'There is nothing at this address.');
  const url = new URL(request.url, 'http://parley.invalid');
  const answer = await accounts.webhook(known.data.accountId, {
    method: request.method,
    path: url.pathname.slice(`${API_PREFIX}/hooks/${known.data.accountId}`.length),
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    ),
    body: bodyBytes(request),
  });
  const type = answer.type !== undefined && TYPES.test(answer.type) ? answer.type : 'text/plain; charset=utf-8';
  await reply
    .code(answer.status)
    .headers({ 'content-type': type, 'cache-control': 'no-store' })
    .send(answer.body ?? '');
}
