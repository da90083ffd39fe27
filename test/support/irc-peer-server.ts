import { createServer as createPlain, type Server, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import type { Peer } from '../../src/sdk/testing/peer.js';
import type { SaslServer } from '../lab/irc-sasl.ts';

const host = '127.0.0.1';
const name = 'irc.peer.test';

export type IrcPeerOptions = {
  /** Capabilities offered; `sasl` is added by itself unless it is turned off. */
  caps?: string[];
  sasl?: boolean;
  /** Mechanisms offered; PLAIN alone by default. */
  mechanisms?: string[];
  /** Tokens of the 005 line. */
  support?: string[];
  tls?: { key: string; cert: string };
  /** Lines a client may have waiting while one is worked off every `everyMs`; more bytes than `queue` is a kill. */
  lag?: { everyMs: number; queue: number };
};

const modern = [
  'message-tags',
  'server-time',
  'echo-message',
  'labeled-response',
  'batch',
  'account-tag',
  'cap-notify',
];
/** What servers that keep messages offer on top. */
export const keepingCaps = [
  ...modern,
  ...['away-notify', 'account-notify', 'extended-join', 'setname', 'chghost', 'invite-notify', 'multi-prefix'],
  ...['userhost-in-names', 'draft/chathistory', 'draft/event-playback', 'draft/read-marker'],
  ...['draft/message-redaction', 'draft/multiline=max-bytes=4096,max-lines=100'],
];
const usualSupport = [
  'CASEMAPPING=rfc1459',
  'CHANTYPES=#',
  'NICKLEN=30',
  'MONITOR=100',
  'PREFIX=(ov)@+',
  'STATUSMSG=@+',
  'WHOX',
];

/** One line taken apart by this peer's own hands. */
export type Line = { tags: Record<string, string>; command: string; params: string[]; text: string };

export type Handler = (client: Client, line: Line, peer: IrcPeerServer) => void;

/** A message that a server keeps. */
export type Kept = {
  chat: string;
  from: string;
  line: string;
  at: number;
  msgid: string;
  tags: Record<string, string>;
};

/** What a server that keeps messages does with them. */
export interface Keeper {
  add(kept: Kept): void;
  /** Answers whether it was there. */
  remove(msgid: string): boolean;
  /** CHATHISTORY. */
  answer(client: Client, line: Line): void;
}

/** A scripted IRC server on a real loopback socket, with the partner as a person that lives in it. */
export abstract class IrcPeerServer implements Peer {
  abstract readonly handlers: Record<string, Handler>;
  abstract readonly history: Keeper;
  readonly partner: string = 'alice';
  readonly password = 'opens-the-door';
  readonly clients = new Set<Client>();
  /** Every line of every client since the start. */
  readonly received: string[] = [];
  /** What the partner has read, oldest first: target and text. */
  readonly heardBy: { target: string; text: string }[] = [];
  /** Commands that are read and not answered. */
  readonly mute = new Set<string>();
  readonly takenNicks = new Set<string>();
  /** Channel to the numeric and words that answer JOIN. */
  readonly refusedJoins = new Map<string, string>();
  /** Answers of the server to what is written to a target, in place of taking it. */
  readonly refusals = new Map<string, string>();
  /** Tags that came without a text. */
  readonly tagged: { target: string; tags: Record<string, string> }[] = [];
  /** Read markers, as the clients of the account share them. */
  readonly markers = new Map<string, string>();
  /** Names of accounts; all have the one password. */
  readonly accounts = new Set(['parley', 'acc', 'me', 'a-rather-long-nick']);
  /** Its proof of knowing the password (SCRAM) is wrong. */
  lies = false;
  readonly topics = new Map<string, string>();
  /** Nicks that are there, for MONITOR and USERHOST; those with `true` are away. */
  readonly people = new Map<string, boolean>([['alice', false]]);
  /** How far this server's clock is ahead. */
  skewMs = 0;
  /** The least time between two messages that it keeps. */
  stepMs = 0;
  port = 0;
  /** `silent`: messages are read and never answered. `cut`: read, then the connection ends. */
  sends: 'answer' | 'silent' | 'cut' = 'answer';
  mode: 'well' | 'garbage' | 'hang' = 'well';
  refusing = false;
  /** Said instead of the welcome. */
  greeting: string[] | undefined;
  /** Said after the welcome and before the end of the message of the day. */
  motd: string[] = [];
  #server: Server | undefined;
  #watchers = new Set<() => void>();
  #ids = 0;
  #last = 0;

  constructor(readonly options: IrcPeerOptions = {}) {}

  get caps(): string[] {
    const caps = this.options.caps ?? modern;
    const mechanisms = this.options.mechanisms ?? ['PLAIN'];
    return this.options.sasl === false ? caps : [...caps, `sasl=${mechanisms.join(',')}`];
  }

  get support(): string[] {
    return this.options.support ?? usualSupport;
  }

  get login() {
    const input = { server: host, port: String(this.port), tls: this.options.tls ? 'on' : 'off', nick: 'parley' };
    return { flow: 'server', inputs: [{ ...input, password: this.password, pace: '50' }] };
  }

  get badInputs() {
    const good = this.login.inputs[0] ?? {};
    return [
      { input: { ...good, server: '' }, field: 'server' },
      { input: { ...good, server: 'irc.test\r\nQUIT' }, field: 'server' },
      { input: { ...good, port: 70_000 }, field: 'port' },
      { input: { ...good, port: 'six' }, field: 'port' },
      { input: { ...good, tls: 'starttls' }, field: 'tls' },
      { input: { ...good, nick: 'two words' }, field: 'nick' },
      { input: { ...good, nick: '#parley' }, field: 'nick' },
      { input: { ...good, password: 'a\nb' }, field: 'password' },
      { input: { ...good, channels: '#ok, #not:ok' }, field: 'channels' },
      { input: { ...good, certificate: 'rubbish' }, field: 'certificate' },
      { input: { ...good, pace: '1000' }, field: 'pace' },
    ];
  }

  /** The newest client that has signed in. */
  get client(): Client {
    const client = [...this.clients].findLast((one) => one.welcomed);
    if (!client) throw new Error('nobody is signed in');
    return client;
  }

  /** A server that keeps messages takes one also while we are away. */
  async say(text: string): Promise<void> {
    const keeps = this.caps.includes('draft/chathistory');
    const client = keeps ? [...this.clients].findLast((one) => one.welcomed) : this.client;
    const to = client?.nick ?? 'parley';
    const tags = keeps ? this.keep(this.partner, this.partner, `PRIVMSG ${to} :${text}`) : {};
    client?.from(this.partner, `PRIVMSG ${to} :${text}`, tags);
  }

  /** Remembers a line said in a chat of ours; answers its id and time. */
  keep(chat: string, from: string, line: string, tags: Record<string, string> = {}): Record<string, string> {
    const at = Math.max(this.now(), this.#last + this.stepMs);
    this.#last = at;
    const msgid = this.nextId();
    this.history.add({ chat: chat.toLowerCase(), from, line, at, msgid, tags });
    return { ...tags, msgid, time: new Date(at).toISOString() };
  }

  now(): number {
    return Date.now() + this.skewMs;
  }

  heard(text: string, timeoutMs = 10_000): Promise<void> {
    return this.until(() => this.count(text) > 0, `the partner to read "${text}"`, timeoutMs);
  }

  count(text: string): number {
    return this.texts().filter((one) => one.includes(text)).length;
  }

  texts(): string[] {
    return this.heardBy.filter(({ target }) => target.toLowerCase() === this.partner).map(({ text }) => text);
  }

  commands(): string[] {
    return this.received;
  }

  async cut(): Promise<void> {
    for (const client of this.clients) client.socket.resetAndDestroy();
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const client of this.clients) client.socket.destroy();
    await closed;
  }

  async up(): Promise<void> {
    if (this.#server) return;
    const { tls } = this.options;
    const onSocket = (socket: Socket) => {
      const client = new Client(this, socket);
      this.clients.add(client);
      socket.once('close', () => {
        this.clients.delete(client);
        this.wake();
      });
      this.wake();
    };
    const server = tls ? createTls(tls, onSocket) : createPlain(onSocket);
    if (tls) server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(this.port, host, resolve));
    const address = server.address();
    if (typeof address === 'object' && address) this.port = address.port;
    this.#server = server;
  }

  async refuseAuth(): Promise<void> {
    this.refusing = true;
  }

  async garbage(): Promise<void> {
    this.mode = 'garbage';
  }

  async hang(): Promise<void> {
    this.mode = 'hang';
  }

  stop(): Promise<void> {
    return this.down();
  }

  nextId(): string {
    this.#ids += 1;
    return `peer-${this.#ids}`;
  }

  wake(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  async until(check: () => boolean, what: string, timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!check()) {
      const left = deadline - Date.now();
      if (left <= 0)
        throw new Error(`waited ${timeoutMs} ms for ${what}; last lines ${this.received.slice(-5).join(' | ')}`);
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.#watchers.delete(done);
          resolve();
        };
        const timer = setTimeout(done, Math.min(left, 100));
        this.#watchers.add(done);
      });
    }
  }

  /** Waits for a line of a client. */
  async line(match: RegExp, timeoutMs?: number): Promise<string> {
    await this.until(() => this.received.some((one) => match.test(one)), `a line like ${match}`, timeoutMs);
    return this.received.find((one) => match.test(one)) ?? '';
  }
}

