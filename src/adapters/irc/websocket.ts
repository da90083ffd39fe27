import { WebSocket } from 'ws';
import { hostPort } from '../../sdk/index.js';
import { decode, EndlessLine, Lines, longestLine, mostUnsent, NothingRead } from './socket.js';

/** IRCv3 WebSockets: a message is a line. */
const protocols = ['text.ircv3.net', 'binary.ircv3.net'];
const handshakeMs = 20_000;

export class WebSocketLines extends Lines {
  #socket: WebSocket | undefined;
  /** Lines that came while reading was held: no more than one packet had in it. */
  #kept: string[] = [];
  #error: Error | undefined;
  #over = false;

  connect(): void {
    this.#open(protocols);
  }

  send(line: string, done?: () => void): void {
    const socket = this.#socket;
    if (this.openNow && socket) socket.send(line, () => done?.());
    else if (done) queueMicrotask(done);
    if ((socket?.bufferedAmount ?? 0) > mostUnsent) this.fail(new NothingRead());
  }

  hold(): void {
    this.holding = true;
    this.#socket?.pause();
  }

  release(): void {
    if (!this.holding) return;
    this.holding = false;
    while (!this.holding && this.#kept.length > 0) this.handlers.onLine(this.#kept.shift() ?? '');
    if (!this.holding) this.#socket?.resume();
  }

  fail(error: Error): void {
    this.#error ??= error;
    this.#over = true;
    this.#kept = [];
    this.#socket?.terminate();
  }

  close(force = false): void {
    this.#over = true;
    if (force || !this.openNow) this.#socket?.terminate();
    else this.#socket?.close(1000);
  }

  /** Servers older than the specification know no names of protocols: they are asked once more without. */
  #open(names: string[]): void {
    const { host, port, tls, path = '/' } = this.options;
    const at = `${hostPort(host, port)}`;
    const socket = new WebSocket(`${tls ? 'wss' : 'ws'}://${at}${path}`, names, {
      ...tls,
      origin: `${tls ? 'https' : 'http'}://${at}`,
      handshakeTimeout: handshakeMs,
      maxPayload: longestLine,
      perMessageDeflate: false,
      followRedirects: false,
    });
    this.#socket = socket;
    let again = false;
    socket.once('open', () => {
      this.openNow = true;
      this.emit('open');
    });
    socket.on('message', (data, isBinary) => {
      const bytes = Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
      this.handlers.onHeard();
      for (const line of (isBinary ? decode(bytes) : bytes.toString('utf8')).split(/\r?\n/)) this.#take(line);
    });
    socket.on('error', (error) => {
      again = names.length > 0 && /sent no subprotocol/.test(error.message);
      const code = 'code' in error ? error.code : undefined;
      this.#error ??= code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? new EndlessLine() : error;
    });
    socket.once('close', () => {
      this.openNow = false;
      this.#kept = [];
      if (again && !this.#over) {
        this.#error = undefined;
        return this.#open([]);
      }
      this.emit('close', this.#error ?? false);
      this.handlers.onClose(this.#error);
    });
  }

  #take(line: string): void {
    if (line === '' || this.#error) return;
    if (this.holding) this.#kept.push(line);
    else this.handlers.onLine(line);
  }
}
