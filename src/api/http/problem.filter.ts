import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../../core/log.js';
import { LOG } from '../deps.js';
import { problemOf } from './problem.js';

/** Every error leaves as problem details (RFC 9457); what was not foreseen is logged. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log: Log;

  constructor(@Inject(LOG) log: Log) {
    this.#log = log;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const answer = problemOf(error);
    if (answer.unexpected) this.#report(error, request);
    sendProblem(http.getResponse<FastifyReply>(), answer);
  }

  #report(error: unknown, request: FastifyRequest): void {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#log.warn('a request failed', { method: request.method, path: request.url.split('?')[0], error: stack });
  }
}

export function sendProblem(
  reply: FastifyReply,
  answer: Pick<ReturnType<typeof problemOf>, 'problem' | 'headers'>,
): void {
  if (reply.sent || reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  void reply
    .code(answer.problem.status)
    .headers({
      ...answer.headers,
      'cache-control': 'no-store',
      'content-type': 'application/problem+json',
      'x-content-type-options': 'nosniff',
    })
    // As bytes, for text would get a charset, which this type does not have.
    .send(Buffer.from(JSON.stringify(answer.problem)));
}
