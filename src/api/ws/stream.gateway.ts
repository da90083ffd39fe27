import type { IncomingMessage } from 'node:http';
import { Inject } from '@nestjs/common';
import { type OnGatewayConnection, WebSocketGateway } from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import type { Log } from '../../core/log.js';
import type { Home, Peers } from '../../core/nodes/peers.js';
import type { Services } from '../../core/services.js';
import type { Identity } from '../../core/users/identity.js';
import { IDENTITY, LOG, PEERS, SERVICES } from '../deps.js';
import { Tunnel } from '../nodes/tunnel.js';
import { countIn, type Guest, guestOf } from './admission.js';
import { Stream } from './stream.js';

/** One stream a socket: what changed since the client was last here, then everything as it happens. */
@WebSocketGateway({ path: '/api/v1/stream' })
export class StreamGateway implements OnGatewayConnection {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(IDENTITY) private readonly identity: Identity,
    @Inject(LOG) private readonly log: Log,
    @Inject(PEERS) private readonly peers: Peers,
  ) {}

  handleConnection(socket: WebSocket, request: IncomingMessage): void {
    const guest = guestOf(request);
    const countOut = guest && countIn(guest.principal.userId);
    if (guest === undefined || countOut === undefined) {
      socket.close(1008, 'too many streams');
      return;
    }
    socket.once('close', countOut);
    void this.#serve(socket, guest);
  }

  /** By this process where it holds the user, else by way of the one that does. */
  async #serve(socket: WebSocket, guest: Guest): Promise<void> {
    const { userId } = guest.principal;
    const offLost = this.peers.onLost(userId, () => moved(socket));
    socket.once('close', offLost);
    const home = await this.peers.homeOf(userId).catch((): Home => ({ is: 'nowhere' }));
    if (home.is !== 'here') {
      offLost();
      if (guest.fromNode) moved(socket);
      else new Tunnel(socket, guest, this.peers).run();
      return;
    }
    const { sync, digests, push } = this.services;
    const person = {
      onActive: () => digests.active(userId),
      onLooking: (on: boolean) => (on ? push.looking(userId, socket) : push.away(userId, socket)),
    };
    await new Stream(socket, guest, { sync, identity: this.identity, person }, this.log).run();
  }
}

const moved = (socket: WebSocket): void => socket.close(1013, 'resume from the last revision');
