import type { IncomingMessage } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Peers } from '../../core/nodes/peers.js';
import type { Identity } from '../../core/users/identity.js';
import type { ApiConfig } from '../deps.js';
import { admit, type Refusal } from './admission.js';

const MOST_BYTES_IN = 64 * 1024;
const GOODBYE_MS = 1_000;

/** WebSockets on the server's own port. Who may not come in is told so by HTTP, before there is a socket. */
export class StreamAdapter extends WsAdapter {
  readonly #identity: Identity;
  readonly #config: ApiConfig;
  readonly #peers: Peers;

  constructor(app: INestApplicationContext, identity: Identity, config: ApiConfig, peers: Peers) {
    super(app);
    this.#identity = identity;
    this.#config = config;
    this.#peers = peers;
  }

  override create(port: number, options: Record<string, unknown> = {}): WebSocketServer {
    return super.create(port, {
      ...options,
      maxPayload: MOST_BYTES_IN,
      perMessageDeflate: false,
      verifyClient: (info: { req: IncomingMessage }, done: Verdict) => void this.#verify(info.req, done),
    });
  }

  async #verify(request: IncomingMessage, done: Verdict): Promise<void> {
    const refusal = await admit(request, this.#identity, this.#config, this.#peers).catch(
      (): Refusal => ({ status: 503, code: 'unavailable', detail: 'Try again soon.' }),
    );
    if (refusal === undefined) done(true);
    else done(false, refusal.status, refusal.detail, { 'x-parley-code': refusal.code });
  }

  override async close(server: WebSocketServer): Promise<void> {
    await Promise.all([...server.clients].map(goodbye));
    await super.close(server);
  }
}

type Verdict = (admitted: boolean, status?: number, message?: string, headers?: Record<string, string>) => void;

function goodbye(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, GOODBYE_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(1001, 'the server is going away');
  });
}
