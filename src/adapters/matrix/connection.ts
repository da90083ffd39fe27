import {
  type AccountSettings,
  AdapterError,
  Backoff,
  type ChatId,
  type Connection,
  type Features,
  type Host,
  type PresenceState,
  type ResolvedChat,
  type SetupLine,
} from '../../sdk/index.js';
import { Api, makeClient, path } from './client.js';
import { featuresOf } from './features.js';
import { findApi, hostOf, serverName, signIn, whoIs } from './homeserver.js';
import type { Link, Who } from './link.js';
import { asAdapterError, codeOfAnswer } from './reasons.js';
import { readRecoveryKey, recoveryField } from './recovery-field.js';
import { type Settings, sessionOf } from './settings.js';
import { Wire } from './wire.js';

const steadyMs = 30_000;
/** So many answers in a row that brought nothing and came at once are too many. */
const hasty = { rounds: 3, ms: 1_000 };
const graceMs = { loop: 1_200, rest: 1_300 };

type Own = { state: PresenceState; note?: string };

/** A Matrix account. There is one loop at a time; between two tries there is a wait that never ends the tries. */
export class MatrixConnection implements Connection {
  readonly #wire: Wire;
  readonly #server: string;
  readonly #abort = new AbortController();
  #session: Settings;
  #saved = true;
  #link: Link | undefined;
  #is: 'new' | 'running' | 'refused' | 'stopped' = 'new';
  #online: { since: number } | undefined;
  #why = 'not connected yet';
  readonly #backoff = new Backoff();
  #wake = () => {};
  #own: Own = { state: 'online' };
  #running: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | undefined;

  constructor(
    session: Settings,
    private readonly host: Host,
  ) {
    this.#session = session;
    this.#wire = new Wire(host, session.certificate);
    this.#server = serverName(session.homeserver);
  }

