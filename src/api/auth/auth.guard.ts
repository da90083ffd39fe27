import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../../core/services.js';
import type { Identity, Principal } from '../../core/users/identity.js';
import { type Endpoint, type EndpointName, endpoints } from '../contract/endpoints.js';
import { type ApiConfig, CONFIG, IDENTITY, SERVICES } from '../deps.js';
import { HttpProblem } from '../http/problem.js';
import { ENDPOINT } from '../http/route.js';
import { setSessionCookie } from './cookie.js';
import { type Credential, credentialOf } from './credential.js';
import { isForeignPage, isOwnPage } from './origin.js';

export type Caller = { principal: Principal; credential: Credential };

const callers = new WeakMap<FastifyRequest, Caller>();

/** Who made a request that the guard let in; undefined where nobody needs to be. */
export const callerOf = (request: FastifyRequest): Caller | undefined => callers.get(request);

/** Lets in who may make the call, by the endpoint table; a handler that is not of the table is public. */
@Injectable()
export class AuthGuard implements CanActivate {
  readonly #reflector: Reflector;
  readonly #identity: Identity;
  readonly #config: ApiConfig;
  readonly #services: Services;

  constructor(
    @Inject(Reflector) reflector: Reflector,
    @Inject(IDENTITY) identity: Identity,
    @Inject(CONFIG) config: ApiConfig,
    @Inject(SERVICES) services: Services,
  ) {
    this.#reflector = reflector;
    this.#identity = identity;
    this.#config = config;
    this.#services = services;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const name = this.#reflector.get<EndpointName | undefined>(ENDPOINT, context.getHandler());
    if (name === undefined) return true;
    const endpoint: Endpoint = endpoints[name];
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (endpoint.auth === 'none') {
      if (changes(endpoint) && isForeignPage(request.headers, this.#config.publicUrl)) throw foreign();
      return true;
    }
    const caller = await this.#caller(request);
    if (changes(endpoint) && caller.credential.by === 'cookie') this.#checkPage(request);
    checkScope(endpoint, caller.principal);
    callers.set(request, caller);
    // Programs have tokens of their own; an open page that only reads may stand on an empty desk.
    if (caller.principal.kind === 'session' && changes(endpoint))
      this.#services.digests.active(caller.principal.userId);
    if (caller.principal.renewed && caller.credential.by === 'cookie')
      setSessionCookie(request, http.getResponse<FastifyReply>(), caller.credential.value, this.#config.publicUrl);
    return true;
  }

  async #caller(request: FastifyRequest): Promise<Caller> {
    const credential = credentialOf(request.headers);
    const principal = credential && (await this.#identity.authenticate(credential.value));
    if (credential === undefined || principal === undefined) throw signInFirst();
    return { principal, credential };
  }

  #checkPage(request: FastifyRequest): void {
    if (!isOwnPage(request.headers, this.#config.publicUrl)) throw foreign();
  }
}

const changes = ({ method }: Pick<Endpoint, 'method'>): boolean => method !== 'GET' && method !== 'HEAD';

function checkScope({ method, auth }: Endpoint, principal: Principal): void {
  if (auth === 'admin' && principal.role !== 'admin')
    throw new HttpProblem(403, 'admins-only', 'Only an admin can do this.');
  const needed = auth === 'admin' ? 'admin' : changes({ method }) ? 'write' : 'read';
  if (!principal.scopes.includes(needed))
    throw new HttpProblem(403, 'missing-scope', `This token lacks the scope "${needed}".`);
}

const signInFirst = () =>
  new HttpProblem(401, 'unauthenticated', 'Sign in first, or send a valid token.', {
    headers: { 'www-authenticate': 'Bearer' },
  });
const foreign = () => new HttpProblem(403, 'foreign-origin', 'This request comes from a page of another site.');
