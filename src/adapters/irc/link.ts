import irc, { type ClientOptions, type IrcMessage } from 'irc-framework';
import { type Clock, hostPort, Timers } from '../../sdk/index.js';
import { Batches } from './batches.js';
import { newClient } from './client.js';
import { rawTime } from './inbound.js';
import { Isupport } from './isupport.js';
import { Life } from './life.js';
import { extraCaps } from './offers.js';
import { closeReason, type End, oneLine, serverReason } from './reasons.js';
import { Sasl } from './sasl.js';
import type { Settings } from './settings.js';
import { alternative, always, clientOptions, type SignIn, saslOffer, signIn, starting } from './signin.js';
import type { Lines } from './socket.js';
import { transportOf } from './transport.js';
import { line } from './wire.js';

export type LinkHandlers = {
  /** The server has taken us in and said what it supports. */
  onReady(): void;
  /** Everything the server says after that and the link does not settle itself. */
  onMessage(message: IrcMessage): void;
  /** Called once. */
  onEnd(end: End): void;
};

const connectMs = 20_000;
const signInMs = 60_000;
const readyMs = 5_000;
const mostNicks = 10;
const mostCapLines = 200;
/** How long a server that knows no capabilities is waited for to say so. */
const capsMs = 3_000;
/** A server's clock that is off by less is taken as it is. */
const skewMs = 60_000;

/**
 * One connection to a server, from the first byte to the end with its reason: sign-in, nick in use, PING both ways,
 * half-open links. irc-framework negotiates capabilities and parses lines; it is shown only those it needs for that.
 * Where it would begin its own SASL, `Sasl` takes over.
 */
