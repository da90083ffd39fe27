import irc, { type ClientOptions, type IrcMessage } from 'irc-framework';
import type { Clock } from '../../sdk/index.js';
import { Batches } from './batches.js';
import { Isupport } from './isupport.js';
import { type End, hostPort, oneLine, serverReason, socketReason } from './reasons.js';
import type { Settings } from './settings.js';
import { EndlessLine, LineSocket, NothingRead } from './socket.js';
import { Timers } from './timers.js';
import { tlsOptions } from './trust.js';
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
const answerMs = 20_000;
const signInMs = 60_000;
const readyMs = 5_000;
const quietMs = 45_000;
const pongMs = 20_000;
const mostNicks = 10;
const mostCapLines = 200;

const extraCaps = ['labeled-response', 'extended-monitor', 'draft/extended-monitor'];

/**
 * One connection to a server, from the first byte to the end with its reason: sign-in, nick in use, PING both ways,
 * half-open links. irc-framework negotiates capabilities and SASL; it is shown only the lines it needs for that.
 */
export class Link {
  readonly support = new Isupport();
  readonly batches = new Batches();
  nick: string;
  /** `user@host` as others see it; undefined until the server has told. */
  mask: string | undefined;
  readonly #socket: LineSocket;
  readonly #client = new irc.Client();
  readonly #timers: Timers;
  readonly #at: string;
  #phase: 'connecting' | 'signing in' | 'starting' | 'ready' | 'ended' = 'connecting';
  #heard = false;
  #triedNicks = 1;
  #capLines = 0;
  #sasl: 'none' | 'begun' | 'done' = 'none';
  #end: End | undefined;
  #leaving = false;
  readonly closed: Promise<void>;

  constructor(
    private readonly settings: Settings,
    clock: Clock,
    private readonly handlers: LinkHandlers,
  ) {
    const { server, port, tls, certificate } = settings;
    this.nick = settings.nick;
    this.#at = hostPort(server, port);
    this.#timers = new Timers(clock);
    let onClosed = () => {};
    this.closed = new Promise((resolve) => {
      onClosed = resolve;
    });
    this.#socket = new LineSocket(
      { host: server, port, tls: tls === 'on' ? tlsOptions(server, certificate) : undefined },
      {
        onLine: (text) => this.#onLine(text),
        onHeard: () => {
          this.#heard = true;
        },
        onWrite: (text) => {
          if (text.startsWith('AUTHENTICATE ') && this.#sasl === 'none') this.#sasl = 'begun';
        },
        onClose: (error) => {
          this.#onClose(error);
          onClosed();
        },
      },
    );
  }

  connect(): void {
    const socket = this.#socket;
    socket.once('open', () => this.#onOpen());
    this.#client.requestCap(extraCaps);
    this.#timers.set('connect', connectMs, () => this.#fail(`${this.#at} did not answer within ${connectMs / 1000} s`));
    this.#client.connect(clientOptions(this.settings, socket));
  }

  hasCap(name: string): boolean {
    return this.#client.network.cap.isEnabled(name);
  }

  /** The password was taken by SASL. */
  get isSignedIn(): boolean {
    return this.#sasl === 'done';
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
    this.#socket.writeLine(text);
  }

  #fail(why: string, leastMs?: number): void {
    this.drop({ next: 'retry', why, ...(leastMs !== undefined && { leastMs }) });
  }

  // ------------------------------------------------------------ lines

