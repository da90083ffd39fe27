import type { IncomingMessage } from 'node:http';
import { Inject } from '@nestjs/common';
import { type OnGatewayConnection, WebSocketGateway } from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import type { Log } from '../../core/log.js';
import type { Services } from '../../core/services.js';
import type { Identity } from '../../core/users/identity.js';
import { IDENTITY, LOG, SERVICES } from '../deps.js';
import { countIn, guestOf } from './admission.js';
import { Stream } from './stream.js';

/** One stream a socket: what changed since the client was last here, then everything as it happens. */
@WebSocketGateway({ path: '/api/v1/stream' })
export class StreamGateway implements OnGatewayConnection {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(IDENTITY) private readonly identity: Identity,
    @Inject(LOG) private readonly log: Log,
  ) {}

  handleConnection(socket: WebSocket, request: IncomingMessage): void {
    const guest = guestOf(request);
    const countOut = guest && countIn(guest.principal.userId);
    if (guest === undefined || countOut === undefined) {
      socket.close(1008, 'too many streams');
      return;
    }
    socket.once('close', countOut);
    const { sync, digests, push } = this.services;
    const { userId } = guest.principal;
    const person = {
      onActive: () => digests.active(userId),
      onLooking: (on: boolean) => (on ? push.looking(userId, socket) : push.away(userId, socket)),
    };
    void new Stream(socket, guest, { sync, identity: this.identity, person }, this.log).run();
  }
}