  start(): void {
    if (this.#is !== 'new') return;
    this.#is = 'running';
    this.host.signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#running = this.#run();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  chat(id: ChatId): Features {
    const book = this.#link?.book;
    const room = book?.room(id);
    const direct = room === undefined || book?.peerOf(id) !== undefined;
    return featuresOf({ now: () => this.#now(), me: () => this.#session.userId }, id, { room, direct });
  }

  resolve(address: string, { join }: { join: boolean }): Promise<ResolvedChat> {
    return this.#asking((link) => link.rooms.resolve(address, join));
  }

  leave(id: ChatId): Promise<void> {
    return this.#asking((link) => link.rooms.leave(id));
  }

  readonly invitations = {
    accept: (id: ChatId): Promise<void> => this.#asking((link) => link.rooms.accept(id)),
    decline: (id: ChatId): Promise<void> => this.#asking((link) => link.rooms.leave(id)),
  };

  readonly blocking = {
    set: (buddy: string, on: boolean): Promise<void> => this.#asking((link) => link.rooms.block(buddy, on)),
  };

  readonly settings: AccountSettings = {
    fields: () => [recoveryField],
    change: async (input) => {
      const key = readRecoveryKey(input);
      if (key === undefined) return;
      const link = this.#now();
      await link.recovery.use(key);
      await link.save();
    },
  };

  /** Removes the device, and its token with it. */
  async signOut(): Promise<void> {
    if (this.#session.given !== true) await this.#asking((link) => link.api.post('/logout'));
  }

  setup(): SetupLine[] {
    const address = this.#session.userId ?? 'known after the first connection';
    return [{ label: 'Matrix address', value: address }, ...(this.#link?.recovery.lines() ?? [])];
  }

  /** Kept while offline and told at the next connect; every round of the loop says it again. */
  async presence(own: Own): Promise<void> {
    this.#own = own;
    if (this.#link) this.#link.sync.own = own.state;
    if (this.#online && this.#link) await this.#tellPresence(this.#link);
  }

  readonly #onAbort = () => void this.stop();

  // ------------------------------------------------------------ the loop

  async #run(): Promise<void> {
    while (this.#is === 'running') {
      try {
        this.host.state({ is: 'connecting' });
        const link = await this.#enter();
        for (let idle = 0; this.#is === 'running'; ) {
          const began = this.host.clock.now();
          const { news } = await link.sync.round();
          if (!this.#online && this.#is === 'running') this.#onOnline(link);
          // A server that does not wait for news is asked less often.
          idle = news || this.host.clock.now() - began > hasty.ms ? 0 : idle + 1;
          if (idle >= hasty.rounds) await this.#pause(hasty.ms);
        }
      } catch (error) {
        if (this.#is === 'running') await this.#onFailure(error);
      }
    }
  }

  async #enter(): Promise<Link> {
    const { host } = this;
    await this.#allowed(this.#session.homeserver);
    const baseUrl = await findApi(this.#session.homeserver, this.#wire, host.log);
    await this.#allowed(baseUrl);
    const who = await this.#whoIs(baseUrl);
    if (!this.#saved) await this.#save();
    this.#link ??= await (await import('./link.js')).Link.load({
      ...{ host, wire: this.#wire, baseUrl, server: this.#server, who, signal: this.#abort.signal },
    });
    this.#link.sync.own = this.#own.state;
    return this.#link;
  }

  async #allowed(address: string): Promise<void> {
    try {
      await this.host.checkServer(hostOf(address));
    } catch (error) {
      if (error instanceof AdapterError && error.kind === 'rejected') throw new Forbidden(error.message);
      throw error;
    }
  }

  async #whoIs(baseUrl: string): Promise<Who> {
    const { accessToken, userId, deviceId, password, username = '', deviceName } = this.#session;
    if (accessToken !== undefined && userId !== undefined && deviceId !== undefined)
      return { accessToken, userId, deviceId };
    if (accessToken !== undefined) {
      return this.#known(await whoIs(this.#session, baseUrl, this.#wire, this.host.log));
    }
    const api = new Api(await makeClient({ baseUrl, wire: this.#wire, log: this.host.log }), this.#server);
    try {
      return this.#known(await signIn(api, { username, password: password ?? '' }, deviceName));
    } catch (error) {
      const found = asAdapterError(error, this.#server);
      if (found.kind !== 'rejected') throw error;
      const wrong = codeOfAnswer(error) === 'M_FORBIDDEN';
      const why = wrong ? `${this.#server} does not accept this name and password.` : found.message;
      throw new AdapterError('auth', why, { cause: error });
    }
  }

  /** From now on the token stands for the password. */
  #known(who: Who): Who {
    const { password: _password, ...rest } = this.#session;
    this.#session = { ...rest, ...who };
    this.#saved = false;
    return who;
  }

  async #save(): Promise<void> {
    this.#saved = false;
    await this.host.saveSession(sessionOf(this.#session));
    this.#saved = true;
  }

  #onOnline(link: Link): void {
    this.#online = { since: this.host.clock.now() };
    this.#why = '';
    this.host.state({ is: 'online' });
    void this.#tellPresence(link).catch(() => {});
    link.settle((key) => this.#usedRecoveryKey(key), this.#session.recoveryKey);
  }

  async #usedRecoveryKey(key: string): Promise<void> {
    if (this.#session.recoveryKey !== key) return;
    const { recoveryKey: _used, ...rest } = this.#session;
    this.#session = rest;
    await this.#save();
  }

  async #tellPresence({ api }: Link): Promise<void> {
    const { state, note } = this.#own;
    const presence = state === 'online' || state === 'offline' ? state : 'unavailable';
    const body = { presence, status_msg: note ?? '' };
    await api.put(path`/presence/${this.#session.userId ?? ''}/status`, { body }).catch((error: unknown) => {
      throw asAdapterError(error, this.#server);
    });
  }

  async #onFailure(error: unknown): Promise<void> {
    const now = this.host.clock.now();
    if (this.#online) this.#backoff.signedIn();
    if (this.#online && now - this.#online.since >= steadyMs) this.#backoff.reset();
    this.#online = undefined;
    const found = asAdapterError(error, this.#server);
    this.#why = found.message;
    if (error instanceof Forbidden) {
      this.#is = 'refused';
      return this.host.state({ is: 'failed', why: this.#why });
    }
    if (found.kind === 'auth') {
      this.#is = 'refused';
      return this.host.state({ is: 'needs-login', why: this.#why });
    }
    const ms = Math.max(found.retryAfterMs ?? 0, this.#backoff.next());
    this.host.state({ is: 'waiting', retryAt: now + ms, why: this.#why });
    await this.#pause(ms);
  }

  /** Until the time is over, or the account is stopped. */
  async #pause(ms: number): Promise<void> {
    if (this.#is !== 'running') return;
    await new Promise<void>((resolve) => {
      const cancel = this.host.clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  // ------------------------------------------------------------ asked from outside

  #now(): Link {
    if (this.#is === 'refused') throw new AdapterError('auth', this.#why);
    if (this.#is === 'running' && this.#online && this.#link) return this.#link;
    throw new AdapterError(
      'temporary',
      `not connected: ${this.#is === 'stopped' ? 'the account is stopped' : this.#why}`,
    );
  }

  /** What a person asked for and may ask for again: that it is not known whether it happened is no more than a delay. */
  async #asking<T>(ask: (link: Link) => Promise<T>): Promise<T> {
    const link = this.#now();
    try {
      const done = await ask(link);
      await link.save();
      return done;
    } catch (error) {
      const found = asAdapterError(error, this.#server);
      if (found.kind !== 'unknown-outcome') throw found;
      throw new AdapterError('temporary', found.message, { cause: error });
    }
  }

  /** Each part of the end is bounded in real time, as it waits for a socket or storage and not for the clock. */
  async #stop(): Promise<void> {
    this.#is = 'stopped';
    this.#online = undefined;
    this.host.signal.removeEventListener('abort', this.#onAbort);
    this.#abort.abort(new Error('the account is stopped'));
    if (!this.#link) this.#wire.close();
    this.#wake();
    await within(this.#running, graceMs.loop);
    if (this.#link) await within(this.#link.close(), graceMs.rest);
    this.#wire.close();
    this.host.state({ is: 'stopped' });
  }
}

/** The admin's policy forbids the server. */
class Forbidden extends Error {}

async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => {}), late]);
  clearTimeout(timer);
}
