import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const scope = new AsyncLocalStorage<Watch>();

subscribe('net.client.socket', (message) => {
  scope.getStore()?.sockets.push((message as { socket: Socket }).socket);
});

/** Sees every TCP connection that code under its eye opens, then or later; the peer's own are not among them. */
export class Watch {
  readonly sockets: Socket[] = [];

  run<T>(fn: () => T): T {
    return scope.run(this, fn);
  }

  /** For what the host does in the adapter's name. */
  static outside<T>(fn: () => T): T {
    return scope.exit(fn);
  }

  get open(): number {
    return this.sockets.filter((socket) => !socket.destroyed).length;
  }
}
