import { isUtf8 } from 'node:buffer';
import { EventEmitter } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Transport } from 'irc-framework';

export type SocketOptions = {
  host: string;
  port: number;
  tls: ConnectionOptions | undefined;
  /** Of a WebSocket. */
  path?: string;
};
export type SocketHandlers = {
  /** One line without its end. */
  onLine(text: string): void;
  /** Bytes came in. */
  onHeard(): void;
  /** A line of the library is about to go out; answers false where it shall not. */
  onWrite(text: string): boolean;
  /** Called once; without an error the other side has closed. */
  onClose(error: Error | undefined): void;
};

/** Tags may take 8,191 bytes and the rest 512: whatever is longer is no line. */
export const longestLine = 16_384;
export const mostUnsent = 256 * 1024;
const keepAliveMs = 60_000;
const latin = new TextDecoder('windows-1252');

/** More came without a line end than any line can hold. */
export class EndlessLine extends Error {
  override message = 'sent a line without end';
}

/** The other side takes nothing of what is written. */
export class NothingRead extends Error {
  override message = 'reads nothing of what is sent';
}

/**
 * What irc-framework works on: lines with a bound in front of its parser, reading that can be held, certificates that
 * are checked as the account asks. The library connects and writes; lines it shall see are emitted by `feed`.
 */
export abstract class Lines extends EventEmitter implements Transport {
  protected openNow = false;
  protected holding = false;

  constructor(
    protected readonly options: SocketOptions,
    protected readonly handlers: SocketHandlers,
  ) {
    super();
  }

  abstract connect(): void;
  /** Writes a line of our own. */
  abstract send(line: string, done?: () => void): void;
  /** Stops reading until `release`. */
  abstract hold(): void;
  abstract release(): void;
  abstract fail(error: Error): void;
  abstract close(force?: boolean): void;

  get isOpen(): boolean {
    return this.openNow;
  }

  get held(): boolean {
    return this.holding;
  }

  /** What the library writes. */
  writeLine(line: string, done?: () => void): void {
    if (this.handlers.onWrite(line)) this.send(line, done);
    else if (done) queueMicrotask(done);
  }

  /** Lets the library see a line. What its handlers throw on a malformed one is the answer. */
  feed(line: string): unknown {
    try {
      this.emit('line', line);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  disposeSocket(): void {
    this.close(true);
  }

  setEncoding(encoding: string): boolean {
    return encoding === 'utf8';
  }
}

/** Lines on a TCP connection, with or without TLS. */
export class LineSocket extends Lines {
  #socket: Socket | undefined;
  #rest: Buffer | undefined;
  #error: Error | undefined;

  connect(): void {
    const { host, port, tls } = this.options;
    const socket = tls ? connectTls({ host, port, ...tls }) : connectTcp({ host, port });
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      this.openNow = true;
      this.emit('open');
    });
    socket.on('data', (chunk: Buffer) => {
      this.handlers.onHeard();
      this.#take(chunk);
    });
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.once('close', () => {
      this.openNow = false;
      this.#rest = undefined;
      this.emit('close', this.#error ?? false);
      this.handlers.onClose(this.#error);
    });
  }

  send(line: string, done?: () => void): void {
    if (this.openNow) this.#socket?.write(`${line}\r\n`, done);
    else if (done) queueMicrotask(done);
    if ((this.#socket?.writableLength ?? 0) > mostUnsent) this.fail(new NothingRead());
  }

  hold(): void {
    this.holding = true;
    this.#socket?.pause();
  }

  release(): void {
    if (!this.holding) return;
    this.holding = false;
    this.#take(Buffer.alloc(0));
    if (!this.holding) this.#socket?.resume();
  }

  fail(error: Error): void {
    this.#error ??= error;
    this.#rest = undefined;
    this.#socket?.destroy();
  }

  close(force = false): void {
    if (force || !this.openNow) this.#socket?.destroy();
    else this.#socket?.end();
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0 && !this.holding; end = bytes.indexOf(10, from)) {
      const line = bytes.subarray(from, end > from && bytes[end - 1] === 13 ? end - 1 : end);
      from = end + 1;
      if (line.length > 0 && line.length <= longestLine) this.handlers.onLine(decode(line));
      if (this.#error || this.#socket?.destroyed) return;
    }
    // A copy, as the slice would keep the whole chunk in memory.
    this.#rest = from < bytes.length ? Buffer.from(bytes.subarray(from)) : undefined;
    if (!this.holding && bytes.length - from > longestLine) this.fail(new EndlessLine());
  }
}

/** Old clients write Latin-1 and its kin. */
export const decode = (bytes: Buffer): string => (isUtf8(bytes) ? bytes.toString('utf8') : latin.decode(bytes));
