import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { WebhookRequest, WebhookResponse } from '../../src/sdk/index.js';

export const own = '+447700900100';
export const partner = '+447700900123';
export const digits = (number: string) => number.replace(/^\+/, '');

/** What the partner's phone got: whole texts, put together from their parts. */
export class Phone {
  readonly texts: string[] = [];
  #watchers = new Set<() => void>();

  take(text: string): void {
    this.texts.push(text);
    this.wake();
  }

  wake(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  count(text: string): number {
    return this.texts.filter((known) => known.includes(text)).length;
  }

  async until(fits: () => boolean, what: string, timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!fits()) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`waited ${timeoutMs} ms for ${what}`);
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
}

/** A listening server whose port survives `down` and `up`. */
export class Listener {
  readonly sockets = new Set<Socket>();
  port = 0;
  #server: Server | HttpServer | undefined;

  constructor(private readonly create: () => Server | HttpServer) {}

  async up(): Promise<void> {
    if (this.#server) return;
    const server = this.create();
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (server.address() as AddressInfo).port;
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.cut();
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

type Host = { webhook(request: WebhookRequest): Promise<WebhookResponse> };

/** The public side of Parley: a small server at `url` that passes each call on to the host under test. */
export class PublicSide {
  #host: Host | undefined;
  readonly #listener = new Listener(() =>
    createHttpServer((request, response) => void this.#forward(request, response)),
  );

  get url(): string {
    return `http://127.0.0.1:${this.#listener.port}/hook`;
  }

  attach(host: Host): void {
    this.#host = host;
  }

  up(): Promise<void> {
    return this.#listener.up();
  }

  down(): Promise<void> {
    return this.#listener.down();
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const answer = await this.#host?.webhook({
      method: request.method ?? 'GET',
      path: url.pathname.replace(/^\/hook/, ''),
      query: Object.fromEntries(url.searchParams),
      headers: flat(request),
      body: await readAll(request),
    });
    response.writeHead(answer?.status ?? 404, answer?.type ? { 'content-type': answer.type } : {}).end(answer?.body);
  }
}

export async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function flat(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}
