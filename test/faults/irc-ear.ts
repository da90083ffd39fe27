import { createConnection, type Socket } from 'node:net';

/** Somebody on IRC who only listens, and is back at once when the line or the server breaks. */
export class IrcEar {
  readonly heard: string[] = [];
  #socket: Socket | undefined;
  #left = false;
  #welcome: (() => void) | undefined;

  constructor(
    private readonly port: number,
    readonly nick: string,
  ) {}

  /** Resolves once the server has said welcome. */
  join(): Promise<void> {
    return new Promise((resolve) => {
      this.#welcome = resolve;
      this.#connect();
    });
  }

  leave(): void {
    this.#left = true;
    this.#socket?.destroy();
  }

  #connect(): void {
    if (this.#left) return;
    const socket = createConnection(this.port, '127.0.0.1');
    this.#socket = socket;
    let rest = '';
    socket.on('connect', () => socket.write(`NICK ${this.nick}\r\nUSER ${this.nick} 0 * :${this.nick}\r\n`));
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString()).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#onLine(socket, line);
    });
    socket.on('error', () => {});
    socket.on('close', () => setTimeout(() => this.#connect(), 50));
  }

  #onLine(socket: Socket, line: string): void {
    if (line.startsWith('PING')) socket.write(`PONG${line.slice(4)}\r\n`);
    else if (/^:\S+ 001 /.test(line)) this.#welcome?.();
    else {
      const said = /^:[^ ]+ PRIVMSG [^ ]+ :(.*)$/.exec(line)?.[1];
      if (said !== undefined) this.heard.push(said);
    }
  }
}
