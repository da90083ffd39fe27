import {
  type AccountInfo,
  AdapterError,
  type ChatId,
  type Connection,
  type Event,
  type Features,
  type Host,
  limits,
  type PresenceState,
  type ResolvedChat,
} from '../../sdk/index.js';
import { buddyOf, chatWith, idOf, isRoom } from './ids.js';
import { Inbound } from './inbound.js';
import { readSession, type Session } from './login.js';
import type { Line, Network, Wire } from './network.js';
import type { Trouble } from './orders.js';
import { Outbound, type Ties } from './outbound.js';
import { historian } from './past.js';
import { Rooms } from './rooms.js';

const answerMs = 20_000;
const politeMs = 2500;
const backoff = { firstMs: 1000, mostMs: 60_000 };

const sending: Omit<Features['send'], 'message'> = {
  maxLength: limits.textLength,
  formatting: 'full',
  attachments: 'rejected',
  replies: 'full',
  idempotent: false,
  proves: 'read',
};

const offline = () => Promise.reject(new AdapterError('temporary', 'not connected'));

/** What every chat there can do; also the manifest's capabilities. */
export const usualFeatures: Features = {
  send: { ...sending, message: offline },
  edits: { message: offline },
  deletions: { message: offline },
  reactions: { set: offline },
  typing: { set: offline },
  readReceipts: { upTo: offline },
  presence: true,
};

/** What its rooms can do. */
export const roomFeatures: Features = {
  ...usualFeatures,
  members: { list: offline },
  invites: { invite: offline },
  topic: { set: offline },
};

/** An account on the practice network. No socket: the network is in this process, the states and failures are those of others. */
export class EchoConnection implements Connection, Wire, Ties {
  readonly #session: Session;
  readonly #line: Line;
  readonly #outbound: Outbound;
  readonly #rooms: Rooms;
  readonly invitations: NonNullable<Connection['invitations']>;
  #inbound: Inbound | undefined;
  #alive = new AbortController();
  #is: 'new' | 'trying' | 'online' | 'refused' | 'stopped' = 'new';
  #why = 'not connected yet';
  #failures = 0;
  #cancel: (() => void) | undefined;
  #leaving: Promise<void> = Promise.resolve();

  constructor(
    account: AccountInfo,
    private readonly host: Host,
    network: Network,
  ) {
    this.#session = readSession(account.session);
    this.#line = network.line(account.id, account.remoteId, host.cursor);
    this.#outbound = new Outbound(host, this.#line, this, this.#session.ticket);
    this.#rooms = new Rooms(host, this.#line, this, account.name);
    this.invitations = {
      accept: (id) => this.#rooms.answer(id, true),
      decline: (id) => this.#rooms.answer(id, false),
    };
  }

