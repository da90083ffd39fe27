import { WebSocket } from 'ws';
import { errorText, type Log } from '../../core/log.js';
import type { SyncService } from '../../core/services.js';
import type { Identity } from '../../core/users/identity.js';
import type { Guest } from './admission.js';

const MOST_BUFFERED = 4 * 1024 * 1024;
const PING_MS = 25_000;
const RECHECK_MS = 60_000;
const FLOOD_WINDOW_MS = 10_000;
const FLOOD_FRAMES = 200;
const PING = JSON.stringify({ type: 'ping' });
const ACTIVE = JSON.stringify({ type: 'active' });
const LOOKING = JSON.stringify({ type: 'looking', on: true });
const AWAY = JSON.stringify({ type: 'looking', on: false });

/** Why we close: 1008 for what the client should mend, 1013 where it should come back and resume. */
const close = {
  ended: [1008, 'the session has ended'],
  flood: [1008, 'too many frames'],
  slow: [1013, 'too slow; resume from the last revision'],
  away: [1013, 'not available right now; try again'],
} as const;

/** The client says that a person is there, or looks at this very window. */
export type Person = { onActive(): void; onLooking(on: boolean): void };

/** A client's socket: frames go out as given, within a bound; it lives as long as the session behind it. */
export class Stream {
  readonly #socket: WebSocket;
  readonly #guest: Guest;
  readonly #sync: SyncService;
  readonly #identity: Identity;
  readonly #person: Person;
  readonly #log: Log;
  #answered = true;
  #framesIn = 0;

  constructor(
    socket: WebSocket,
    guest: Guest,
    { sync, identity, person }: { sync: SyncService; identity: Identity; person: Person },
    log: Log,
  ) {
    this.#socket = socket;
    this.#guest = guest;
    this.#sync = sync;
    this.#identity = identity;
    this.#person = person;
    this.#log = log;
  }

  async run(): Promise<void> {
    const timers = [
      setInterval(() => this.#ping(), PING_MS),
      setInterval(() => void this.#recheck(), RECHECK_MS),
      setInterval(() => {
        this.#framesIn = 0;
      }, FLOOD_WINDOW_MS),
    ];
    const offEnd = this.#identity.onEnd((credential) => {
      if (credential === this.#guest.credential.value) this.#close('ended');
    });
    const offDoubt = this.#identity.onDoubt(this.#guest.principal.userId, () => void this.#recheck());
    this.#socket.on('pong', () => {
      this.#answered = true;
    });
    // Unknown frames are ignored, so that newer clients can talk to us.
    this.#socket.on('message', (data) => {
      if (++this.#framesIn > FLOOD_FRAMES) this.#close('flood');
      else if (this.#guest.principal.kind === 'session') this.#heard(data.toString());
    });
    this.#socket.once('close', () => {
      for (const timer of timers) clearInterval(timer);
      offEnd();
      offDoubt();
      this.#person.onLooking(false);
    });
    await this.#subscribe();
  }

  #heard(said: string): void {
    if (said === ACTIVE) this.#person.onActive();
    else if (said === LOOKING || said === AWAY) this.#person.onLooking(said === LOOKING);
  }

  async #subscribe(): Promise<void> {
    try {
      const { principal, since } = this.#guest;
      const end = await this.#sync.subscribe(principal.userId, since, (frame) => this.#send(frame));
      if (this.#socket.readyState === WebSocket.CLOSED) end();
      else this.#socket.once('close', end);
    } catch (error) {
      this.#log.warn('a stream could not start', { error: errorText(error) });
      this.#close('away');
    }
  }

  #send(frame: string): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > MOST_BUFFERED) this.#close('slow');
    else this.#socket.send(frame);
  }

  #ping(): void {
    if (!this.#answered) {
      this.#socket.terminate();
      return;
    }
    this.#answered = false;
    this.#send(PING);
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
  }

  /** A database that is away is no reason to throw anybody out. */
  async #recheck(): Promise<void> {
    const known = await this.#identity.authenticate(this.#guest.credential.value).catch(() => this.#guest.principal);
    if (known === undefined) this.#close('ended');
  }

  #close(why: keyof typeof close): void {
    const [code, reason] = close[why];
    this.#socket.close(code, reason);
    // Behind a full buffer the goodbye may never be read.
    if (why === 'slow') setTimeout(() => this.#socket.terminate(), 5_000).unref();
  }
}
