import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answers, Client, fold, mask, parse, type Words, welcome } from './irc-words.ts';

/**
 * A load generator for benchmarks that looks like an IRC server to its clients. Real servers throttle whoever writes
 * fast; this one speaks just enough IRC for clients to register (CAP with server-time, message-tags, echo-message and
 * SASL PLAIN, which takes any password; JOIN, MONITOR, PING, USERHOST), and writes as fast as their sockets take it.
 *
 *     const load = await startIrcLoad();                       // loopback, a free port
 *     // ... sign N accounts in to load.host, load.port ...
 *     await load.untilClients(500, 60_000);
 *     await load.rate(200, 10);                                // 200 messages a second for 10 s, to all clients in turn
 *     await load.burst(20_000, { to: 'nick-or-#channel' });    // as fast as the socket takes them
 *     await load.stop();
 *
 * Each message is stamped: `readStamp(text)` gives the number of its run, its place in it, and when it was handed to the
 * socket on the clock of `nowNs()`, which all processes of one machine share.
 */
export type IrcLoadOptions = {
  port?: number;
  /** How many people write, in turn: `load0`, `load1` and so on. 10 by default. */
  senders?: number;
  /** Bytes of each message's text, stamp included. 100 by default; at most 350, so that a line holds it. */
  textBytes?: number;
  /** Called with every PRIVMSG that a client sends. */
  onMessage?(message: { from: string; target: string; text: string }): void;
};

export type LoadTarget = {
  /** A nick, or a channel (then each client in it gets each message). Without it: every client directly, in turn. */
  to?: string;
  signal?: AbortSignal;
};

/** What a run wrote. `sent` counts messages; `deliveries` lines to clients, which is more for a channel of several. */
export type LoadRun = { run: number; sent: number; deliveries: number; startedNs: bigint; endedNs: bigint };

export interface IrcLoad {
  readonly host: string;
  readonly port: number;
  /** Clients that are registered now. */
  readonly clients: number;
  /** Members of a channel now. */
  members(channel: string): number;
  /** Resolves when that many are registered; rejects after `timeoutMs`. */
  untilClients(count: number, timeoutMs: number): Promise<void>;
  /**
   * Writes evenly, stamping each message as it goes out. What falls due while the process is held up goes out late, not
   * never. Rejects when nobody is there to write to; ends early when `signal` aborts or `stop` is called.
   */
  rate(perSecond: number, seconds: number, target?: LoadTarget): Promise<LoadRun>;
  /** Writes `count` messages as fast as the sockets take them. */
  burst(count: number, target?: LoadTarget): Promise<LoadRun>;
  /** One message from one of the people who write to a nick; false: nobody of that name is there. */
  say(from: string, nick: string, text: string): boolean;
  /** Cuts every connection at once, as a netsplit does; new ones are taken. */
  cut(): void;
  /** Ends runs and connections; resolves when the port is free. */
  stop(): Promise<void>;
}

export type Stamp = { run: number; sequence: number; sentNs: bigint };

export const nowNs = (): bigint => process.hrtime.bigint();

/** The stamp of a message of this generator, wherever it stands in the text. */
export function readStamp(text: string): Stamp | undefined {
  const [, run, sequence, sentNs] = /\bload:(\d+):(\d+):(\d+):/.exec(text) ?? [];
  if (!run || !sequence || !sentNs) return undefined;
  return { run: Number(run), sequence: Number(sequence), sentNs: BigInt(sentNs) };
}

const host = '127.0.0.1';
const most = { clients: 5_000, perSecond: 100_000, seconds: 600, messages: 1_000_000 };
/** Lines are handed over in pieces of this size, so that a burst costs few system calls. */
const pieceBytes = 32_768;

export async function startIrcLoad(options: IrcLoadOptions = {}): Promise<IrcLoad> {
  const load = new LoadServer(options);
  await load.listen(options.port ?? 0);
  return load;
}

class LoadServer implements IrcLoad {
  readonly host = host;
  port = 0;
  readonly #all = new Set<Client>();
  readonly #byNick = new Map<string, Client>();
  readonly #channels = new Map<string, Set<Client>>();
  readonly #stopping = new AbortController();
  readonly #senders: string[];
  readonly #textBytes: number;
  readonly #server: Server;
  readonly #options: IrcLoadOptions;
  #runs = 0;
  #echoes = 0;
  #turn: Client[] = [];

