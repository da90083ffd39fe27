import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../../core/users/identity.js';
import type { Body, EndpointName, endpoints, Query } from '../contract/endpoints.js';

type Table = typeof endpoints;
type Params<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { [K in Name]: string } & Params<Rest>
  : unknown;

/** A request to an endpoint, let in and parsed by its entry in the table. */
export type Call<N extends EndpointName> = {
  params: Params<Table[N]['path']>;
  query: Query<N>;
  body: Body<N>;
  request: FastifyRequest;
  reply: FastifyReply;
} & (Table[N]['auth'] extends 'none'
  ? unknown
  : {
      userId: string;
      principal: Principal;
      credential: string;
      /** The caller's Idempotency-Key, as it may be stored. What is made under it is made once, also over a crash. */
      onceKey: string | undefined;
    });

const calls = new WeakMap<FastifyRequest, object>();

/** Set once per request, by the interceptor that parsed it. */
export const keepCall = (request: FastifyRequest, call: object): void => void calls.set(request, call);

/** The parsed call, as a handler's argument. */
export const In = createParamDecorator((_: unknown, context: ExecutionContext): object => {
  const call = calls.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (call === undefined) throw new Error('this handler is not in the endpoint table');
  return call;
});
