import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../support/ports.js';
import type { Random } from './random.js';

/** What befalls the bytes of one direction. */
export type Weather =
  | { is: 'fair' }
  /** Each piece comes this much later, in order. */
  | { is: 'slow'; leastMs: number; mostMs: number }
  /** A byte or a few at a time. */
  | { is: 'dripping' }
  /** Nothing comes through, and nobody is told. */
  | { is: 'silent' }
  /** One byte in so many is another. */
  | { is: 'corrupt'; oneIn: number }
  /** One piece in so many comes twice. */
  | { is: 'doubled'; oneIn: number }
  /** One piece in so many waits until the next has gone. */
  | { is: 'disordered'; oneIn: number };

/** A port here, or the file of a socket. */
type Target = number | string;
type Way = 'there' | 'back';
const fair: Weather = { is: 'fair' };

/**
 * A line between Parley and a real server, which can be given any weather: bytes that are late, lost, changed, doubled or
 * out of order, connections that are cut, or that stay open while nothing comes through. What happens follows from
 * `random` and from the bytes that come.
 */
export class Line {
  readonly #calls = new Set<Call>();
  #there = fair;
  #back = fair;

  private constructor(
    readonly port: number,
    private readonly server: Server,
    private readonly random: Random,
  ) {}

  static async to(target: Target, random: Random, host = '127.0.0.1', port?: number): Promise<Line> {
    const own = port ?? (await freePort());
    const server = createServer();
    const line = new Line(own, server, random);
    server.on('connection', (socket) => line.#take(socket, target));
    await new Promise<void>((resolve) => server.listen(own, host, resolve));
    return line;
  }

  /** Of new connections and of those there are. */
  weather(there: Weather, back: Weather = there): void {
    this.#there = there;
    this.#back = back;
    for (const call of this.#calls) call.weather(there, back);
  }

  /** The connections there are get this weather for good; new ones are fair. */
  strand(there: Weather, back: Weather = there): void {
    this.#there = fair;
    this.#back = fair;
    for (const call of this.#calls) call.weather(there, back);
  }

  /** Ends every connection by a reset. */
  cut(): void {
    for (const call of this.#calls) call.end();
  }

  get open(): number {
    return this.#calls.size;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  #take(near: Socket, target: Target): void {
    const call = new Call(
      near,
      typeof target === 'number' ? createConnection(target, '127.0.0.1') : createConnection(target),
      this.random,
      () => this.#calls.delete(call),
    );
    this.#calls.add(call);
    call.weather(this.#there, this.#back);
  }
}

/** One connection: two ways, each in order. */
class Call {
  readonly #ways: Record<Way, Direction>;
  #ended = false;

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
    random: Random,
    private readonly onEnd: () => void,
  ) {
    this.#ways = { there: new Direction(far, random), back: new Direction(near, random) };
    for (const [socket, way] of [
      [near, this.#ways.there],
      [far, this.#ways.back],
    ] as const) {
      socket.setNoDelay(true);
      socket.on('data', (bytes) => {
        socket.pause();
        void way.carry(bytes).then(() => socket.resume());
      });
      // A silent line does not say that the other end has gone either.
      socket.on('end', () => !way.isSilent && this.end(false));
      socket.on('close', () => !way.isSilent && this.end());
      socket.on('error', () => {});
    }
  }

  weather(there: Weather, back: Weather): void {
    this.#ways.there.weather = there;
    this.#ways.back.weather = back;
  }

  end(hard = true): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const way of Object.values(this.#ways)) way.stop();
    for (const socket of [this.near, this.far]) {
      // The file of a socket knows no reset.
      if (hard && socket.remoteAddress === undefined) socket.destroy();
      else if (hard) socket.resetAndDestroy();
      else socket.destroySoon();
    }
    this.onEnd();
  }
}

class Direction {
  weather = fair;
  readonly #stopped = new AbortController();
  #kept: Buffer | undefined;

  constructor(
    private readonly to: Socket,
    private readonly random: Random,
  ) {}

  get isSilent(): boolean {
    return this.weather.is === 'silent';
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Resolves once the next piece may come. */
  async carry(bytes: Buffer): Promise<void> {
    const { weather } = this;
    switch (weather.is) {
      case 'silent':
        return;
      case 'slow':
        await this.#wait(this.random.between(weather.leastMs, weather.mostMs));
        return this.#write(bytes);
      case 'dripping':
        for (let at = 0; at < bytes.length; ) {
          const to = at + this.random.between(1, 7);
          this.#write(bytes.subarray(at, to));
          at = to;
          await this.#wait(1);
        }
        return;
      case 'corrupt':
        return this.#write(Buffer.from(bytes.map((byte) => (this.#hit(weather.oneIn) ? byte ^ 0x55 : byte))));
      case 'doubled':
        this.#write(bytes);
        return this.#hit(weather.oneIn) ? this.#write(bytes) : undefined;
      case 'disordered': {
        const kept = this.#kept;
        this.#kept = undefined;
        if (kept === undefined && this.#hit(weather.oneIn)) this.#kept = bytes;
        else this.#write(kept === undefined ? bytes : Buffer.concat([bytes, kept]));
        return;
      }
      case 'fair':
        return this.#write(bytes);
    }
  }

  #write(bytes: Buffer): void {
    if (!this.#stopped.signal.aborted && this.to.writable) this.to.write(bytes);
  }

  #hit(oneIn: number): boolean {
    return this.random.between(1, oneIn) === 1;
  }

  #wait(ms: number): Promise<void> {
    const { signal } = this.#stopped;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
    });
  }
}