  constructor(options: IrcLoadOptions) {
    this.#options = options;
    this.#textBytes = inRange('textBytes', options.textBytes ?? 100, 60, 350);
    const count = inRange('senders', options.senders ?? 10, 1, 10_000);
    this.#senders = Array.from({ length: count }, (_, at) => `load${at}`);
    this.#server = createServer((socket) => this.#onSocket(socket));
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, backlog: 1_024 }, () => {
        const address = this.#server.address();
        if (typeof address === 'object' && address) this.port = address.port;
        resolve();
      });
    });
  }

  get clients(): number {
    return this.#byNick.size;
  }

  members(channel: string): number {
    return this.#channels.get(fold(channel))?.size ?? 0;
  }

  async untilClients(count: number, timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (this.clients < count) {
      if (performance.now() > end) throw new Error(`${this.clients} of ${count} clients within ${timeoutMs} ms`);
      this.#stopping.signal.throwIfAborted();
      await sleep(20);
    }
  }

  async rate(perSecond: number, seconds: number, target: LoadTarget = {}): Promise<LoadRun> {
    inRange('perSecond', perSecond, 0.1, most.perSecond);
    inRange('seconds', seconds, 0.01, most.seconds);
    const count = inRange('messages', Math.round(perSecond * seconds), 1, most.messages);
    const atOnce = this.#linesAtOnce();
    const begin = performance.now();
    return this.#run(target, async (write, ending) => {
      for (let done = 0; done < count && !ending.aborted; ) {
        const dueAt = begin + (done * 1_000) / perSecond;
        const early = dueAt - performance.now();
        if (early > 0) await sleep(early, undefined, { signal: ending }).catch(() => {});
        else {
          // What has fallen due meanwhile goes out together, so that the generator is not what limits.
          const due = Math.min(count - done, atOnce, 1 + Math.floor((-early * perSecond) / 1_000));
          await write(due);
          done += due;
        }
      }
    });
  }

  async burst(count: number, target: LoadTarget = {}): Promise<LoadRun> {
    inRange('messages', count, 1, most.messages);
    const atOnce = this.#linesAtOnce();
    return this.#run(target, async (write, ending) => {
      for (let done = 0; done < count && !ending.aborted; done += atOnce) await write(Math.min(atOnce, count - done));
    });
  }

  say(from: string, nick: string, text: string): boolean {
    const client = this.#byNick.get(fold(nick));
    client?.say(`${client.tags(`said-${++this.#echoes}`)}:${mask(from)} PRIVMSG ${client.nick} :${text}`);
    return client !== undefined;
  }

  cut(): void {
    for (const client of this.#all) client.socket.destroy();
  }

  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort(new Error('the load generator was stopped'));
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const client of this.#all) client.socket.destroy();
    await closed;
    this.#byNick.clear();
    this.#channels.clear();
  }

  // ------------------------------------------------------------ writing

  #linesAtOnce(): number {
    return Math.max(1, Math.floor(pieceBytes / (this.#textBytes + 150)));
  }

  async #run(
    { to, signal }: LoadTarget,
    body: (write: (count: number) => Promise<void>, ending: AbortSignal) => Promise<void>,
  ): Promise<LoadRun> {
    this.#stopping.signal.throwIfAborted();
    const ending = AbortSignal.any([this.#stopping.signal, ...(signal ? [signal] : [])]);
    const result: LoadRun = { run: ++this.#runs, sent: 0, deliveries: 0, startedNs: nowNs(), endedNs: 0n };
    const write = async (count: number) => {
      const lines = new Map<Client, string>();
      for (let done = 0; done < count; done++) {
        const sequence = result.sent++;
        const receivers = this.#receivers(to, sequence);
        for (const client of receivers) {
          lines.set(client, (lines.get(client) ?? '') + this.#line(client, to, result.run, sequence));
        }
        result.deliveries += receivers.length;
      }
      await Promise.all([...lines].map(([client, text]) => client.write(text)));
    };
    await body(write, ending);
    result.endedNs = nowNs();
    return result;
  }

  #receivers(to: string | undefined, sequence: number): Client[] {
    const receivers = to === undefined ? this.#inTurn(sequence) : this.#named(to);
    if (receivers.length === 0) throw new Error(`nobody is there to write to${to === undefined ? '' : `: ${to}`}`);
    return receivers;
  }

  #named(to: string): Client[] {
    if (to.startsWith('#')) return [...(this.#channels.get(fold(to)) ?? [])];
    const client = this.#byNick.get(fold(to));
    return client ? [client] : [];
  }

  #inTurn(sequence: number): Client[] {
    if (this.#turn.length !== this.#byNick.size) this.#turn = [...this.#byNick.values()];
    const client = this.#turn[sequence % this.#turn.length];
    return client ? [client] : [];
  }

  #line(client: Client, to: string | undefined, run: number, sequence: number): string {
    const sender = this.#senders[sequence % this.#senders.length] ?? '';
    const stamp = `load:${run}:${sequence}:${nowNs()}:`;
    const text = `${stamp} `.padEnd(this.#textBytes, 'lorem ipsum ');
    const target = to?.startsWith('#') ? to : client.nick;
    return `${client.tags(`${run}-${sequence}`)}:${mask(sender)} PRIVMSG ${target} :${text}\r\n`;
  }

  // ------------------------------------------------------------ reading

  #onSocket(socket: Socket): void {
    if (this.#all.size >= most.clients) return void socket.end(`ERROR :more than ${most.clients} clients\r\n`);
    const client = new Client(socket, (line) => this.#onLine(client, line));
    this.#all.add(client);
    socket.once('close', () => {
      this.#all.delete(client);
      if (this.#byNick.get(fold(client.nick)) === client) this.#forget(client);
      for (const members of this.#channels.values()) members.delete(client);
    });
  }

  #forget(client: Client): void {
    this.#byNick.delete(fold(client.nick));
    this.#turn = [];
  }

  #onLine(client: Client, line: string): void {
    const { command, params } = parse(line);
    const answer = answers[command];
    if (answer) answer(this.#inner, client, params);
    else if (client.registered) client.numeric('421', `${command} :Unknown command`);
  }

  /** What the table of commands may do. */
  readonly #inner: Words = {
    nick: (client, nick) => {
      if (this.#byNick.has(fold(nick)) && this.#byNick.get(fold(nick)) !== client) {
        client.numeric('433', `${nick} :Nickname is already in use`);
        return;
      }
      if (client.registered) {
        this.#forget(client);
        client.say(`:${mask(client.nick)} NICK :${nick}`);
        this.#byNick.set(fold(nick), client);
      }
      client.nick = nick;
      this.#inner.register(client);
    },
    register: (client) => {
      if (client.registered || client.negotiating || !client.hasUser || client.nick === '*') return;
      if (this.#byNick.has(fold(client.nick)))
        return client.numeric('433', `${client.nick} :Nickname is already in use`);
      client.registered = true;
      this.#byNick.set(fold(client.nick), client);
      this.#turn = [];
      welcome(client);
    },
    join: (client, names) => {
      for (const name of names) {
        const members = this.#channels.get(fold(name)) ?? new Set();
        this.#channels.set(fold(name), members.add(client));
        client.say(`:${mask(client.nick)} JOIN ${name}`);
        client.numeric('353', `= ${name} :${[client.nick, ...this.#senders.slice(0, 20)].join(' ')}`);
        client.numeric('366', `${name} :End of /NAMES list.`);
      }
    },
    part: (client, names) => {
      for (const name of names) {
        this.#channels.get(fold(name))?.delete(client);
        client.say(`:${mask(client.nick)} PART ${name}`);
      }
    },
    message: (client, target, text) => {
      if (client.caps.has('echo-message')) {
        client.say(`${client.tags(`echo-${++this.#echoes}`)}:${mask(client.nick)} PRIVMSG ${target} :${text}`);
      }
      this.#options.onMessage?.({ from: client.nick, target, text });
    },
    isThere: (nick) => this.#senders.includes(nick) || this.#byNick.has(fold(nick)),
  };
}

function inRange(name: string, value: number, least: number, greatest: number): number {
  if (value >= least && value <= greatest) return value;
  throw new RangeError(`${name} is ${value}, and must be from ${least} to ${greatest}`);
}
