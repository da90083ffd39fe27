import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Element } from '@xmpp/client';
import { hostPort } from '../../sdk/index.js';
import type { Endpoint } from './endpoints.js';
import { ns } from './ns.js';
import { StreamParser } from './parser.js';
import { type End, Ended, retry, socketReason, streamReason } from './reasons.js';
import { carried, serialise, visible } from './wire.js';

/** Elements that may wait to be read while signing in; a server that sends more is not one. */
const maxWaiting = 200;

/**
 * One XML stream over one socket. Elements are read one by one with `next` while signing in, then given to `onElement`.
 * `onEnd` is called once, however it ends. The library's own stream is not used: it acknowledges stanzas before they are
 * stored, checks certificates for the server's name only, and keeps time by itself.
 */
export class Stream {
  onElement: ((element: Element) => void) | undefined;
  onEnd: ((end: End) => void) | undefined;
  #socket: Socket;
  #parser: StreamParser | undefined;
  #waiting: Element[] = [];
  #reading: { resolve(element: Element): void; reject(error: Error): void } | undefined;
  #ended: End | undefined;
  #closing: (() => void) | undefined;
  #secure: boolean;
  #heard = false;

  private constructor(
    readonly endpoint: Endpoint,
    private readonly domain: string,
    private readonly tls: ConnectionOptions,
    socket: Socket,
  ) {
    this.#socket = socket;
    this.#secure = endpoint.tls === 'on';
    this.#listen();
  }

