import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Clock, hostPort } from '../../../sdk/index.js';
import { explain } from '../reasons.js';
import { encodePdu, Framer, MalformedPdu, type Pdu } from './pdu.js';
import { status } from './status.js';

export type LinkOptions = { host: string; port: number; tls: boolean };
export type LinkHandlers = {
  onConnect(): void;
  /** A request of the other side, already known to be whole. */
  onRequest(pdu: Pdu): void;
  /** Called once. */
  onClose(why: string): void;
};

/** A request that got no answer. `written`: its bytes may have arrived. */
export class NoAnswer extends Error {
  constructor(
    readonly written: boolean,
    why: string,
  ) {
    super(why);
  }
}

type Pending = { resolve(pdu: Pdu): void; reject(error: NoAnswer): void };

export const windowSize = 10;
const queueLimit = 1_000;
const outputLimit = 1024 * 1024;
const malformedLimit = 20;
const leaveMs = 500;
const maxSequence = 0x7fffffff;

/** One SMPP connection: frames, sequence numbers, a bounded window of requests, and an end with a reason. */
export class Link {
  readonly #socket: Socket;
  readonly #peer: string;
  readonly #clock: Clock;
  readonly #handlers: LinkHandlers;
  readonly #framer = new Framer();
  readonly #pending = new Map<number, Pending>();
  readonly #queue: (() => void)[] = [];
  #inWindow = 0;
  #sequence = 0;
  #understood = false;
  #malformed = 0;
  #closed: string | undefined;
  #held = false;
  readonly ended: Promise<void>;

  constructor(options: LinkOptions, clock: Clock, handlers: LinkHandlers) {
    this.#clock = clock;
    this.#handlers = handlers;
    this.#peer = hostPort(options.host, options.port);
    const { host, port } = options;
    const socket = options.tls
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }) })
      : connectTcp({ host, port });
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.once(options.tls ? 'secureConnect' : 'connect', () => handlers.onConnect());
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('error', (error) => this.destroy(explain(error, this.#peer, 'SMPP').why));
    this.ended = new Promise((resolve) => {
      socket.once('close', () => {
        this.destroy(
          this.#understood
            ? `${this.#peer} closed the connection`
            : `${this.#peer} closed the connection before answering`,
        );
        resolve();
      });
    });
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** Reading is held, so nothing said by the other side is heard. */
  get held(): boolean {
    return this.#held;
  }

  /** Stops reading until `release`, so that what cannot be stored yet waits at the other side, in order. */
  hold(): void {
    this.#held = true;
    this.#socket.pause();
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#drain();
    if (!this.#held) this.#socket.resume();
  }

  /** Sends a request and waits for its answer, at most `timeoutMs`; waits for a place in the window before it counts. */
  async submit(command: string, fields: Record<string, unknown>, timeoutMs: number, signal: AbortSignal): Promise<Pdu> {
    await this.#place(signal);
    try {
      return await this.request(command, fields, timeoutMs, signal);
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#inWindow--;
    }
  }

  /** As `submit`, outside the window: bind, keep-alive, unbind. */
  request(command: string, fields: Record<string, unknown>, timeoutMs: number, signal?: AbortSignal): Promise<Pdu> {
    if (this.#closed !== undefined) return Promise.reject(new NoAnswer(false, this.#closed));
    if (signal?.aborted) return Promise.reject(new NoAnswer(false, 'cancelled before it was sent'));
    this.#sequence = this.#sequence >= maxSequence ? 1 : this.#sequence + 1;
    const sequence = this.#sequence;
    const bytes = encodePdu(command, sequence, 0, fields);
    return new Promise((resolve, reject) => {
      const finish = () => {
        this.#pending.delete(sequence);
        cancel();
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (why: string) => {
        finish();
        reject(new NoAnswer(true, why));
      };
      const onAbort = () => fail('given up before the SMS centre answered');
      const cancel = this.#clock.after(timeoutMs, () =>
        fail(`the SMS centre did not answer within ${timeoutMs / 1000} s`),
      );
      signal?.addEventListener('abort', onAbort);
      this.#pending.set(sequence, {
        resolve: (pdu) => {
          finish();
          resolve(pdu);
        },
        reject: (error) => {
          finish();
          reject(error);
        },
      });
      this.#write(bytes);
    });
  }

  /** Answers a request. Does nothing on a closed link: the other side will repeat. */
  respond(request: Pdu, code: number, fields: Record<string, unknown> = {}): void {
    if (this.#closed !== undefined) return;
    const command = request.command === 'unknown' ? 'generic_nack' : `${request.command}_resp`;
    this.#write(encodePdu(command, request.sequence, code, fields));
  }

  nack(sequence: number, code: number): void {
    if (this.#closed === undefined) this.#write(encodePdu('generic_nack', sequence, code, {}));
  }

  /** Ends after what is written has left, for a reason of the other side's. */
  leave(why: string): void {
    if (this.#closed !== undefined) return;
    this.#socket.setTimeout(leaveMs, () => this.#socket.destroy());
    this.#socket.end();
    this.#finish(why);
  }

  destroy(why: string): void {
    this.#socket.destroy();
    if (this.#closed === undefined) this.#finish(why);
  }

  #finish(why: string): void {
    this.#closed = why;
    for (const pending of [...this.#pending.values()]) pending.reject(new NoAnswer(true, why));
    for (const next of this.#queue.splice(0)) next();
    this.#handlers.onClose(why);
  }

  #place(signal: AbortSignal): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(new NoAnswer(false, this.#closed));
    if (this.#inWindow < windowSize) {
      this.#inWindow++;
      return Promise.resolve();
    }
    if (this.#queue.length >= queueLimit)
      return Promise.reject(new NoAnswer(false, 'too many messages wait for the SMS centre'));
    return new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        this.#queue.splice(this.#queue.indexOf(go), 1);
        reject(new NoAnswer(false, 'cancelled before it was sent'));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#queue.push(go);
    });
  }

  #write(bytes: Buffer): void {
    this.#socket.write(bytes);
    if (this.#socket.writableLength > outputLimit) this.destroy(`${this.#peer} stopped reading`);
  }

  #onData(chunk: Buffer): void {
    if (this.#closed !== undefined) return;
    this.#framer.push(chunk);
    this.#drain();
  }

  #drain(): void {
    while (this.#closed === undefined && !this.#held) {
      try {
        const pdu = this.#framer.next();
        if (pdu === 'more') return;
        const isSmpp = pdu !== 'bad-length' && (pdu.command !== 'unknown' || this.#understood);
        if (isSmpp) this.#onPdu(pdu);
        else this.#notSmpp();
      } catch (error) {
        if (!(error instanceof MalformedPdu)) throw error;
        if (this.#understood && ++this.#malformed <= malformedLimit) this.nack(error.sequence, status.invalidLength);
        else this.#notSmpp();
      }
    }
  }

  #notSmpp(): void {
    this.destroy(this.#understood ? `${this.#peer} sent bytes that are not SMPP` : `${this.#peer} did not speak SMPP`);
  }

  #onPdu(pdu: Pdu): void {
    this.#understood = true;
    if (pdu.isResponse) this.#pending.get(pdu.sequence)?.resolve(pdu);
    else this.#handlers.onRequest(pdu);
  }
}
