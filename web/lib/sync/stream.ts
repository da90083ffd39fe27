import { base } from '../api/client';
import type { Frame } from '../api/types';
import { applyFrame } from './apply';
import { store } from './store';

const silenceMs = 75_000;
const firstDelayMs = 400;
const lastDelayMs = 20_000;

/** Keeps the page in step with the server: catch-up and live come over one socket. */
export class Stream {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setTimeout> | undefined;
  private tries = 0;
  private stopped = true;

  /** `onLive` runs at each (re)connection; `onRefused` when the socket closed before it opened. */
  constructor(
    private readonly onLive: () => void,
    private readonly onRefused: () => void,
  ) {}

  start(): void {
    this.stopped = false;
    window.addEventListener('online', this.hurry);
    document.addEventListener('visibilitychange', this.hurry);
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    window.removeEventListener('online', this.hurry);
    document.removeEventListener('visibilitychange', this.hurry);
    clearTimeout(this.timer);
    clearTimeout(this.watch);
    this.socket?.close();
    this.socket = null;
  }

  readonly hurry = (): void => {
    if (this.stopped || this.socket || document.hidden) return;
    clearTimeout(this.timer);
    this.connect();
  };

  private connect(): void {
    const url = new URL(`${base}/stream`, location.href);
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    url.searchParams.set('since', String(store.rev));
    const socket = new WebSocket(url);
    this.socket = socket;
    let opened = false;
    this.listen(socket);
    socket.onopen = () => {
      opened = true;
      this.listen(socket);
      store.link = { is: 'live' };
      store.touch('link');
      this.onLive();
    };
    socket.onmessage = (event) => {
      this.tries = 0;
      this.listen(socket);
      applyFrame(JSON.parse(String(event.data)) as Frame);
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (this.stopped) return;
      if (!opened) this.onRefused();
      this.wait();
    };
  }

  /** A socket that says nothing for too long is dead, whatever TCP thinks. */
  private listen(socket: WebSocket): void {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => {
      if (this.socket !== socket) return;
      socket.onclose = null;
      socket.close();
      this.socket = null;
      if (!this.stopped) this.wait();
    }, silenceMs);
  }

  private wait(): void {
    clearTimeout(this.watch);
    if (store.link.is !== 'waiting') {
      store.link = { is: 'waiting', since: Date.now() };
      store.touch('link');
    }
    const ceiling = Math.min(lastDelayMs, firstDelayMs * 2 ** this.tries);
    this.tries += 1;
    this.timer = setTimeout(() => this.connect(), ceiling / 2 + Math.random() * (ceiling / 2));
  }
}