  /** Resolves when the socket, and TLS where it comes first, is there. @throws Ended */
  static open(endpoint: Endpoint, domain: string, tls: ConnectionOptions): { stream: Stream; ready: Promise<void> } {
    const { host, port } = endpoint;
    const first = endpoint.tls === 'on';
    const socket = first
      ? connectTls({ host, port, ALPNProtocols: ['xmpp-client'], ...tls })
      : connectPlain({ host, port, ...(isIP(host) === 0 && { autoSelectFamily: true }) });
    const stream = new Stream(endpoint, domain, tls, socket);
    return { stream, ready: stream.#connected(first ? 'secureConnect' : 'connect') };
  }

  get isSecure(): boolean {
    return this.#secure;
  }

  get at(): string {
    return hostPort(this.endpoint.host, this.endpoint.port);
  }

  /** Whether anything came since this was last asked. */
  takeHeard(): boolean {
    const heard = this.#heard;
    this.#heard = false;
    return heard;
  }

  /** Says hello (again) and resolves with what the server offers. @throws Ended */
  async begin(): Promise<Element> {
    this.#attach();
    const to = carried(this.domain).replace(/[<>&'"]/g, '');
    this.#write(
      `<?xml version='1.0'?><stream:stream to='${to}' version='1.0' xml:lang='en' xmlns='jabber:client' xmlns:stream='${ns.stream}'>`,
    );
    const features = await this.next();
    if (features.is('features', ns.stream)) return features;
    throw this.#fail(retry(`${this.at} did not say what it offers`));
  }

  /** Goes over to TLS on the same socket; what was sent before it counts for nothing. */
  async startTls(): Promise<void> {
    this.#parser?.close();
    this.#parser = undefined;
    this.#waiting = [];
    this.#socket.removeAllListeners('data');
    this.#socket.removeAllListeners('close');
    this.#socket.removeAllListeners('error');
    const below = this.#socket;
    below.on('error', () => {});
    this.#socket = connectTls({ socket: below, ...this.tls });
    this.#listen();
    await this.#connected('secureConnect');
    this.#secure = true;
  }

  send(element: Element): void {
    this.#write(serialise(element));
  }

  /** The next element. @throws Ended when the stream ends first */
  next(): Promise<Element> {
    const waiting = this.#waiting.shift();
    if (waiting) return Promise.resolve(waiting);
    if (this.#ended) return Promise.reject(new Ended(this.#ended));
    return new Promise((resolve, reject) => {
      this.#reading = { resolve, reject };
    });
  }

  /** From now on every element goes to `onElement`, those that came meanwhile first. */
  flow(): void {
    for (const element of this.#waiting.splice(0)) this.onElement?.(element);
  }

  /** Stops reading the socket, or goes on. */
  hold(on: boolean): void {
    if (on) this.#socket.pause();
    else this.#socket.resume();
  }

  /** Ends it at once. */
  fail(end: End): void {
    this.#fail(end);
  }

  /** Says goodbye and waits for the server to do so too, for `graceMs` of real time. */
  async close(graceMs: number): Promise<void> {
    if (!this.#ended) {
      this.onElement = undefined;
      this.hold(false);
      const closed = new Promise<void>((resolve) => {
        this.#closing = resolve;
      });
      this.#write('</stream:stream>');
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, graceMs);
      });
      await Promise.race([closed, late]);
      clearTimeout(timer);
      this.#fail(retry('closed'));
    }
    if (!this.#socket.closed) {
      await new Promise<void>((resolve) => {
        this.#socket.once('close', () => resolve());
      });
    }
  }

  #write(text: string): void {
    if (!this.#ended && this.#socket.writable) this.#socket.write(text);
  }

  async #connected(event: 'connect' | 'secureConnect'): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#reading = { resolve: () => resolve(), reject };
      this.#socket.once(event, () => {
        this.#reading = undefined;
        resolve();
      });
    });
    this.#socket.setNoDelay(true);
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('data', (bytes: Buffer) => this.#onData(bytes));
    socket.on('error', (error) => this.#fail(retry(this.#reasonOf(error))));
    socket.on('close', () => this.#fail(retry(`${this.at} closed the connection`)));
  }

  #reasonOf(error: Error): string {
    return socketReason(error, this.endpoint.host, this.endpoint.port, this.domain);
  }

  #attach(): void {
    this.#parser?.close();
    this.#parser = new StreamParser({
      onStart: () => {},
      onElement: (element) => this.#onElement(element),
      onEnd: () => this.#fail(retry(`${this.at} ended the session`)),
    });
  }

  #onData(bytes: Buffer): void {
    this.#heard = true;
    if (this.#ended) return;
    try {
      this.#parser?.write(bytes);
    } catch (error) {
      this.#fail(retry(`${this.at} did not speak XMPP: ${visible(error instanceof Error ? error.message : '', 100)}`));
    }
  }

  #onElement(element: Element): void {
    if (this.#ended) return;
    if (element.is('error', ns.stream)) return void this.#fail(streamError(element, this.at));
    const reading = this.#reading;
    if (reading) {
      this.#reading = undefined;
      reading.resolve(element);
    } else if (this.onElement) {
      this.onElement(element);
    } else if (this.#waiting.push(element) > maxWaiting) {
      this.#fail(retry(`${this.at} talks too much`));
    }
  }

  #fail(end: End): Ended {
    const error = new Ended(this.#ended ?? end);
    if (this.#ended) return error;
    this.#ended = end;
    this.#parser?.close();
    this.#socket.destroy();
    this.#reading?.reject(error);
    this.#reading = undefined;
    this.#closing?.();
    this.onEnd?.(end);
    return error;
  }
}

function streamError(element: Element, at: string): End {
  const parts = element.getChildElements().filter((child) => child.getNS() === ns.streamErrors);
  const condition = parts.find((child) => child.getName() !== 'text');
  const text = visible(parts.find((child) => child.getName() === 'text')?.text() ?? '', 300);
  const name = condition?.getName().slice(0, 100) ?? 'undefined-condition';
  const other =
    name === 'see-other-host' ? /^(\[[\da-f:]+\]|[^:\s]+)(?::(\d{1,5}))?$/i.exec(condition?.text() ?? '') : null;
  if (other?.[1]) {
    const host = other[1].replace(/^\[(.*)\]$/, '$1');
    return {
      next: 'elsewhere',
      why: `${at} sent us to ${visible(host, 100)}`,
      host,
      port: Number(other[2]) || undefined,
    };
  }
  return streamReason(name, text);
}