/** One connection as the server sees it. */
export class Client {
  nick = '';
  readonly caps = new Set<string>();
  readonly channels = new Set<string>();
  readonly monitored = new Set<string>();
  account: string | undefined;
  pass: string | undefined;
  sasl: { input: string; server: SaslServer } | undefined;
  /** A message in parts that is coming in. */
  parts: { label: Record<string, string>; target: string; lines: Line[] } | undefined;
  welcomed = false;
  #negotiating = false;
  #user = false;
  #rest = '';
  #queue: string[] = [];
  #lag: NodeJS.Timeout | undefined;

  constructor(
    readonly peer: IrcPeerServer,
    readonly socket: Socket,
  ) {
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.once('close', () => clearInterval(this.#lag));
    if (peer.mode === 'hang') return;
    if (peer.mode === 'garbage') {
      socket.write('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n\x00\xff\xfe nonsense\r\n');
      return;
    }
    socket.setEncoding('utf8');
    socket.on('data', (text) => this.#read(String(text)));
    const { lag } = peer.options;
    if (lag) this.#lag = setInterval(() => this.#work(this.#queue.shift()), lag.everyMs);
  }

  /** Sends a line as it is. */
  raw(line: string): void {
    this.socket.write(`${line}\r\n`);
  }

  /** Sends a line with the server's name in front. */
  server(line: string, tags: Record<string, string> = {}): void {
    this.raw(`${this.#tags(tags)}:${name} ${line}`);
  }

  /** Sends a line as if a person had caused it. */
  from(nick: string, line: string, tags: Record<string, string> = {}): void {
    const id: Record<string, string> = this.caps.has('message-tags') ? { msgid: this.peer.nextId() } : {};
    this.raw(`${this.#tags({ ...id, ...tags })}:${nick}!${nick.toLowerCase()}@host.test ${line}`);
  }

  get mask(): string {
    return `${this.nick}!parley@a-host-name-of-some-length.peer.test`;
  }

  own(line: string, tags: Record<string, string> = {}): void {
    this.raw(`${this.#tags(tags)}:${this.mask} ${line}`);
  }

  #tags(tags: Record<string, string>): string {
    const all: Record<string, string> = { ...tags };
    if (this.caps.has('server-time') && all.time === undefined) all.time = new Date(this.peer.now()).toISOString();
    const parts = Object.entries(all).map(([key, value]) => (value === '' ? key : `${key}=${value}`));
    return parts.length > 0 ? `@${parts.join(';')} ` : '';
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\r\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      this.peer.received.push(line);
      if (this.peer.options.lag && this.welcomed) this.#queue.push(line);
      else this.#work(line);
    }
    const { lag } = this.peer.options;
    if (lag && this.#queue.join('\r\n').length > lag.queue) this.socket.end('ERROR :Closing Link: (Excess Flood)\r\n');
    this.peer.wake();
  }

  #work(text: string | undefined): void {
    if (text === undefined || text === '') return;
    const line = parse(text);
    const { handlers } = this.peer;
    const handle = Object.hasOwn(handlers, line.command) ? handlers[line.command] : undefined;
    if (this.peer.mute.has(line.command)) return;
    if (handle) handle(this, line, this.peer);
    else this.server(`421 ${this.nick || '*'} ${line.command} :Unknown command`);
  }

  negotiate(on: boolean): void {
    this.#negotiating = on;
    this.welcome();
  }

  gaveUser(): void {
    this.#user = true;
    this.welcome();
  }

  welcome(): void {
    const { peer } = this;
    if (this.welcomed || this.#negotiating || !this.#user || this.nick === '') return;
    if (peer.greeting) {
      for (const line of peer.greeting) this.raw(line);
      return;
    }
    if (this.pass !== undefined && peer.options.sasl === false && (peer.refusing || this.pass !== peer.password)) {
      this.server(`464 ${this.nick} :Password incorrect`);
      this.socket.end('ERROR :Closing Link: bad password\r\n');
      return;
    }
    this.welcomed = true;
    this.server(`001 ${this.nick} :Welcome ${this.mask}`);
    this.server(`005 ${this.nick} ${peer.support.join(' ')} :are supported by this server`);
    for (const line of peer.motd) this.raw(line);
    this.server(`376 ${this.nick} :End of /MOTD command.`);
    peer.wake();
  }
}

function parse(text: string): Line {
  const [, tagText = '', rest = ''] = /^(?:@(\S+) +)?(.*)$/s.exec(text) ?? [];
  const at = rest.indexOf(' :');
  const words = (at < 0 ? rest : rest.slice(0, at)).split(' ').filter((word) => word !== '');
  const params = at < 0 ? words.slice(1) : [...words.slice(1), rest.slice(at + 2)];
  const tags = tagText
    .split(';')
    .filter((tag) => tag !== '')
    .map((tag): [string, string] => [tag.split('=')[0] ?? '', tag.slice(tag.indexOf('=') + 1)]);
  return { tags: Object.fromEntries(tags), command: (words[0] ?? '').toUpperCase(), params, text };
}
