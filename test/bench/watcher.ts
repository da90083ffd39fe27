import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Frame } from '../../src/core/sync/change.ts';
import { Arrivals, type Outcome, type Shown } from './arrivals.ts';
import type { LoadRun } from './load-irc.ts';

/** A browser's socket, as far as it matters here: notes when each frame came, and reads them afterwards. */
export class Watcher {
  readonly #socket: WebSocket;
  readonly #arrivals = new Arrivals(shownIn);

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (frame: Buffer) => this.#arrivals.note(frame));
    socket.once('close', () => this.#arrivals.close());
  }

  static async open(url: string, token?: string): Promise<Watcher> {
    const socket = new WebSocket(url, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
    const watcher = new Watcher(socket);
    await once(socket, 'open');
    return watcher;
  }

  /** Does `write` and waits until its last message came, or nothing has come for `quietMs`. */
  watch(write: () => Promise<LoadRun>, quietMs?: number): Promise<Outcome> {
    return this.#arrivals.watch(write, quietMs);
  }

  /** As `watch`, by several sockets at once: what came out of each. */
  static async watchAll(watchers: Watcher[], write: () => Promise<LoadRun>, quietMs?: number): Promise<Outcome[]> {
    for (const watcher of watchers) watcher.#arrivals.begin();
    const run = await write();
    return Promise.all(watchers.map((watcher) => watcher.#arrivals.outcome(run, quietMs)));
  }

  close(): void {
    this.#socket.terminate();
  }
}

function shownIn(frame: Buffer): Shown[] {
  const read: Frame = JSON.parse(frame.toString('utf8'));
  if (read.type !== 'changes') return [];
  return read.changes.flatMap((change) =>
    change.kind === 'message' && change.value
      ? [{ id: change.id, chat: change.value.chatId, text: change.value.text }]
      : [],
  );
}
