import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './ports.js';

/** A loopback port in front of another, so that a network can be cut without touching the server. */
export class Forwarder {
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  /** Bytes still let through from the server; after that the connection is cut. */
  #left = Number.POSITIVE_INFINITY;

  private constructor(
    readonly port: number,
    private readonly to: number,
  ) {}

  static async start(to: number): Promise<Forwarder> {
    const forwarder = new Forwarder(await freePort(), to);
    await forwarder.up();
    return forwarder;
  }

  get open(): number {
    return this.#sockets.size / 2;
  }

  up(): Promise<void> {
    if (this.#server) return Promise.resolve();
    const server = createServer((near) => this.#join(near));
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', () => resolve());
    });
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    this.cut();
    await closed;
  }

  /** Cuts what is connected, without a goodbye. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#sockets.clear();
  }

  /** Cuts once, after this many bytes from the server. */
  cutAfter(bytes: number): void {
    this.#left = bytes;
  }

  #join(near: Socket): void {
    const far = connect(this.to, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
    near.pipe(far);
    far.on('data', (bytes: Buffer) => {
      this.#left -= bytes.length;
      if (this.#left < 0) {
        this.#left = Number.POSITIVE_INFINITY;
        near.resetAndDestroy();
        return;
      }
      if (!near.write(bytes)) far.pause();
    });
    near.on('drain', () => far.resume());
    far.on('end', () => near.end());
  }
}
