import { base } from '../api/client';
import type { Frame } from '../api/types';
import { watchActivity } from './activity';
import { Intake } from './intake';
import { watchLooking } from './looking';
import { store } from './store';

const silenceMs = 75_000;
const firstDelayMs = 400;
const lastDelayMs = 20_000;
/** A connection that lives this long ends the back-off. */
const provenMs = 10_000;
/** The server speaks every 25 s; after a longer silence a page that wakes up looks for itself. */
const doubtMs = 40_000;
/** WebSocket close code 1008: policy, here that the session has ended. */
const refusedCode = 1008;

/** Keeps the page in step with the server: catch-up and live come over one socket. */
export class Stream {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setTimeout> | undefined;
  private tries = 0;
  private heardAt = 0;
  private stopped = true;
  private endWatch: (() => void) | undefined;
  private readonly intake = new Intake();
  private looking: ReturnType<typeof watchLooking> | undefined;

  /** `onLive` runs at each (re)connection; `onRefused` when the server would not have the socket. */
  constructor(
    private readonly onLive: () => void,
    private readonly onRefused: () => void,
  ) {}

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.tries = 0;
    window.addEventListener('online', this.hurry);
    window.addEventListener('offline', this.lose);
    document.addEventListener('visibilitychange', this.hurry);
    this.endWatch = watchActivity(() => this.say({ type: 'active' }));
    this.looking = watchLooking((on) => this.say({ type: 'looking', on }));
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    this.endWatch?.();
    this.looking?.end();
    window.removeEventListener('online', this.hurry);
    window.removeEventListener('offline', this.lose);
    document.removeEventListener('visibilitychange', this.hurry);
    clearTimeout(this.timer);
    clearTimeout(this.watch);
    if (this.socket) this.drop(this.socket);
    this.intake.clear();
  }

  readonly hurry = (): void => {
    if (this.stopped || document.hidden) return;
    if (this.socket) {
      if (Date.now() - this.heardAt < doubtMs) return;
      this.drop(this.socket);
    }
    clearTimeout(this.timer);
    this.connect();
  };

  /** The device has no network any more: the socket would notice much later. */
  private readonly lose = (): void => {
    if (this.stopped || !this.socket) return;
    this.drop(this.socket);
    this.wait();
  };

  private say(frame: object): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  private connect(): void {
    const url = new URL(`${base}/stream`, location.href);
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    url.searchParams.set('since', String(store.rev));
    const socket = new WebSocket(url);
    this.socket = socket;
    let openedAt = 0;
    this.heard(socket);
    socket.onopen = () => {
      openedAt = Date.now();
      this.heard(socket);
      store.link = { is: 'live' };
      store.touch('link');
      this.looking?.again();
      this.onLive();
    };
    socket.onmessage = (event) => {
      this.heard(socket);
      this.intake.take(JSON.parse(String(event.data)) as Frame);
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (openedAt === 0 || event.code === refusedCode) this.onRefused();
      else if (Date.now() - openedAt >= provenMs) this.tries = 0;
      if (!this.stopped) this.wait();
    };
  }

  /** A socket that says nothing for too long is dead, whatever TCP thinks. */
  private heard(socket: WebSocket): void {
    this.heardAt = Date.now();
    clearTimeout(this.watch);
    this.watch = setTimeout(() => {
      if (this.socket !== socket) return;
      this.drop(socket);
      if (!this.stopped) this.wait();
    }, silenceMs);
  }

  private drop(socket: WebSocket): void {
    for (const name of ['onopen', 'onmessage', 'onclose'] as const) socket[name] = null;
    socket.close();
    this.socket = null;
  }

  private wait(): void {
    clearTimeout(this.watch);
    if (store.link.is !== 'waiting') {
      store.link = { is: 'waiting', since: Date.now() };
      store.touch('link');
    }
    const ceiling = Math.min(lastDelayMs, firstDelayMs * 2 ** this.tries);
    this.tries += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), ceiling / 2 + Math.random() * (ceiling / 2));
  }
}
