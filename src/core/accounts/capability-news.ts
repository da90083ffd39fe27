import { capabilitiesOf } from '../../sdk/index.js';
import { errorText, type Log } from '../log.js';
import { isConnected } from './ask.js';
import { featuresOf } from './features.js';
import type { Live, Supervisor } from './supervisor.js';

export interface CapabilityStore {
  /** Chats of an account, those last used first. */
  chats(accountId: string, limit: number): Promise<{ id: string; remoteId: string }[]>;
  /** Their conversations are seen anew by clients. */
  touch(userId: string, chatIds: string[]): Promise<void>;
}

const MOST_CHATS = 500;

/**
 * While an account is away its chats are shown with what is usual on its network. Once it is connected, those that can
 * do something else are shown anew.
 */
export class CapabilityNews {
  readonly #connected = new Set<string>();

  constructor(
    private readonly supervisor: Supervisor,
    private readonly store: CapabilityStore,
    private readonly changed: (userId: string) => void,
    private readonly log: Log,
  ) {
    supervisor.onState((live) => this.#onState(live));
  }

  #onState(live: Live): void {
    const { id } = live.account;
    if (!isConnected(live)) this.#connected.delete(id);
    else if (!this.#connected.has(id)) {
      this.#connected.add(id);
      void this.#look(live).catch((error) =>
        this.log.warn('what chats can do could not be told', { accountId: id, error: errorText(error) }),
      );
    }
  }

  async #look({ account }: Live): Promise<void> {
    const usual = JSON.stringify(this.supervisor.adapters.get(account.network)?.manifest.capabilities);
    const chats = await this.store.chats(account.id, MOST_CHATS);
    const other = chats.filter(({ remoteId }) => {
      const features = featuresOf(this.supervisor, account.id, remoteId);
      return features !== undefined && JSON.stringify(capabilitiesOf(features)) !== usual;
    });
    if (other.length === 0) return;
    await this.store.touch(
      account.userId,
      other.map((chat) => chat.id),
    );
    this.changed(account.userId);
  }
}
