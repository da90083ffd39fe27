import type { State } from '../../sdk/index.js';
import { type Clock, errorText, type Log } from '../log.js';
import { FencedError } from '../nodes/fenced.js';
import { againAfter, pause } from '../patience.js';
import type { AccountRow, AccountStore } from './store.js';

const AT_ONCE = 200;
/** Users whose states are being stored at the same time: others need connections to the database, too. */
const USERS = 4;

/** The newest state of an account that is not stored yet. */
type Entry = { userId: string; state: State; version: number; done: Promise<void>; settle(): void };
type Turn = {
  /** Accounts whose entry is to be stored. */
  waiting: Set<string>;
  running: boolean;
  /** Ends the pause after a failure. */
  wake: AbortController;
  /** The accounts that are being stored, and when that ends. */
  under: { ids: Set<string>; ended: Promise<void> } | undefined;
};

/**
 * Stores the states of accounts: the newest of each, and those of a user together, one write after the other. What
 * changes while one is under way gathers for the next, so a network that cuts a thousand accounts off costs a few.
 */
export class StateWriter {
  readonly #entries = new Map<string, Entry>();
  readonly #turns = new Map<string, Turn>();
  #running = 0;

  constructor(
    private readonly store: Pick<AccountStore, 'setStates'>,
    private readonly services: { clock: Clock; log: Log },
  ) {}

  /** Resolves when this state, or one that came after it, is stored; or when it is tried no further. */
  record({ id, userId }: Pick<AccountRow, 'id' | 'userId'>, state: State): Promise<void> {
    const entry = this.#entries.get(id) ?? newEntry(userId);
    entry.state = state;
    entry.version += 1;
    this.#entries.set(id, entry);
    const turn = this.#turns.get(userId) ?? newTurn();
    this.#turns.set(userId, turn);
    turn.waiting.add(id);
    turn.wake.abort();
    this.#begin();
    return entry.done;
  }

  /** The account's state is tried no further. Resolves when nothing of it is under way. */
  async drop(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry) return;
    const turn = this.#turns.get(entry.userId);
    this.#settle(id, entry);
    turn?.waiting.delete(id);
    turn?.wake.abort();
    if (turn?.under?.ids.has(id)) await turn.under.ended;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((id) => this.drop(id)));
  }

  /** Users that have waited longest come first. */
  #begin(): void {
    for (const [userId, turn] of this.#turns) {
      if (this.#running >= USERS) return;
      if (turn.running) continue;
      turn.running = true;
      this.#running += 1;
      void this.#run(userId, turn);
    }
  }

  async #run(userId: string, turn: Turn): Promise<void> {
    let failures = 0;
    while (turn.waiting.size > 0) {
      // Where one cannot be stored, the others are not kept from it.
      const ids = [...turn.waiting].slice(0, failures > 0 ? 1 : AT_ONCE);
      turn.wake = new AbortController();
      const again = this.#write(userId, turn, ids);
      turn.under = { ids: new Set(ids), ended: again.then(() => undefined) };
      const failed = await again;
      turn.under = undefined;
      failures = failed ? failures + 1 : 0;
      if (failed && turn.waiting.size > 0 && !turn.wake.signal.aborted)
        await pause(this.services.clock, againAfter(failures), turn.wake.signal);
    }
    this.#turns.delete(userId);
    this.#running -= 1;
    this.#begin();
  }

  /** Answers whether it is to be tried again. */
  async #write(userId: string, { waiting }: Turn, ids: readonly string[]): Promise<boolean> {
    const taken = ids.flatMap((id) => {
      const entry = this.#entries.get(id);
      return entry ? [{ id, entry, state: entry.state, version: entry.version }] : [];
    });
    for (const id of ids) waiting.delete(id);
    try {
      await this.store.setStates(userId, taken);
    } catch (error) {
      this.services.log.warn('states could not be stored', { accountIds: ids, error: errorText(error) });
      if (!(error instanceof FencedError)) {
        // Behind those that have not been tried.
        for (const { id, entry } of taken) if (this.#entries.get(id) === entry) waiting.add(id);
        return true;
      }
    }
    for (const { id, entry, version } of taken) if (entry.version === version) this.#settle(id, entry);
    return false;
  }

  #settle(id: string, entry: Entry): void {
    if (this.#entries.get(id) === entry) this.#entries.delete(id);
    entry.settle();
  }
}

function newEntry(userId: string): Entry {
  const { promise: done, resolve: settle } = Promise.withResolvers<void>();
  return { userId, state: { is: 'connecting' }, version: 0, done, settle };
}

const newTurn = (): Turn => ({ waiting: new Set(), running: false, wake: new AbortController(), under: undefined });
