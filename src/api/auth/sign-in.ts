import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { DomainError } from '../../core/errors.js';
import type { Identity, Opened, Origin } from '../../core/users/identity.js';
import type { UserService } from '../../core/users/service.js';
import type { UserView } from '../../core/users/views.js';
import { type ApiConfig, CONFIG, IDENTITY, USERS } from '../deps.js';
import type { Call } from '../http/call.js';
import { HttpProblem } from '../http/problem.js';
import { clearSessionCookie, setSessionCookie } from './cookie.js';

const MOST_ATTEMPTS = 10;
const WINDOW_MS = 10 * 60_000;

type SessionAnswer = { user: UserView; token: string };

/** Opens and ends sessions; an address that keeps failing has to wait, right password or not. */
@Injectable()
export class SignIn {
  readonly #identity: Identity;
  readonly #users: UserService;
  readonly #config: ApiConfig;
  readonly #attempts = new LRUCache<string, number>({ max: 10_000, ttl: WINDOW_MS });

  constructor(
    @Inject(IDENTITY) identity: Identity,
    @Inject(USERS) users: UserService,
    @Inject(CONFIG) config: ApiConfig,
  ) {
    this.#identity = identity;
    this.#users = users;
    this.#config = config;
  }

  async setup(call: Call<'setup'>): Promise<SessionAnswer> {
    return this.#answer(call, await this.#identity.setup(call.body, originOf(call.request)));
  }

  async open(call: Call<'signIn'>): Promise<SessionAnswer> {
    const email = call.body.email.toLowerCase();
    this.#countAttempt(email);
    const opened = await this.#identity.signIn({ email, password: call.body.password }, originOf(call.request));
    if (opened !== undefined) {
      this.#attempts.delete(email);
      return this.#answer(call, opened);
    }
    throw new HttpProblem(401, 'wrong-credentials', 'The address or the password is wrong.');
  }

  async end(call: Call<'signOut'>): Promise<void> {
    if (call.principal.kind !== 'session')
      throw new HttpProblem(409, 'not-a-session', 'A personal token is revoked by DELETE /tokens/{id}.');
    await this.#identity.signOut(call.credential);
    clearSessionCookie(call.request, call.reply, this.#config.publicUrl);
  }

  /** Counted before the password is looked at, so that many guesses at once count as many. */
  #countAttempt(email: string): void {
    const attempts = this.#attempts.get(email) ?? 0;
    const leftMs = this.#attempts.getRemainingTTL(email);
    if (attempts >= MOST_ATTEMPTS)
      throw new DomainError(
        'limited',
        'too-many-attempts',
        'Too many wrong passwords for this address. Wait a little.',
        {
          retryAfterMs: leftMs,
        },
      );
    this.#attempts.set(email, attempts + 1, { ttl: leftMs > 0 ? leftMs : WINDOW_MS });
  }

  async #answer(call: Call<'setup' | 'signIn'>, opened: Opened): Promise<SessionAnswer> {
    const user = await this.#users.get(opened.userId);
    setSessionCookie(call.request, call.reply, opened.token, this.#config.publicUrl);
    return { user, token: opened.token };
  }
}

const originOf = (request: FastifyRequest): Origin => ({ ip: request.ip, userAgent: request.headers['user-agent'] });
