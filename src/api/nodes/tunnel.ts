import { setTimeout as sleep } from 'node:timers/promises';
import { type RawData, WebSocket } from 'ws';
import { type Home, NODE_HEADER, type Peers } from '../../core/nodes/peers.js';
import { COOKIE } from '../auth/credential.js';
import { API_PREFIX } from '../deps.js';
import type { Guest } from '../ws/admission.js';

const MOST_BUFFERED = 4 * 1024 * 1024;
const PING_MS = 25_000;
const STEP_MS = 200;
const OPEN_MS = 3_000;
/** Frames of a client while there is nobody to hear them. */
const MOST_HELD = 20;
/** Where a frame of changes ends: the revision that it is complete to. */
const REVISION = /"rev":(\d+)\}$/;
const CHANGES = Buffer.from('{"type":"changes"');
const TAIL = 40;
/** The client has to mend something: it is not to be tried again. */
const FINAL = 1008;
const REFUSED = new Set([401, 403, 422, 429]);

/**
 * A client's stream whose user is held by another node: frames are passed on as they are. When that node goes, the stream
 * goes on from the last revision at the next one; the client notices nothing but a pause.
 */
export class Tunnel {
  #upstream: WebSocket | undefined;
  #since: number | undefined;
  #answered = true;
  readonly #held: string[] = [];

  constructor(
    private readonly socket: WebSocket,
    private readonly guest: Guest,
    private readonly peers: Peers,
  ) {
    this.#since = guest.since;
  }

  run(): void {
    const ping = setInterval(() => this.#ping(), PING_MS);
    this.socket.on('pong', () => {
      this.#answered = true;
    });
    this.socket.on('message', (data) => this.#say(data.toString()));
    this.socket.once('close', () => {
      clearInterval(ping);
      this.#upstream?.terminate();
    });
    void this.#find();
  }

  async #find(): Promise<void> {
    while (this.socket.readyState === WebSocket.OPEN) {
      const home = await this.peers.homeOf(this.guest.principal.userId).catch((): Home => ({ is: 'nowhere' }));
      if (home.is === 'there') return this.#open(home);
      if (home.is === 'here') {
        this.socket.close(1013, 'resume from the last revision');
        return;
      }
      this.peers.ask();
      await sleep(STEP_MS);
    }
  }

  #open({ nodeId, url }: Extract<Home, { is: 'there' }>): void {
    const path = `${API_PREFIX}/stream${this.#since === undefined ? '' : `?since=${this.#since}`}`;
    const { by, value } = this.guest.credential;
    const upstream = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, {
      handshakeTimeout: OPEN_MS,
      perMessageDeflate: false,
      headers: {
        ...(by === 'bearer' ? { authorization: `Bearer ${value}` } : { cookie: `${COOKIE}=${value}` }),
        [NODE_HEADER]: this.peers.seal('GET', path),
      },
    });
    this.#upstream = upstream;
    const offGone = this.peers.onGone(nodeId, () => upstream.terminate());
    let refused: number | undefined;
    upstream.on('error', () => undefined);
    upstream.on('unexpected-response', (_request, response) => {
      refused = response.statusCode;
      upstream.terminate();
    });
    upstream.on('open', () => {
      for (const frame of this.#held.splice(0)) upstream.send(frame);
    });
    upstream.on('message', (data) => this.#hear(data));
    upstream.once('close', (code, reason) => {
      offGone();
      if (this.#upstream === upstream) this.#upstream = undefined;
      if (code === FINAL) this.socket.close(FINAL, reason.toString());
      else if (refused !== undefined && REFUSED.has(refused)) this.socket.close(FINAL, 'the stream was refused');
      else void sleep(STEP_MS).then(() => this.#find());
    });
  }

  #hear(data: RawData): void {
    const frame = Buffer.isBuffer(data) ? data : Buffer.from(data.toString());
    if (this.socket.readyState !== WebSocket.OPEN) return;
    if (this.socket.bufferedAmount > MOST_BUFFERED) {
      this.socket.close(1013, 'too slow; resume from the last revision');
      return;
    }
    this.socket.send(frame, { binary: false });
    if (!frame.subarray(0, CHANGES.length).equals(CHANGES)) return;
    const revision = REVISION.exec(frame.subarray(-TAIL).toString('latin1'))?.[1];
    if (revision !== undefined) this.#since = Number(revision);
  }

  #say(frame: string): void {
    if (this.#upstream?.readyState === WebSocket.OPEN) this.#upstream.send(frame);
    else if (this.#held.length < MOST_HELD) this.#held.push(frame);
  }

  #ping(): void {
    if (!this.#answered) {
      this.socket.terminate();
      return;
    }
    this.#answered = false;
    if (this.socket.readyState === WebSocket.OPEN) this.socket.ping();
  }
}
