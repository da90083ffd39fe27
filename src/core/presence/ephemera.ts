import type { Event, PresenceEvent } from '../../sdk/index.js';
import { type Clock, errorText, type Log } from '../log.js';
import type { InboundAccount } from '../messages/inbound.js';
import { FencedError } from '../nodes/fenced.js';
import type { Frame } from '../sync/change.js';
import type { PresenceView } from '../views.js';

export type TypingEvent = Extract<Event, { type: 'typing' }>;
export type SeenPresence = { id: string; contactId: string | null } & PresenceView;

export interface PresenceStore {
  /** Stores what changed, the last word of each buddy; unknown buddies are left out. Answers what changed. */
  store(account: InboundAccount, events: PresenceEvent[], now: number): Promise<SeenPresence[]>;
  /** Nothing is known any more of the buddies of this account. */
  forget(accountId: string): Promise<void>;
  /** What was believed too long becomes unknown; answers the users it changed for. */
  expire(now: number): Promise<string[]>;
  typing(accountId: string, event: TypingEvent, now: number): Promise<Extract<Frame, { type: 'typing' }> | undefined>;
}

const GATHER_MS = 50;
const MAX_GATHERED = 20_000;
const EXPIRE_MS = 15_000;

type Gathered = { account: InboundAccount; events: Map<string, PresenceEvent> };

/**
 * Presence and typing: told at once, not history. Presence that comes in quick succession is stored together, the
 * last word of each buddy; past the bound the newest is left out, for the network says it again.
 */
export class Ephemera {
  readonly #gathered = new Map<string, Gathered>();
  /** Accounts that are known to be off their network, and whose buddies are unknown for that. */
  readonly #away = new Set<string>();
  #count = 0;
  #cancelFlush: (() => void) | undefined;
  #cancelExpire: (() => void) | undefined;
  #stopped = false;
  #flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: PresenceStore,
    private readonly tell: (userId: string, frame: Extract<Frame, { type: 'typing' | 'presence' }>) => void,
    private readonly changed: (userId: string) => void,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  start(): void {
    this.#cancelExpire = this.clock.after(EXPIRE_MS, () => {
      void this.store
        .expire(this.clock.now())
        .then((users) => {
          for (const userId of users) this.changed(userId);
        })
        .catch((error) => this.log.warn('presence could not be aged', { error: errorText(error) }))
        .finally(() => {
          if (!this.#stopped) this.start();
        });
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelExpire?.();
    this.#cancelFlush?.();
    await this.#flushing;
  }

  take(account: InboundAccount, events: readonly Event[]): void {
    if (this.#stopped) return;
    for (const event of events) {
      if (event.type === 'typing') void this.#type(account, event);
      else if (event.type === 'presence') this.#gather(account, event);
    }
    if (this.#count > 0) this.#cancelFlush ??= this.clock.after(GATHER_MS, () => this.#flush());
  }

  /** What an account reported is not believed once it has left its network. */
  async onState(account: InboundAccount, online: boolean): Promise<void> {
    if (online) {
      this.#away.delete(account.id);
      return;
    }
    if (this.#away.has(account.id)) return;
    this.#away.add(account.id);
    this.#count -= this.#gathered.get(account.id)?.events.size ?? 0;
    this.#gathered.delete(account.id);
    // Behind a flush under way, so that this stays the last word.
    this.#flushing = this.#flushing
      .then(() => this.store.forget(account.id))
      .catch((error) => {
        // Whoever has the user now does it.
        if (!(error instanceof FencedError)) this.log.warn('presence could not be reset', { error: errorText(error) });
      });
    await this.#flushing;
    this.changed(account.userId);
  }

  #gather(account: InboundAccount, event: PresenceEvent): void {
    let gathered = this.#gathered.get(account.id);
    if (!gathered) {
      gathered = { account, events: new Map() };
      this.#gathered.set(account.id, gathered);
    }
    const known = gathered.events.has(event.buddy.id);
    if (!known && this.#count >= MAX_GATHERED) return;
    if (!known) this.#count += 1;
    gathered.events.set(event.buddy.id, event);
  }

  #flush(): void {
    this.#cancelFlush = undefined;
    const batch = [...this.#gathered.values()];
    this.#gathered.clear();
    this.#count = 0;
    this.#flushing = this.#flushing.then(async () => {
      for (const { account, events } of batch) await this.#storeAll(account, [...events.values()]);
    });
  }

  async #storeAll(account: InboundAccount, events: PresenceEvent[]): Promise<void> {
    try {
      const buddies = await this.store.store(account, events, this.clock.now());
      if (buddies.length === 0) return;
      this.tell(account.userId, { type: 'presence', buddies });
      this.changed(account.userId);
    } catch (error) {
      this.log.warn('presence could not be stored', { accountId: account.id, error: errorText(error) });
    }
  }

  async #type(account: InboundAccount, event: TypingEvent): Promise<void> {
    try {
      const frame = await this.store.typing(account.id, event, this.clock.now());
      if (frame) this.tell(account.userId, frame);
    } catch (error) {
      this.log.debug('typing could not be told', { accountId: account.id, error: errorText(error) });
    }
  }
}