export class Link {
  readonly support = new Isupport();
  readonly batches = new Batches();
  nick: string;
  /** `user@host` as others see it; undefined until the server has told. */
  mask: string | undefined;
  /** How far the server's clock is ahead of ours, where it is far off. */
  skew = 0;
  /** What the server calls itself. */
  version = '';
  readonly #socket: Lines;
  readonly #sasl: Sasl;
  readonly #life: Life;
  readonly #options: ClientOptions;
  readonly #client = newClient();
  readonly #timers: Timers;
  readonly #at: string;
  #phase: 'connecting' | 'signing in' | 'starting' | 'ready' | 'ended' = 'connecting';
  #triedNicks = 1;
  #capLines = 0;
  #end: End | undefined;
  #leaving = false;
  /** PASS, NICK and USER, until it is known whether SASL makes PASS needless. */
  #held: string[] | undefined;
  readonly closed: Promise<void>;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly handlers: LinkHandlers,
  ) {
    this.nick = settings.nick;
    this.#at = hostPort(settings.server, settings.port);
    this.#timers = new Timers(clock);
    this.#life = new Life({
      timers: this.#timers,
      ping: () => this.#write('PING :alive'),
      held: () => this.#socket.held,
      fail: (why) => this.#fail(`${this.#at} ${why}`),
    });
    let onClosed = () => {};
    this.closed = new Promise((resolve) => {
      onClosed = resolve;
    });
    this.#sasl = new Sasl(settings, {
      write: (text) => this.#write(text),
      refuse: (why) => this.drop({ next: 'needs-login', why }),
      broken: (why) => this.#fail(`${this.#at} broke off the SASL sign-in: ${why}`, 30_000),
    });
    this.#socket = transportOf(settings, {
      onLine: (text) => this.#onLine(text),
      onHeard: () => this.#life.hear(),
      onWrite: (text) => this.#onLibraryWrites(text),
      onClose: (error) => {
        this.#onClose(error);
        onClosed();
      },
    });
    this.#options = clientOptions(settings, this.#socket);
    if (settings.serverPassword === undefined && this.#options.password !== undefined) this.#held = [];
  }

  connect(): void {
    const socket = this.#socket;
    socket.once('open', () => this.#onOpen());
    this.#client.requestCap(extraCaps);
    this.#timers.set('connect', connectMs, () => this.#fail(`${this.#at} did not answer within ${connectMs / 1000} s`));
    this.#client.connect(this.#options);
  }

  /** Whether a capability is in use. */
  has(name: string): boolean {
    return this.#client.network.cap.isEnabled(name);
  }

  /** What the server said with a capability. */
  value(name: string): string | undefined {
    return this.#client.network.cap.available.get(name);
  }

  /** We were taken by SASL. */
  get isSignedIn(): boolean {
    return this.#sasl.is === 'done';
  }

  get mechanism(): string {
    return this.#sasl.mechanism ?? '';
  }

  get isReady(): boolean {
    return this.#phase === 'ready';
  }

  /** A finished line from `wire.ts`. */
  send(text: string): void {
    if (this.#phase !== 'ended') this.#write(text);
  }

  hold(full: boolean): void {
    if (full) this.#socket.hold();
    else this.#socket.release();
  }

  /** Ends the link for a reason of ours. */
  drop(end: End): void {
    this.#end ??= end;
    this.#socket.close(true);
  }

  /** Leaves with a word; what the server does not end by itself within `graceMs` is cut. */
  async quit(graceMs: number): Promise<void> {
    this.#leaving = true;
    this.#timers.clear();
    if (this.#socket.isOpen) {
      this.#socket.release();
      this.#write(line('QUIT', ['Leaving']));
      const timer = setTimeout(() => this.#socket.close(true), graceMs);
      await this.closed;
      clearTimeout(timer);
    } else {
      this.#socket.close(true);
      if (this.#phase !== 'ended') await this.closed;
    }
  }

  #write(text: string): void {
    this.#socket.send(text);
  }

  /** The library's own SASL is never begun, and the password goes out by PASS only where SASL cannot be had. */
  #onLibraryWrites(text: string): boolean {
    if (this.#held && /^(PASS|NICK|USER) /.test(text)) {
      this.#held.push(text);
      this.#timers.set('caps', capsMs, () => this.#introduce(true));
      return false;
    }
    if (!text.startsWith('AUTHENTICATE ')) return true;
    if (this.#sasl.is === 'none') this.#sasl.begin();
    return false;
  }

  #fail(why: string, leastMs?: number): void {
    this.drop({ next: 'retry', why, ...(leastMs !== undefined && { leastMs }) });
  }

  // ------------------------------------------------------------ lines

  #onOpen(): void {
    this.#phase = 'signing in';
    this.#timers.drop('connect');
    this.#timers.set('sign-in', signInMs, () => this.#fail(`${this.#at} did not finish the sign-in within 60 s`));
    this.#life.awaitAnswer();
  }

  #onLine(text: string): void {
    if (this.#phase === 'ended' || this.#end) return;
    const message = irc.ircLineParser(text);
    const started = this.#phase === 'ready' || this.#phase === 'starting';
    if (!/^(?:[A-Z]+|\d{3})$/.test(message.command)) {
      if (!started) this.#fail(`${this.#at} did not speak IRC`);
      return;
    }
    if (always[message.command]?.(this.#inner, message)) return;
    if (message.command === 'CAP') this.#onCap(message, text);
    else if (!started) signIn[message.command]?.(this.#inner, message, text);
    else if (this.#phase === 'starting') starting[message.command]?.(this.#inner, message);
    if (this.#phase === 'ready' || this.#phase === 'starting') this.handlers.onMessage(message);
  }

  #introduce(withPassword: boolean): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#timers.drop('caps');
    for (const text of held) if (withPassword || !text.startsWith('PASS ')) this.#write(text);
  }

  /** Capabilities may come and go later too. */
  #onCap(message: IrcMessage, text: string): void {
    const offer = saslOffer(message);
    if (offer !== undefined && this.#phase === 'signing in') {
      this.#sasl.offered(offer);
      const wanted = this.#sasl.canTry;
      this.#options.account = wanted ? { account: 'us', password: 'kept to ourselves' } : {};
      if (wanted) this.#options.sasl_mechanism = offer.toUpperCase().split(',')[0] || 'PLAIN';
    }
    if (message.params[1] === 'LS' && message.params[2] !== '*') this.#introduce(!this.#sasl.canTry);
    this.#inner.negotiate(text);
  }

  /** What the tables of the sign-in may do. */
  readonly #inner: SignIn = {
    say: (text) => this.#write(text),
    onError: (words) => {
      if (!this.#leaving) this.drop(this.#refusedPassword(words) ?? serverReason(words, this.#at));
    },
    negotiate: (text) => {
      this.#capLines += 1;
      if (this.#capLines <= mostCapLines) this.#socket.feed(text);
      else if (this.#phase === 'signing in') this.#fail(`${this.#at} negotiates without end`);
    },
    noCaps: () => this.#introduce(true),
    sasl: () => this.#sasl,
    refuse: (why) => this.drop({ next: 'needs-login', why }),
    saslBroken: (words) => this.#fail(`${this.#at} broke off the SASL sign-in: ${oneLine(words, 200)}`, 30_000),
    clock: (tags) => {
      const ahead = (rawTime(tags) ?? this.clock.now()) - this.clock.now();
      this.skew = Math.abs(ahead) < skewMs ? 0 : Math.round(ahead / 1000) * 1000;
    },
    version: (version) => {
      this.version = version.slice(0, 100);
    },
    banned: (words) => this.drop(serverReason(`banned: ${words}`, this.#at)),
    nickTaken: (words) => this.#nextNick(words),
    nickBad: (words) =>
      this.drop({
        next: 'needs-login',
        why: `${this.#at} does not take the nick ${this.nick}: ${oneLine(words, 200)}`,
      }),
    welcome: (nick) => this.#onWelcome(nick),
    support: (params) => this.support.take(params),
    ready: () => this.#onReady(),
  };

  #refusedPassword(words: string): End | undefined {
    if (
      this.#phase !== 'signing in' ||
      !/\bbad password|invalid password|password (mismatch|incorrect)|access denied: bad/i.test(words)
    ) {
      return undefined;
    }
    return { next: 'needs-login', why: `${this.#at} refused the password: ${oneLine(words, 200)}` };
  }

  #nextNick(words: string): void {
    if (this.#triedNicks === mostNicks) return void this.#fail(`no free nick on ${this.#at}: ${oneLine(words, 200)}`);
    this.nick = alternative(this.settings.nick, this.#triedNicks);
    this.#triedNicks += 1;
    this.#write(line('NICK', [this.nick]));
  }

  #onWelcome(nick: string): void {
    if (this.#sasl.is === 'begun') return void this.#inner.saslBroken('it went on without an answer');
    if (this.#sasl.is === 'none' && this.settings.sasl) {
      const safe = this.settings.mechanism?.startsWith('SCRAM-') ? ' that keeps the password to us' : '';
      return void this.#fail(`${this.#at} offers no SASL sign-in${safe} at the moment, which it did before`, 30_000);
    }
    if (nick !== '') this.nick = nick;
    this.#phase = 'starting';
    this.#timers.clear();
    this.#timers.set('ready', readyMs, () => this.#onReady());
    this.#write('PING :ready');
  }

  #onReady(): void {
    if (this.#phase !== 'starting') return;
    this.#phase = 'ready';
    this.#timers.drop('ready');
    this.#life.watch();
    this.handlers.onReady();
  }

  // ------------------------------------------------------------ the end

  #onClose(error: Error | undefined): void {
    if (this.#phase === 'ended') return;
    const end = this.#end ?? {
      next: 'retry' as const,
      why: closeReason(error, this.settings, this.#phase === 'signing in'),
    };
    this.#phase = 'ended';
    this.#timers.clear();
    this.handlers.onEnd(end);
  }
}
