import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Frame } from '../../src/core/sync/change.ts';
import { type LoadRun, nowNs, readStamp } from './load-irc.ts';

type Arrival = { atNs: bigint; frame: Buffer };

/** What of a run came out of the socket. Times in ms; `seconds` from the first line written to the last that came. */
export type Outcome = {
  sent: number;
  lost: number;
  /** The same message of the network shown as two. */
  doubled: number;
  /** Shown after a later one of its chat. */
  disordered: number;
  latencies: number[];
  seconds: number;
};

/** A browser's socket, as far as it matters here: notes when each frame came, and reads them afterwards. */
export class Watcher {
  readonly #socket: WebSocket;
  #arrivals: Arrival[] = [];
  #onFrame = (_frame: Buffer) => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (frame: Buffer) => {
      this.#arrivals.push({ atNs: nowNs(), frame });
      this.#onFrame(frame);
    });
  }

  static async open(url: string, token?: string): Promise<Watcher> {
    const socket = new WebSocket(url, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
    const watcher = new Watcher(socket);
    await once(socket, 'open');
    return watcher;
  }

  /** Does `write` and waits until its last message came, or nothing has come for `quietMs`. */
  async watch(write: () => Promise<LoadRun>, quietMs = 15_000): Promise<Outcome> {
    this.#arrivals = [];
    const run = await write();
    await this.#untilSeen(`load:${run.run}:${run.sent - 1}:`, quietMs);
    return outcome(run, this.#arrivals);
  }

  close(): void {
    this.#socket.terminate();
  }

  #untilSeen(stamp: string, quietMs: number): Promise<void> {
    if (this.#arrivals.some(({ frame }) => frame.includes(stamp))) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#socket.off('close', done);
        this.#onFrame = () => {};
        resolve();
      };
      const timer = setTimeout(done, quietMs);
      this.#socket.once('close', done);
      this.#onFrame = (frame) => {
        timer.refresh();
        if (frame.includes(stamp)) done();
      };
    });
  }
}

function outcome(run: LoadRun, arrivals: Arrival[]): Outcome {
  const ids = new Map<number, string>();
  const lastOf = new Map<string, number>();
  const result: Outcome = { sent: run.sent, lost: 0, doubled: 0, disordered: 0, latencies: [], seconds: 0 };
  for (const { atNs, frame } of arrivals) {
    const read: Frame = JSON.parse(frame.toString('utf8'));
    if (read.type !== 'changes') continue;
    for (const change of read.changes) {
      const stamp = change.kind === 'message' && change.value ? readStamp(change.value.text) : undefined;
      if (change.kind !== 'message' || !change.value || stamp?.run !== run.run) continue;
      const known = ids.get(stamp.sequence);
      if (known !== undefined) {
        // Sent again under its own id is no second message.
        if (known !== change.id) result.doubled += 1;
        continue;
      }
      ids.set(stamp.sequence, change.id);
      if ((lastOf.get(change.value.chatId) ?? -1) > stamp.sequence) result.disordered += 1;
      lastOf.set(change.value.chatId, stamp.sequence);
      result.latencies.push(Number(atNs - stamp.sentNs) / 1e6);
      result.seconds = Number(atNs - run.startedNs) / 1e9;
    }
  }
  result.lost = run.sent - ids.size;
  return result;
}
