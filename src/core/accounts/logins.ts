import { type Adapter, AdapterError, type LoginContext, type LoginProcess, type LoginStep } from '../../sdk/index.js';
import { DomainError, notFound } from '../errors.js';
import { newId } from '../ids.js';
import { errorText } from '../log.js';
import type { AccountRow, AccountStore, NewAccount } from './store.js';

const LIFETIME_MS = 15 * 60_000;
const STEP_LIMIT_MS = 60_000;
const MAX_PER_USER = 20;

type Login = {
  id: string;
  userId: string;
  adapter: Adapter;
  process: LoginProcess;
  accountId?: string;
  abort: AbortController;
  expiresAt: number;
  busy: boolean;
  /** The step that waits for its answer, or the account that came of it. */
  step: LoginResult | undefined;
  /** Why the last answer was refused; the step is still open. */
  error: string | undefined;
  over?: 'done' | 'cancelled' | 'expired';
};

/** What every sign-in leans on; the rest of its context is its own. */
export type LoginServices = Omit<LoginContext, 'signal' | 'callbackUrl' | 'callbackState'> & {
  callbackUrl(): string;
};

export type LoginResult = Exclude<LoginStep, { type: 'done' }> | { type: 'done'; account: AccountRow };

/** Sign-ins under way. They live in memory: an unfinished one ends with the process. */
export class Logins {
  readonly #logins = new Map<string, Login>();

  constructor(
    private readonly adapters: ReadonlyMap<string, Adapter>,
    private readonly store: AccountStore,
    private readonly services: LoginServices,
  ) {}

  async start(userId: string, request: { network: string; flow?: string; accountId?: string }) {
    const adapter = this.adapters.get(request.network);
    if (!adapter) {
      throw new DomainError('invalid', 'unknown-network', `There is no network "${request.network}" here.`, {
        fields: { network: 'is not one of GET /networks' },
      });
    }
    const flow = request.flow ?? adapter.manifest.loginFlows[0]!.id;
    if (!adapter.manifest.loginFlows.some(({ id }) => id === flow)) {
      throw new DomainError('invalid', 'unknown-flow', `${adapter.manifest.name} has no sign-in called "${flow}".`, {
        fields: { flow: `must be one of ${adapter.manifest.loginFlows.map(({ id }) => id).join(', ')}` },
      });
    }
    if (request.accountId !== undefined) {
      const account = await this.store.find(request.accountId);
      if (account?.userId !== userId || account.network !== request.network) throw notFound('account');
    }
    this.#sweep(userId);
    const abort = new AbortController();
    const id = newId();
    const login: Login = {
      id,
      userId,
      adapter,
      process: adapter.login(flow, {
        ...this.services,
        signal: abort.signal,
        callbackUrl: this.services.callbackUrl(),
        callbackState: id,
      }),
      accountId: request.accountId,
      abort,
      expiresAt: this.services.clock.now() + LIFETIME_MS,
      busy: false,
      step: undefined,
      error: undefined,
    };
    this.#logins.set(login.id, login);
    const step = await this.#step(login, () => login.process.start());
    return { id: login.id, step, expiresAt: new Date(login.expiresAt).toISOString() };
  }

  /** Where the sign-in stands, also once it is done. */
  current(userId: string, id: string): { step: LoginResult; error?: string } {
    const login = this.#logins.get(id);
    if (login?.userId !== userId || login.step === undefined) throw notFound('login');
    const { step, error } = login.over === 'done' ? login : this.#find(userId, id);
    if (step === undefined) throw notFound('login');
    return { step, ...(error === undefined ? {} : { error }) };
  }

  /**
   * The browser is back from where a `redirect` led it, with the other side's answer. What goes wrong is kept for
   * `current`: the person is shown it on the page they came from.
   */
  async callback(userId: string, id: string, input: Record<string, string>): Promise<LoginResult | undefined> {
    try {
      const login = this.#find(userId, id);
      if (login.step?.type !== 'redirect') return undefined;
      return await this.answer(userId, id, input);
    } catch (error) {
      if (!(error instanceof DomainError))
        this.services.log.warn('a sign-in could not go on', { loginId: id, error: errorText(error) });
      return undefined;
    }
  }

  async answer(userId: string, id: string, input: Record<string, unknown>): Promise<LoginResult> {
    const login = this.#find(userId, id);
    if (login.busy)
      throw new DomainError('conflict', 'login-busy', 'This sign-in is still working on the last answer.');
    return this.#step(login, () => login.process.next(input));
  }

  async cancel(userId: string, id: string): Promise<void> {
    const login = this.#find(userId, id);
    await this.#end(login, 'cancelled');
  }

  #find(userId: string, id: string): Login {
    const login = this.#logins.get(id);
    if (!login || login.userId !== userId) throw notFound('login');
    if (!login.over && login.expiresAt <= this.services.clock.now()) void this.#end(login, 'expired');
    if (login.over === 'done') throw new DomainError('conflict', 'login-done', 'This sign-in is already complete.');
    if (login.over)
      throw new DomainError('gone', `login-${login.over}`, `This sign-in was ${login.over}. Begin a new one.`);
    return login;
  }

  async #step(login: Login, take: () => Promise<LoginStep>): Promise<LoginResult> {
    login.busy = true;
    try {
      const step = await this.#limited(take());
      if (login.over)
        throw new DomainError('gone', `login-${login.over}`, `This sign-in was ${login.over}. Begin a new one.`);
      login.error = undefined;
      if (step.type !== 'done') {
        login.step = step;
        return step;
      }
      const { manifest } = login.adapter;
      const account: NewAccount = {
        userId: login.userId,
        network: manifest.id,
        channel: manifest.channel,
        remoteId: step.remoteId,
        name: step.remoteName,
        session: step.session,
      };
      const saved = await this.store.save(account, login.accountId);
      login.over = 'done';
      login.step = { type: 'done', account: saved };
      return login.step;
    } catch (error) {
      const refusal = translate(error);
      login.error = refusal instanceof DomainError ? refusal.message : 'Something went wrong on the server.';
      throw refusal;
    } finally {
      login.busy = false;
    }
  }

  #limited<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.services.clock.after(STEP_LIMIT_MS, () =>
        reject(new AdapterError('temporary', 'the network took too long to answer')),
      );
      work.then(resolve, reject).finally(cancel);
    });
  }

  async #end(login: Login, over: 'cancelled' | 'expired'): Promise<void> {
    login.over = over;
    login.abort.abort();
    await login.process.cancel().catch(() => {});
  }

  /** Drops what is long over, and the oldest past the limit of one user. */
  #sweep(userId: string): void {
    const now = this.services.clock.now();
    for (const [id, login] of this.#logins) if (login.expiresAt + LIFETIME_MS < now) this.#logins.delete(id);
    const own = [...this.#logins.values()].filter((login) => login.userId === userId);
    for (const login of own.slice(0, Math.max(0, own.length - MAX_PER_USER + 1))) {
      if (!login.over) void this.#end(login, 'expired');
      this.#logins.delete(login.id);
    }
  }
}

function translate(error: unknown): unknown {
  if (!(error instanceof AdapterError)) return error;
  if (error.kind === 'rejected')
    return new DomainError('invalid', 'login-input', error.message, { fields: error.fields, cause: error });
  if (error.kind === 'auth')
    return new DomainError('invalid', 'login-refused', error.message, { fields: error.fields, cause: error });
  return new DomainError('unavailable', 'network-unavailable', error.message, {
    retryAfterMs: error.retryAfterMs,
    cause: error,
  });
}