  #onOpen(): void {
    this.#phase = 'signing in';
    this.#timers.drop('connect');
    this.#timers.set('sign-in', signInMs, () => this.#fail(`${this.#at} did not finish the sign-in within 60 s`));
    this.#awaitAnswer();
  }

  #awaitAnswer(): void {
    this.#heard = false;
    this.#timers.set('answer', answerMs, () => {
      if (this.#heard) this.#awaitAnswer();
      else this.#fail(`${this.#at} did not answer within ${answerMs / 1000} s`);
    });
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
    if (!started) signIn[message.command]?.(this.#inner, message, text);
    else if (this.#phase === 'starting') starting[message.command]?.(this.#inner, message);
    if (this.#phase === 'ready' || this.#phase === 'starting') this.handlers.onMessage(message);
  }

  /** What the tables below may do. */
  readonly #inner: Inner = {
    say: (text) => this.#write(text),
    onError: (words) => {
      if (!this.#leaving) this.drop(this.#refusedPassword(words) ?? serverReason(words, this.#at));
    },
    negotiate: (text) => {
      this.#capLines += 1;
      if (this.#capLines > mostCapLines) return this.#fail(`${this.#at} negotiates without end`);
      this.#socket.feed(text);
    },
    saslDone: () => {
      this.#sasl = 'done';
    },
    refuse: (why) => this.drop({ next: 'needs-login', why }),
    saslBroken: (words) => this.#fail(`${this.#at} broke off the SASL sign-in: ${oneLine(words, 200)}`, 30_000),
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
    if (this.#sasl === 'begun') return void this.#inner.saslBroken('it went on without an answer');
    if (this.#sasl === 'none' && this.settings.sasl) {
      return void this.#fail(`${this.#at} offers no SASL sign-in at the moment, which it did before`, 30_000);
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
    this.#watchLife();
    this.handlers.onReady();
  }

  // ------------------------------------------------------------ life and end

  /** A dead peer is found within 45 s of silence and 20 s without an answer; held reading proves nothing. */
  #watchLife(): void {
    this.#heard = false;
    this.#timers.set('quiet', quietMs, () => {
      if (this.#heard || this.#socket.held) return this.#watchLife();
      this.#write('PING :alive');
      this.#timers.set('quiet', pongMs, () => {
        if (this.#heard || this.#socket.held) this.#watchLife();
        else this.#fail(`${this.#at} stopped answering (ping timeout)`);
      });
    });
  }

  #onClose(error: Error | undefined): void {
    if (this.#phase === 'ended') return;
    const end = this.#end ?? { next: 'retry' as const, why: this.#closeReason(error) };
    this.#phase = 'ended';
    this.#timers.clear();
    this.handlers.onEnd(end);
  }

  #closeReason(error: Error | undefined): string {
    const { server, port } = this.settings;
    if (error instanceof EndlessLine) {
      return this.#phase === 'signing in' ? `${this.#at} did not speak IRC` : `${this.#at} ${error.message}`;
    }
    if (error instanceof NothingRead) return `${this.#at} ${error.message}`;
    if (error) return socketReason(error, server, port);
    if (this.#phase === 'signing in') return `${this.#at} closed the connection during the sign-in`;
    return `${this.#at} closed the connection`;
  }
}

type Inner = {
  say(text: string): void;
  onError(words: string): void;
  negotiate(text: string): void;
  saslDone(): void;
  refuse(why: string): void;
  saslBroken(words: string): void;
  banned(words: string): void;
  nickTaken(words: string): void;
  nickBad(words: string): void;
  welcome(nick: string): void;
  support(params: string[]): void;
  ready(): void;
};

const words = (message: IrcMessage): string => message.params.at(-1) ?? '';

/** Settled here in every phase; answers whether nobody else needs to see it. */
const always: Partial<Record<string, (link: Inner, message: IrcMessage) => boolean>> = {
  PING: (link, message) => {
    link.say(pong(words(message)));
    return true;
  },
  ERROR: (link, message) => {
    link.onError(words(message));
    return true;
  },
  // A greeting of any length, lists nobody asked for: never kept.
  ...Object.fromEntries(['322', '367', '372', '375'].map((command) => [command, () => true])),
};

type SignIn = (link: Inner, message: IrcMessage, text: string) => void;
const negotiate: SignIn = (link, _message, text) => link.negotiate(text);
const taken: SignIn = (link, message) => link.nickTaken(words(message));
const wrongPassword: SignIn = (link, message) =>
  link.refuse(`the server refused the password: ${oneLine(words(message), 200)}`);

const signIn: Partial<Record<string, SignIn>> = {
  '001': (link, message) => link.welcome(message.params[0] ?? ''),
  CAP: negotiate,
  AUTHENTICATE: negotiate,
  '900': (link, _message, text) => {
    link.saslDone();
    link.negotiate(text);
  },
  '903': (link, _message, text) => {
    link.saslDone();
    link.negotiate(text);
  },
  '907': (link) => link.saslDone(),
  '902': wrongPassword,
  '904': wrongPassword,
  '464': wrongPassword,
  '905': (link, message) => link.saslBroken(words(message)),
  '906': (link, message) => link.saslBroken(words(message)),
  '432': (link, message) => link.nickBad(words(message)),
  '433': taken,
  '436': taken,
  '437': taken,
  '465': (link, message) => link.banned(words(message)),
  '466': (link, message) => link.banned(words(message)),
};

const starting: Partial<Record<string, (link: Inner, message: IrcMessage) => void>> = {
  '005': (link, message) => link.support(message.params),
  '376': (link) => link.ready(),
  '422': (link) => link.ready(),
  PONG: (link, message) => {
    if (words(message) === 'ready') link.ready();
  },
};

function pong(token: string): string {
  return `PONG :${token.replace(/[\r\n\0]/g, '').slice(0, 400)}`;
}

/** `nick_`, `nick__`, then, for servers that cut long nicks off, a short one with a number. */
function alternative(nick: string, attempt: number): string {
  if (attempt <= 2) return `${nick}${'_'.repeat(attempt)}`;
  return `${nick.slice(0, 5)}${Math.floor(1000 + Math.random() * 9000)}`;
}

function clientOptions(settings: Settings, socket: LineSocket): ClientOptions {
  const { server, port, nick, password, account, realname } = settings;
  return {
    host: server,
    port,
    nick,
    username: nick.replace(/[^a-zA-Z0-9]/g, '').slice(0, 9) || 'parley',
    gecos: realname || nick,
    ...(password !== undefined && { password }),
    account: password === undefined ? {} : { account: account ?? nick, password },
    version: '',
    auto_reconnect: false,
    ping_interval: 0,
    ping_timeout: 0,
    enable_echomessage: true,
    enable_chghost: true,
    transport: function transport() {
      return socket;
    },
  };
}
