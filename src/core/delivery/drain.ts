import { AdapterError, type Clock, type OutgoingMessage, type Sent } from '../../sdk/index.js';
import type { Live, Supervisor } from '../accounts/supervisor.js';
import { errorText, type Log } from '../log.js';
import { type Outcome, outcomeOf } from './retry.js';

export type Claim = {
  deliveryId: string;
  userId: string;
  accountId: string;
  chatRemoteId: string;
  fence: number;
  tries: number;
  message: Pick<OutgoingMessage, 'text' | 'html' | 'subject' | 'replyTo' | 'attachments'>;
};

export type ClaimResult =
  | { is: 'claimed'; claim: Claim }
  | { is: 'later'; at: number }
  | { is: 'empty' }
  | { is: 'skipped'; userId: string };

export interface DeliveryStore {
  /** Which account drains this chat. */
  accountOf(chatId: string): Promise<string | undefined>;
  /**
   * Takes the head of the chat's queue: `sending`, with an attempt and a new fence. A head that is being sent, waits
   * for its retry or is not due holds back what follows; one that expired or is no longer needed is settled (`skipped`).
   */
  claim(chatId: string): Promise<ClaimResult>;
  /** Both answer false where the claim is no longer the newest: nothing changed. */
  sent(claim: Claim, sent: Sent): Promise<boolean>;
  notSent(claim: Claim, outcome: Outcome): Promise<boolean>;
  /** Deliveries an earlier process left in `sending`: back to the queue where a repeat is safe, else unknown. */
  recover(accountId: string, idempotent: boolean): Promise<string[]>;
  /** Chats with something to do now, at most `limit`. */
  due(limit: number): Promise<string[]>;
  dueOfAccount(accountId: string): Promise<string[]>;
  /** Looks again at the fallback the delivery belongs to; answers chats to ring. */
  advance(deliveryId: string): Promise<{ userId: string; chats: string[] } | undefined>;
}

/** Rings for a chat: a job that may be lost or doubled without harm. */
export interface Bell {
  ring(chatId: string, delayMs?: number): Promise<void>;
}

const SEND_LIMIT_MS = 60_000;
const GRACE_MS = 10_000;
const SWEEP_MS = 5_000;
const SWEEP_CHATS = 500;

/** Sends what a chat has queued, one after the other. The row is the truth; the bell only says when to look. */
export class Drain {
  #stopSweep: (() => void) | undefined;
  readonly #abort = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(
    private readonly store: DeliveryStore,
    private readonly supervisor: Supervisor,
    private readonly bell: Bell,
    private readonly changed: (userId: string) => void,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    supervisor.onState((live) => {
      if (live.state.is === 'online') void this.#ringAccount(live.account.id);
    });
  }

  /** Settles what a former process left half done, then looks for lost bells from time to time. */
  async start(): Promise<void> {
    for (const live of this.supervisor.all()) await this.recover(live);
    this.#sweep();
  }

  async recover(live: Live): Promise<void> {
    const idempotent =
      this.supervisor.adapters.get(live.account.network)?.manifest.capabilities.send.idempotent ?? false;
    const moved = await this.store.recover(live.account.id, idempotent);
    for (const id of moved) await this.advance(id);
    if (moved.length > 0) this.changed(live.account.userId);
  }

  async stop(): Promise<void> {
    this.#stopSweep?.();
    this.#abort.abort();
    await Promise.allSettled(this.#running);
  }

  /** The job: drains one chat until it is empty, waits, or its account is away. */
  chat(chatId: string): Promise<void> {
    const work = this.#drain(chatId).finally(() => this.#running.delete(work));
    this.#running.add(work);
    return work;
  }

  async advance(deliveryId: string): Promise<void> {
    const next = await this.store.advance(deliveryId);
    if (!next) return;
    this.changed(next.userId);
    for (const chat of next.chats) await this.ring(chat);
  }

  /** A bell that cannot ring is no harm: the sweep looks too. */
  async ring(chatId: string, delayMs?: number): Promise<void> {
    await this.bell
      .ring(chatId, delayMs)
      .catch((error) => this.log.warn('the bell did not ring', { chatId, error: errorText(error) }));
  }

  async #drain(chatId: string): Promise<void> {
    const accountId = await this.store.accountOf(chatId);
    const live = accountId === undefined ? undefined : this.supervisor.get(accountId);
    while (live?.state.is === 'online' && !this.#abort.signal.aborted) {
      const next = await this.store.claim(chatId);
      if (next.is === 'empty') return;
      if (next.is === 'later') return this.ring(chatId, Math.max(0, next.at - this.clock.now()));
      if (next.is === 'skipped') this.changed(next.userId);
      else await this.#send(live, next.claim);
    }
  }

  async #send(live: Live, claim: Claim): Promise<void> {
    this.changed(claim.userId);
    const features = live.connection.chat(claim.chatRemoteId);
    let settled: boolean;
    try {
      const sent = await this.#limited(claim, (signal) =>
        features.send.message({ ...claim.message, key: claim.deliveryId, signal }),
      );
      settled = await this.store.sent(claim, sent);
    } catch (error) {
      const outcome = outcomeOf(error, claim.tries, features.send.idempotent);
      settled = await this.store.notSent(claim, outcome);
    }
    if (!settled) this.log.info('a late answer was left aside', { deliveryId: claim.deliveryId });
    await this.advance(claim.deliveryId);
    this.changed(claim.userId);
  }

  #limited(claim: Claim, send: (signal: AbortSignal) => Promise<Sent>): Promise<Sent> {
    const abort = new AbortController();
    return new Promise<Sent>((resolve, reject) => {
      const stop = this.clock.after(SEND_LIMIT_MS, () => abort.abort());
      const late = this.clock.after(SEND_LIMIT_MS + GRACE_MS, () =>
        reject(
          new AdapterError('unknown-outcome', `no answer within ${SEND_LIMIT_MS / 1000} s; it may have been sent`),
        ),
      );
      send(abort.signal)
        .then(resolve, reject)
        .finally(() => {
          stop();
          late();
        });
    }).catch((error) => {
      this.log.debug('a send did not succeed', { deliveryId: claim.deliveryId, error: errorText(error) });
      throw error;
    });
  }

  async #ringAccount(accountId: string): Promise<void> {
    try {
      for (const chat of await this.store.dueOfAccount(accountId)) await this.ring(chat);
    } catch (error) {
      this.log.warn('the queue of an account could not be read', { accountId, error: errorText(error) });
    }
  }

  #sweep(): void {
    this.#stopSweep = this.clock.after(SWEEP_MS, () => {
      this.store
        .due(SWEEP_CHATS)
        .then(async (chats) => {
          for (const chat of chats) await this.ring(chat);
        })
        .catch((error) => this.log.warn('the sweep failed', { error: errorText(error) }))
        .finally(() => {
          if (!this.#abort.signal.aborted) this.#sweep();
        });
    });
  }
}
