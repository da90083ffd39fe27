import { readFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Peer } from '../../src/sdk/testing/peer.js';
import type { InspircdLab, NgircdLab } from '../lab/types.js';

const host = '127.0.0.1';
let peers = 0;

/**
 * A server of the lab as the conformance suite sees it: our account reaches it through a forwarder of its own, so that
 * its connections can be cut and refused while the server goes on; the partner is a client of a few lines, directly
 * on the server.
 */
export class IrcLabPeer implements Peer {
  private constructor(
    private readonly forwarder: Forwarder,
    readonly person: RawClient,
    private readonly input: Record<string, unknown>,
    private readonly nick: string,
  ) {}

  /** Over TLS, with SASL. */
  static async onInspircd(lab: InspircdLab): Promise<IrcLabPeer> {
    const account = lab.accounts.find((one) => one.name === 'parley');
    const more = { tls: 'on', account: account?.name, password: account?.password };
    return IrcLabPeer.start(lab.port, lab.tlsPort, { ...more, certificate: await readFile(lab.caFile, 'utf8') });
  }

  static onNgircd(lab: NgircdLab): Promise<IrcLabPeer> {
    return IrcLabPeer.start(lab.port, lab.port, { tls: 'off' });
  }

  private static async start(port: number, ownPort: number, more: Record<string, unknown>): Promise<IrcLabPeer> {
    peers += 1;
    const unique = `${process.pid % 1000}x${peers}`;
    const forwarder = new Forwarder(ownPort);
    await forwarder.up();
    const person = await RawClient.signIn(port, `ali${unique}`);
    return new IrcLabPeer(forwarder, person, { ...more, pace: '50' }, `me${unique}`);
  }

  get partner(): string {
    return this.person.nick;
  }

  get login(): { flow: string; inputs: Record<string, unknown>[] } {
    const { input, nick, forwarder } = this;
    return { flow: 'server', inputs: [{ server: host, port: String(forwarder.port), nick, ...input }] };
  }

  get badInputs(): { input: Record<string, unknown>; field: string }[] {
    const good = this.login.inputs[0] ?? {};
    return [
      { input: { ...good, nick: 'two words' }, field: 'nick' },
      { input: { ...good, port: 0 }, field: 'port' },
      { input: { ...good, server: 'not a name' }, field: 'server' },
    ];
  }

  async say(text: string): Promise<void> {
    this.person.write(`PRIVMSG ${this.nick} :${text}`);
    await this.person.fence();
  }

  heard(text: string, timeoutMs = 10_000): Promise<void> {
    return this.person.until(() => this.count(text) > 0, `the partner to read "${text}"`, timeoutMs);
  }

  count(text: string): number {
    return this.texts().filter((one) => one.includes(text)).length;
  }

  texts(): string[] {
    return this.person.lines.flatMap((line) => {
      const [, nick, text] = /^:([^! ]+)\S* PRIVMSG \S+ :(.*)$/s.exec(line) ?? [];
      return nick?.startsWith(this.nick) && text !== undefined ? [text] : [];
    });
  }

  async cut(): Promise<void> {
    this.forwarder.cut();
  }

  down(): Promise<void> {
    return this.forwarder.down();
  }

  up(): Promise<void> {
    return this.forwarder.up();
  }

  async stop(): Promise<void> {
    await this.forwarder.down();
    this.person.leave();
  }
}

/** An IRC client without any help: what it wrote and read, as lines. */
export class RawClient {
  readonly lines: string[] = [];
  #rest = '';
  #fences = 0;
  #watchers = new Set<() => void>();

  private constructor(
    private readonly socket: Socket,
    readonly nick: string,
  ) {
    socket.setNoDelay(true);
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', (text) => {
      const lines = (this.#rest + String(text)).split('\r\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('PING ')) this.write(`PONG ${line.slice(5)}`);
        else this.lines.push(line);
      }
      for (const watcher of [...this.#watchers]) watcher();
    });
  }

  static async signIn(port: number, nick: string): Promise<RawClient> {
    const client = new RawClient(connect(port, host), nick);
    client.write(`NICK ${nick}`);
    client.write(`USER ${nick} 0 * :A person`);
    await client.until(() => client.lines.some((line) => / (376|422) /.test(line)), `${nick} to be let in`);
    return client;
  }

  write(line: string): void {
    this.socket.write(`${line}\r\n`);
  }

  /** Resolves when the server has read everything written so far. */
  async fence(): Promise<void> {
    const token = `fence${++this.#fences}`;
    this.write(`PING ${token}`);
    await this.line(new RegExp(` PONG .*${token}$`));
  }

  async line(match: RegExp, timeoutMs?: number): Promise<string> {
    await this.until(() => this.lines.some((one) => match.test(one)), `a line like ${match}`, timeoutMs);
    return this.lines.find((one) => match.test(one)) ?? '';
  }

  async until(check: () => boolean, what: string, timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!check()) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`waited ${timeoutMs} ms for ${what}; last ${this.lines.slice(-3).join(' | ')}`);
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.#watchers.delete(done);
          resolve();
        };
        const timer = setTimeout(done, Math.min(left, 250));
        this.#watchers.add(done);
      });
    }
  }

  leave(): void {
    this.socket.end('QUIT :bye\r\n');
    setTimeout(() => this.socket.destroy(), 500).unref();
  }
}

/** Passes bytes on, byte for byte, between a port of its own and a server. */
class Forwarder {
  port = 0;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(private readonly target: number) {}

  async up(): Promise<void> {
    if (this.#server) return;
    const server = createServer((near) => {
      const far = connect(this.target, host);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.setNoDelay(true);
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => server.listen(this.port, host, resolve));
    const address = server.address();
    if (typeof address === 'object' && address) this.port = address.port;
    this.#server = server;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