  start(): void {
    if (this.#is !== 'new') return;
    this.#is = 'trying';
    this.host.state({ is: 'connecting' });
    this.#cancel = this.host.clock.after(0, () => this.#greet());
  }

  async stop(): Promise<void> {
    if (this.#is !== 'stopped') {
      this.#is = 'stopped';
      this.#why = 'the account is stopped';
      this.#leave();
      this.#leaving = this.#leaving.then(() => this.host.state({ is: 'stopped' }));
    }
    await this.#leaving;
  }

  chat(id: ChatId): Features {
    const out = this.#outbound;
    return {
      send: { ...sending, message: (message) => out.send(id, message) },
      edits: { message: (target, { text }) => out.change(id, target, text) },
      deletions: { message: (target) => out.change(id, target, undefined) },
      reactions: { set: (target) => out.react(id, target) },
      typing: { set: (on) => out.typing(id, on) },
      readReceipts: { upTo: (target) => out.react(id, target) },
      presence: true,
      ...(id === historian && {
        history: {
          before: async (from, limit) => {
            this.mustBeOnline();
            return this.#line.past.before(from, limit);
          },
        },
      }),
      ...(isRoom(id) && this.#rooms.features(id)),
    };
  }

  async resolve(address: string, options: { join: boolean }): Promise<ResolvedChat> {
    const id = idOf(options.join && !address.trim().startsWith('#') ? `#${address.trim()}` : address);
    if (id === undefined || id === '#')
      throw new AdapterError('rejected', 'A practice buddy has a name of 1 to 64 characters on one line.');
    return isRoom(id) ? { chat: this.#rooms.info(id) } : { chat: chatWith(id), buddy: buddyOf(id) };
  }

  leave(id: ChatId): Promise<void> {
    return this.#rooms.leave(id);
  }

  async presence(_own: { state: PresenceState; note?: string }): Promise<void> {
    this.mustBeOnline();
  }

  // ------------------------------------------------------------ as the network sees it

  arrived(): void {
    this.#inbound?.look();
  }

  lost(why: string): void {
    if (this.#is === 'online') this.#wait(why);
  }

  // ------------------------------------------------------------ as sending sees it

  get alive(): AbortSignal {
    return this.#alive.signal;
  }

  mustBeOnline(): void {
    if (this.#is === 'refused') throw new AdapterError('auth', this.#why);
    if (this.#is !== 'online')
      throw new AdapterError('temporary', `not connected to the practice network: ${this.#why}`);
  }

  refused(why: string): void {
    if (this.#is === 'stopped') return;
    this.#is = 'refused';
    this.#why = why;
    this.#leave();
    this.host.state({ is: 'needs-login', why });
  }

  // ------------------------------------------------------------ connecting

  #greet(): void {
    const { ticket, secret } = this.#session;
    const greeting = this.#line.greet(this, ticket, secret, this.host.clock.now());
    if (greeting === 'welcome') this.#welcome();
    else if (greeting === 'refused') this.refused('The practice network refused the password. Sign in again.');
    else if (greeting === 'silent') this.#cancel = this.host.clock.after(answerMs, () => this.#wait(reasons.silent));
    else this.#wait(reasons[greeting]);
  }

  #welcome(): void {
    this.#is = 'online';
    this.#why = '';
    this.#failures = 0;
    this.#alive = new AbortController();
    this.host.state({ is: 'online' });
    const inbound = new Inbound(this.host, this.#line);
    this.#inbound = inbound;
    const now = this.host.clock.now();
    const roster = this.#session.buddies.flatMap((id): Event[] => {
      const buddy = buddyOf(id);
      return [
        { type: 'contact', buddy, listed: true },
        { type: 'presence', buddy, state: 'online' },
      ];
    });
    if (!this.#line.memory.add(roster.map((event) => ({ at: now, event }))))
      this.host.log.warn('the buddy list is late');
    inbound.look();
  }

  #wait(why: string): void {
    this.#is = 'trying';
    this.#why = why;
    this.#leave();
    const longest = Math.min(backoff.mostMs, backoff.firstMs * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    const wait = Math.round(longest * (0.75 + Math.random() * 0.25));
    this.#cancel = this.host.clock.after(wait, () => {
      this.host.state({ is: 'connecting' });
      this.#greet();
    });
    this.host.state({ is: 'waiting', retryAt: this.host.clock.now() + wait, why });
  }

  /** Ends what the connection has going; what is being stored may take its time, within bounds. */
  #leave(): void {
    this.#cancel?.();
    this.#line.leave(this);
    this.#alive.abort();
    const closed = this.#inbound?.close() ?? Promise.resolve();
    this.#inbound = undefined;
    this.#leaving = settledWithin([this.#leaving, closed], politeMs);
  }
}

/** Bounded in real time: it waits for storage, not for the clock. */
async function settledWithin(promises: Promise<unknown>[], ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.allSettled(promises), patience]);
  clearTimeout(timer);
}

const reasons: Record<Trouble, string> = {
  away: 'The practice server is away.',
  silent: `The practice server did not answer within ${answerMs / 1000} s.`,
  garbled: 'The practice server answered nonsense.',
};
