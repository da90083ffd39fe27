import { EventEmitter } from 'node:events';
import { hashPassword } from 'better-auth/crypto';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import type { Identity, Opened, Origin, Principal } from '../../core/users/identity.js';
import { Prisma, type PrismaClient } from '../database/prisma.js';
import { insertUser } from '../users/new-user.js';
import { type Auth, createAuth, IP_HEADER, SESSION_S } from './better-auth.js';
import { isPersonalToken, isSessionToken, tokenHash } from './tokens.js';

const REMEMBER_MS = 5_000;
const REMEMBER_MOST = 10_000;
/** A token's last use is kept to the minute. */
const LAST_USED_MS = 60_000;
/** Any number, the same in every process: who holds it may make the first user. */
const SETUP_LOCK = 0x5061726c;

const role = z.enum(['admin', 'user']);
const scopes = z.array(z.enum(['read', 'write', 'admin']));

/** Sessions by better-auth, personal tokens by our own table. */
class DatabaseIdentity implements Identity {
  readonly #prisma: PrismaClient;
  readonly #auth: Auth;
  readonly #ended = new EventEmitter<{ end: [credential: string] }>().setMaxListeners(0);
  readonly #known: LRUCache<string, Principal>;
  #setUp = false;

  readonly #doubts = new EventEmitter().setMaxListeners(0);
  readonly #tellOthers: (userId: string) => void;

  constructor(prisma: PrismaClient, tellOthers: (userId: string) => void) {
    this.#prisma = prisma;
    this.#tellOthers = tellOthers;
    this.#auth = createAuth(prisma);
    this.#known = new LRUCache<string, Principal>({
      max: REMEMBER_MOST,
      ttl: REMEMBER_MS,
      fetchMethod: (credential) => this.#look(credential),
    });
  }

  async needsSetup(): Promise<boolean> {
    if (!this.#setUp) this.#setUp = (await this.#prisma.user.findFirst({ select: { id: true } })) !== null;
    return !this.#setUp;
  }

  async setup(person: { email: string; password: string; name: string }, from: Origin): Promise<Opened> {
    if (!(await this.needsSetup())) throw alreadySetUp();
    const passwordHash = await hashPassword(person.password);
    await this.#prisma.$transaction(async (tx) => {
      await tx.$queryRaw(Prisma.sql`SELECT 1 FROM pg_advisory_xact_lock(${SETUP_LOCK})`);
      if ((await tx.user.count()) > 0) throw alreadySetUp();
      await insertUser(tx, { ...person, passwordHash, role: 'admin' });
    });
    const opened = await this.signIn(person, from);
    if (opened === undefined) throw new Error('the first user cannot sign in');
    return opened;
  }

  async signIn(credentials: { email: string; password: string }, from: Origin): Promise<Opened | undefined> {
    const headers = new Headers({ [IP_HEADER]: from.ip });
    if (from.userAgent !== undefined) headers.set('user-agent', from.userAgent.slice(0, 500));
    try {
      const { token, user } = await this.#auth.api.signInEmail({ body: credentials, headers });
      return token === null ? undefined : { userId: user.id, token };
    } catch (error) {
      if (error instanceof Error && 'statusCode' in error && error.statusCode === 401) return undefined;
      throw error;
    }
  }

  async signOut(sessionToken: string): Promise<void> {
    const { internalAdapter } = await this.#auth.$context;
    const whose = await this.authenticate(sessionToken);
    await internalAdapter.deleteSession(sessionToken);
    this.#known.delete(sessionToken);
    this.#ended.emit('end', sessionToken);
    if (whose) this.#tellOthers(whose.userId);
  }

  forgetTokens(userId: string): void {
    for (const [credential, principal] of this.#known.entries())
      if (principal.userId === userId && principal.kind === 'token') this.#known.delete(credential);
    this.#doubts.emit(userId);
    this.#tellOthers(userId);
  }

  doubt(userId: string): void {
    for (const [credential, principal] of this.#known.entries())
      if (principal.userId === userId) this.#known.delete(credential);
    this.#doubts.emit(userId);
  }

  onDoubt(userId: string, listener: () => void): () => void {
    this.#doubts.on(userId, listener);
    return () => this.#doubts.off(userId, listener);
  }

  async authenticate(credential: string): Promise<Principal | undefined> {
    if (!isSessionToken(credential) && !isPersonalToken(credential)) return undefined;
    return this.#known.fetch(credential);
  }

  remembered(credential: string): Principal | undefined {
    return this.#known.get(credential);
  }

  onEnd(listener: (credential: string) => void): () => void {
    this.#ended.on('end', listener);
    return () => this.#ended.off('end', listener);
  }

  #look(credential: string): Promise<Principal | undefined> {
    return isPersonalToken(credential) ? this.#token(credential) : this.#session(credential);
  }

  async #session(token: string): Promise<Principal | undefined> {
    const found = await this.#auth.api.getSession({ headers: new Headers({ authorization: `Bearer ${token}` }) });
    if (found === null) return undefined;
    const own = role.parse(found.user.role);
    return {
      userId: found.user.id,
      role: own,
      kind: 'session',
      scopes: own === 'admin' ? ['read', 'write', 'admin'] : ['read', 'write'],
      renewed: found.session.expiresAt.getTime() > Date.now() + SESSION_S * 1000 - REMEMBER_MS,
    };
  }

  async #token(token: string): Promise<Principal | undefined> {
    const found = await this.#prisma.apiToken.findUnique({
      where: { hash: tokenHash(token) },
      include: { user: { select: { role: true } } },
    });
    if (found === null) return undefined;
    const now = Date.now();
    if (found.lastUsedAt === null || found.lastUsedAt.getTime() < now - LAST_USED_MS)
      await this.#prisma.apiToken.updateMany({ where: { id: found.id }, data: { lastUsedAt: new Date(now) } });
    return {
      userId: found.userId,
      role: role.parse(found.user.role),
      kind: 'token',
      scopes: scopes.parse(found.scopes),
      renewed: false,
    };
  }
}

const alreadySetUp = () =>
  new DomainError('conflict', 'already-set-up', 'This Parley has its first user already. Sign in instead.');

/** @param tellOthers a session or a token of the user was ended here: other processes are to know */
export const createIdentity = (prisma: PrismaClient, tellOthers: (userId: string) => void = () => {}): Identity =>
  new DatabaseIdentity(prisma, tellOthers);
