import { createServer, type Server, type Socket } from 'node:net';

type Said = { nick: string; target: string; text: string; connection: number };
type Connection = { id: number; nick: string | undefined; socket: Socket; stalled: boolean };

/**
 * An IRC server that lets everybody in and writes down who was there at each moment and what they said: also two under one
 * nick, which a real one would refuse.
 */
export class IrcLedger {
  readonly said: Said[] = [];
  /** Nicks that were there more than once, not counting connections whose process was stopped. */
  readonly twice: string[] = [];
  /** Said by a connection after another with its nick had come. */
  readonly late: Said[] = [];
  readonly #connections = new Set<Connection>();
  #server: Server | undefined;
  #ids = 0;
  port = 0;

  static async start(host = '127.0.0.1'): Promise<IrcLedger> {
    const ledger = new IrcLedger();
    const server = createServer((socket) => ledger.#onSocket(socket));
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const address = server.address();
    if (typeof address === 'object' && address) ledger.port = address.port;
    ledger.#server = server;
    return ledger;
  }

  /** Connections with a nick, by nick, without those whose process is stopped. */
  get present(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { nick, stalled } of this.#connections)
      if (nick !== undefined && !stalled) counts.set(nick, (counts.get(nick) ?? 0) + 1);
    return counts;
  }

  /** The process behind these nicks is stopped: its connections are there, and nobody is behind them. */
  stall(nicks: ReadonlySet<string>): void {
    for (const connection of this.#connections) if (nicks.has(connection.nick ?? '')) connection.stalled = true;
  }

  /** From somebody to a nick; answers whether anybody was there to get it. */
  say(nick: string, from: string, text: string): boolean {
    const to = [...this.#connections].findLast((one) => one.nick === nick && !one.stalled);
    to?.socket.write(`:${from}!${from}@host.test PRIVMSG ${nick} :${text}\r\n`);
    return to !== undefined;
  }

  times(text: string): number {
    return this.said.filter((one) => one.text === text).length;
  }

  async stop(): Promise<void> {
    for (const { socket } of this.#connections) socket.destroy();
    await new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
  }

  #onSocket(socket: Socket): void {
    this.#ids += 1;
    const connection: Connection = { id: this.#ids, nick: undefined, socket, stalled: false };
    this.#connections.add(connection);
    let wanted = '';
    let rest = '';
    socket.on('error', () => {});
    socket.once('close', () => this.#connections.delete(connection));
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      const lines = (rest + String(chunk)).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [, command = '', params = ''] = /^(?:@\S+ )?(\w+) ?(.*)$/.exec(line) ?? [];
        if (command === 'NICK') wanted = params.replace(/^:/, '');
        else if (command === 'CAP' && params.startsWith('LS')) socket.write(':ledger CAP * LS :\r\n');
        else if (command === 'USER') this.#welcome(connection, wanted);
        else if (command === 'PING') socket.write(`:ledger PONG ledger ${params}\r\n`);
        else if (command === 'QUIT') socket.end();
        else if (command === 'PRIVMSG') this.#note(connection, params);
      }
    });
  }

  #welcome(connection: Connection, nick: string): void {
    const send = (line: string) => connection.socket.write(`:ledger ${line}\r\n`);
    send(`001 ${nick} :Welcome`);
    send(`005 ${nick} CASEMAPPING=rfc1459 CHANTYPES=# NICKLEN=30 :are supported`);
    send(`422 ${nick} :No message of the day`);
    connection.nick = nick;
    if ((this.present.get(nick) ?? 0) > 1) this.twice.push(nick);
  }

  #note(connection: Connection, params: string): void {
    const [, target = '', text = ''] = /^(\S+) :?(.*)$/.exec(params) ?? [];
    const said = { nick: connection.nick ?? '', target, text, connection: connection.id };
    this.said.push(said);
    const newer = [...this.#connections].some((one) => one.nick === connection.nick && one.id > connection.id);
    if (newer) this.late.push(said);
  }
}
