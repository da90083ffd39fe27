import { WebSocket } from 'ws';
import type { Frame } from '../../src/core/sync/change.ts';
import { type Came, nowMs, readKey } from './stamps.ts';

const againMs = 200;

/** A window: a socket that goes on from its last revision, and what it was shown. */
export class Browser {
  /** By the message's stamp and its id: what is sent again under the same id is the same message. */
  readonly came = new Map<string, Came>();
  /** The last message of each conversation. */
  readonly last = new Map<string, string>();
  /** When the socket that is open now was opened; what was written before came by catching up. */
  openSince = Number.POSITIVE_INFINITY;
  reconnects = -1;
  rev: number | undefined;
  #socket: WebSocket | undefined;
  #away = false;

  constructor(
    readonly user: number,
    private readonly urls: string[],
    private readonly token: string,
  ) {}

  open(): void {
    if (this.#away) return;
    this.reconnects += 1;
    // Any process will do: another one each time.
    const url = this.urls[this.reconnects % this.urls.length] ?? '';
    const since = this.rev === undefined ? '' : `?since=${this.rev}`;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/stream${since}`, {
      headers: { authorization: `Bearer ${this.token}` },
      handshakeTimeout: 10_000,
    });
    this.#socket = socket;
    socket.on('error', () => {});
    socket.once('open', () => {
      this.openSince = nowMs();
    });
    socket.on('message', (data) => this.#read(data.toString()));
    socket.once('close', () => {
      if (this.#socket !== socket) return;
      this.openSince = Number.POSITIVE_INFINITY;
      setTimeout(() => this.#socket === socket && this.open(), againMs).unref();
    });
  }

  /** The connection breaks, and is back after so long. */
  leave(awayMs: number): void {
    this.close();
    setTimeout(() => {
      this.#away = false;
      this.open();
    }, awayMs).unref();
  }

  close(): void {
    const socket = this.#socket;
    this.#away = true;
    this.#socket = undefined;
    this.openSince = Number.POSITIVE_INFINITY;
    socket?.terminate();
  }

  #read(text: string): void {
    const atMs = nowMs();
    const frame: Frame = JSON.parse(text);
    if (frame.type !== 'changes') return;
    this.rev = frame.rev;
    for (const change of frame.changes) {
      if (change.kind !== 'message' || !change.value) continue;
      this.last.set(change.value.conversationId, change.id);
      const read = readKey(change.value.text);
      const name = `${read?.key} ${change.id}`;
      if (!read || this.came.has(name)) continue;
      const live = read.sentMs > this.openSince;
      this.came.set(name, { key: read.key, id: change.id, sentMs: live ? read.sentMs : Number.NaN, atMs });
    }
  }
}
