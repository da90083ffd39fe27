import { isDeepStrictEqual } from 'node:util';
import { WebSocket } from 'ws';
import type { Change, Frame, SyncPage } from '../../src/core/sync/change.js';
import type { Parley } from '../support/parley.js';

const AGAIN_MS = 100;

/**
 * Somebody's window that is open all along: keeps a copy by the stream alone, as the web client does, and comes back
 * with its last revision whenever the line or the server is gone. What it was told wrongly is in `faults`.
 */
export class Client {
  readonly faults: string[] = [];
  readonly copy = new Map<string, Change>();
  rev = 0;
  /** How often it had to come back. */
  returns = -1;
  #socket: WebSocket | undefined;
  #left = false;

  constructor(private readonly parley: Parley) {
    this.#connect();
  }

  leave(): void {
    this.#left = true;
    this.#socket?.terminate();
  }

  #connect(): void {
    if (this.#left) return;
    this.returns += 1;
    const socket = new WebSocket(`${this.parley.url.replace('http', 'ws')}/api/v1/stream?since=${this.rev}`, {
      headers: { authorization: `Bearer ${this.parley.token}` },
    });
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#hear(JSON.parse(data.toString('utf8'))));
    socket.on('error', () => {});
    socket.on('close', () => setTimeout(() => this.#connect(), AGAIN_MS));
  }

  #hear(frame: Frame): void {
    if (frame.type !== 'changes') return;
    for (const change of frame.changes) {
      const key = `${change.kind} ${change.id}`;
      const known = this.copy.get(key);
      if (known !== undefined && known.rev > change.rev) this.faults.push(`${key}: ${change.rev} after ${known.rev}`);
      this.copy.set(key, change);
    }
    this.rev = Math.max(this.rev, frame.rev);
  }

  /** How the copy differs from all that there is now; nothing where it is whole. */
  async missing(): Promise<string[]> {
    const all = await everything(this.parley);
    const wrong: string[] = [];
    for (const [key, change] of all) {
      const known = this.copy.get(key);
      if (known === undefined) wrong.push(`never told of ${key} at ${change.rev}`);
      else if (known.rev < change.rev) wrong.push(`${key} known at ${known.rev}, is at ${change.rev}`);
      else if (change.kind === 'message' && !isDeepStrictEqual(known.value, change.value))
        wrong.push(`${key} is another at ${change.rev}: ${differing(known.value, change.value)}`);
    }
    return wrong;
  }
}

/** Every row that a client can have, as it is now. */
async function everything(parley: Parley): Promise<Map<string, Change>> {
  const all = new Map<string, Change>();
  for (let since = 0; ; ) {
    const page: SyncPage = await parley.ok('GET', `/sync?since=${since}&limit=1000`);
    for (const change of page.changes) all.set(`${change.kind} ${change.id}`, change);
    since = page.rev;
    if (!page.more) return all;
  }
}

/** What of two messages is not the same. */
function differing(one: object | null, other: object | null): string {
  const [before, after] = [new Map(Object.entries(one ?? {})), new Map(Object.entries(other ?? {}))];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  const wrong = keys.filter((key) => !isDeepStrictEqual(before.get(key), after.get(key)));
  return wrong
    .map((key) => `${key} ${JSON.stringify(before.get(key))}, now ${JSON.stringify(after.get(key))}`)
    .join('; ')
    .slice(0, 400);
}
