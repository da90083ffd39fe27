import { AdapterError } from '../../sdk/index.js';
import { isConnected, limited } from '../accounts/ask.js';
import type { Live, Supervisor } from '../accounts/supervisor.js';
import { type Clock, errorText, type Log } from '../log.js';
import { Rounds } from '../rounds.js';

export type UntoldRead = { chatId: string; chatRemoteId: string; upTo: string };

export interface ReadStore {
  /** Chats of an account that were read further than the others were told, where the user lets them know. */
  untold(accountId: string, limit: number): Promise<UntoldRead[]>;
  told(chatId: string, upTo: string): Promise<void>;
}

const AT_ONCE = 100;
const LIMIT_MS = 10_000;
const AGAIN_MS = 30_000;

/**
 * Tells the networks what the user has read. The row says what is to be told, so that a restart or an account that was
 * away forgets nothing; only the furthest message of each chat is told.
 */
export class ReadReceipts {
  readonly #rounds: Rounds;

  constructor(
    private readonly supervisor: Supervisor,
    private readonly store: ReadStore,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.#rounds = new Rounds(clock, (accountId) => this.#look(accountId));
    supervisor.onState((live) => {
      if (live.state.is === 'online') this.ring(live.account.id);
    });
  }

  /** Something of this account's chats was read. */
  ring(accountId: string): void {
    if (isConnected(this.supervisor.get(accountId))) this.#rounds.ring(accountId);
  }

  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  async #look(accountId: string): Promise<void> {
    try {
      await this.#tellAll(accountId);
    } catch (error) {
      this.log.debug('read receipts were not told', { accountId, error: errorText(error) });
      const asked = error instanceof AdapterError ? (error.retryAfterMs ?? 0) : 0;
      this.#rounds.putOff(accountId, Math.max(asked, AGAIN_MS), () => this.ring(accountId));
    }
  }

  async #tellAll(accountId: string): Promise<void> {
    for (;;) {
      const untold = await this.store.untold(accountId, AT_ONCE);
      for (const read of untold) {
        const live = this.supervisor.get(accountId);
        if (this.#rounds.stopped || !isConnected(live)) return;
        await this.#tell(live, read);
      }
      if (untold.length < AT_ONCE) return;
    }
  }

  /** What the network has no word for, or refuses, is not said again. */
  async #tell(live: Live, { chatId, chatRemoteId, upTo }: UntoldRead): Promise<void> {
    try {
      await limited(this.clock, () => live.connection.chat(chatRemoteId).readReceipts?.upTo(upTo), LIMIT_MS);
    } catch (error) {
      if (error instanceof AdapterError && error.kind !== 'rejected') throw error;
      this.log.info('a read receipt was refused', { accountId: live.account.id, error: errorText(error) });
    }
    await this.store.told(chatId, upTo);
  }
}
