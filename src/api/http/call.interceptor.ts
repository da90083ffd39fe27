import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { defer, from, lastValueFrom, type Observable } from 'rxjs';
import type { IdempotencyStore } from '../../core/users/idempotency.js';
import { callerOf } from '../auth/auth.guard.js';
import { type Endpoint, type EndpointName, emojiParams, endpoints, pathParams } from '../contract/endpoints.js';
import { IDEMPOTENCY } from '../deps.js';
import { jsonBody } from './body.js';
import { keepCall } from './call.js';
import { idempotentRequest, once, storedKey } from './idempotency.js';
import { ENDPOINT } from './route.js';
import { parse, parsePath } from './validate.js';

/** Parses a call by its entry in the endpoint table, and answers a repeated one from memory. */
@Injectable()
export class CallInterceptor implements NestInterceptor {
  readonly #reflector: Reflector;
  readonly #idempotency: IdempotencyStore;

  constructor(@Inject(Reflector) reflector: Reflector, @Inject(IDEMPOTENCY) idempotency: IdempotencyStore) {
    this.#reflector = reflector;
    this.#idempotency = idempotency;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const name = this.#reflector.get<EndpointName | undefined>(ENDPOINT, context.getHandler());
    if (name === undefined) return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const endpoint: Endpoint = endpoints[name];
    const key = idempotentRequest(endpoint, request);
    keepCall(request, {
      ...readCall(endpoint, request, http.getResponse<FastifyReply>()),
      onceKey: key && storedKey(key),
    });
    if (key === undefined) return next.handle();
    const run = () => lastValueFrom(next.handle(), { defaultValue: undefined });
    return defer(() => from(once(this.#idempotency, key, endpoint.status, run)));
  }
}

function readCall(endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): object {
  const caller = callerOf(request);
  return {
    params: paramsOf(endpoint, request),
    query: endpoint.query && parse(endpoint.query, request.query),
    body: endpoint.body && parse(endpoint.body, jsonBody(request)),
    request,
    reply,
    ...(caller && {
      userId: caller.principal.userId,
      principal: caller.principal,
      credential: caller.credential.value,
    }),
  };
}

function paramsOf({ path }: Endpoint, request: FastifyRequest): unknown {
  if (path.includes('{emoji}')) return parsePath(emojiParams, request.params);
  return path.includes('{id}') ? parsePath(pathParams, request.params) : {};
}
