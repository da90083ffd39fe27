import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { defer, from, lastValueFrom, type Observable } from 'rxjs';
import type { IdempotencyStore } from '../../core/users/idempotency.js';
import { callerOf } from '../auth/auth.guard.js';
import { type Endpoint, type EndpointName, emojiParams, endpoints, pathParams } from '../contract/endpoints.js';
import { IDEMPOTENCY, ROOM } from '../deps.js';
import { jsonBody } from './body.js';
import { keepCall } from './call.js';
import { idempotentRequest, once, storedKey } from './idempotency.js';
import { ENDPOINT } from './route.js';
import { parse, parsePath } from './validate.js';

/** Calls that bring something to be kept. Without room they are refused before anything of them is. */
const NEW_WORK: ReadonlySet<EndpointName> = new Set<EndpointName>([
  ...(['sendMessage', 'sendMessages', 'forwardMessage', 'createBroadcast'] as const),
  ...(['upload', 'beginUpload', 'continueUpload'] as const),
]);

/** Parses a call by its entry in the endpoint table, and answers a repeated one from memory. */
@Injectable()
export class CallInterceptor implements NestInterceptor {
  readonly #reflector: Reflector;
  readonly #idempotency: IdempotencyStore;
  readonly #room: () => Promise<void>;

  constructor(
    @Inject(Reflector) reflector: Reflector,
    @Inject(IDEMPOTENCY) idempotency: IdempotencyStore,
    @Inject(ROOM) room: () => Promise<void>,
  ) {
    this.#reflector = reflector;
    this.#idempotency = idempotency;
    this.#room = room;
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
    const run = async () => {
      if (NEW_WORK.has(name)) await this.#room();
      return lastValueFrom(next.handle(), { defaultValue: undefined });
    };
    if (key === undefined) return NEW_WORK.has(name) ? defer(() => from(run())) : next.handle();
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
