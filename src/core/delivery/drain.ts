import { AdapterError, type Clock, type OutgoingMessage, type ResolvedChat, type Sent } from '../../sdk/index.js';
import type { Live, Supervisor } from '../accounts/supervisor.js';
import { errorText, type Log } from '../log.js';
import { withButtons } from './buttons.js';
import { resolveWithin } from './resolve.js';
import { type Outcome, outcomeOf } from './retry.js';

export type Claim = {
  deliveryId: string;
  attemptId: string;
  userId: string;
  accountId: string;
  chatRemoteId: string;
  fence: number;
  tries: number;
  message: Pick<OutgoingMessage, 'text' | 'html' | 'subject' | 'replyTo' | 'attachments' | 'buttons'>;
};

export type ClaimResult =
  | { is: 'claimed'; claim: Claim }
  /** Nothing is due before `at`. */
  | { is: 'later'; at: number }
  | { is: 'empty' }
  /** Another drain is sending in this chat right now; it goes on by itself. */
  | { is: 'busy' }
  /** The head was settled without being sent: it expired, or is no longer needed. */
  | { is: 'skipped'; userId: string; deliveryId: string }
  /** The network has not been asked yet which chat this address is. */
  | { is: 'unopened'; address: string };

/**
 * The queue. A chat's head is the oldest delivery that is due: what is scheduled for later holds back nothing. A head
 * that is being sent or waits for its retry holds back what follows, so nothing overtakes; one that failed, is in
 * doubt, expired or was cancelled is passed.
 */
export interface DeliveryStore {
  /** Which account drains this chat. */
  accountOf(chatId: string): Promise<string | undefined>;
  /** Takes the head of the chat's queue: `sending`, with an attempt and a new fence. */
  claim(chatId: string): Promise<ClaimResult>;
  /** The chat is known now; answers the one that has its queue, which may have been there before. */
  opened(chatId: string, resolved: ResolvedChat): Promise<{ userId: string; chatId: string } | undefined>;
  /** The chat can never be opened: what waits for it fails. Answers those deliveries. */
  refused(chatId: string, reason: string): Promise<Settled[]>;
  /** Both answer false where the claim is no longer the newest and the answer told nothing new. */
  sent(claim: Claim, sent: Sent): Promise<boolean>;
  notSent(claim: Claim, outcome: Outcome): Promise<boolean>;
  /**
   * Deliveries left in `sending` that are not in `inFlight`: back to the queue where a repeat is safe, else unknown.
   */
  recover(accountId: string, idempotent: boolean, inFlight: readonly string[]): Promise<Settled[]>;
  /** Fails at most `limit` deliveries that are past their age limit, whatever state their account is in. */
  expire(limit: number): Promise<Settled[]>;
  /** Chats of connected accounts with something to do now, at most `limit`. */
  due(limit: number): Promise<string[]>;
  dueOfAccount(accountId: string): Promise<string[]>;
  /** Looks again at the fallback the delivery belongs to; answers chats to ring, and when. */
  advance(deliveryId: string): Promise<{ userId: string; chats: { chatId: string; at: number }[] } | undefined>;
}

export type Settled = { deliveryId: string; userId: string };

/** Rings for a chat: a job that may be lost or doubled without harm. */
export interface Bell {
  ring(chatId: string, delayMs?: number): Promise<void>;
}

const SEND_LIMIT_MS = 60_000;
const GRACE_MS = 10_000;
const SWEEP_MS = 5_000;
const SWEEP_CHATS = 500;
/** Chats of one account drained at once: a network that hangs must not hold every worker. */
const LANE = 8;
const OPEN_AGAIN_MS = 10_000;
const STORE_AGAIN_MS = { first: 500, longest: 15_000 };
/** Sends under way may finish this long once we stop; then they are told to give up. */
const STOP_MS = 5_000;
const LEAVE_MS = 3_000;

type Lane = { running: number; waiting: Set<string> };
type Result = { sent: Sent } | { outcome: Outcome };

/** Sends what a chat has queued, one after the other. The row is the truth; the bell only says when to look. */
export class Drain {
  #stopSweep: (() => void) | undefined;
  readonly #abort = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #inFlight = new Map<string, AbortController>();
  readonly #lanes = new Map<string, Lane>();
  /** Accounts whose network asked for patience, and until when. */
  readonly #holds = new Map<string, number>();
  readonly #recovered = new WeakMap<Live, Promise<void>>();

  constructor(
    private readonly store: DeliveryStore,
    private readonly supervisor: Supervisor,
    private readonly bell: Bell,
    private readonly changed: (userId: string) => void,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    supervisor.onState((live) => void this.#onState(live));
  }

  /** Settles what a former process left half done, then looks for lost bells from time to time. */
  async start(): Promise<void> {
    await Promise.all(this.supervisor.all().map((live) => this.#onState(live)));
    this.#sweep();
  }

  /** Takes nothing more, lets what is being sent finish for a while, then tells it to give up. */
  async stop(): Promise<void> {
    this.#stopSweep?.();
    this.#abort.abort();
    const all = Promise.allSettled(this.#running).then(() => true);
    if (await Promise.race([all, this.#pause(STOP_MS)])) return;
    for (const send of this.#inFlight.values()) send.abort();
    await Promise.race([all, this.#pause(LEAVE_MS)]);
  }

  /** The job: drains one chat until it is empty, waits, or its account is away. Never rejects: the sweep looks again. */
  chat(chatId: string): Promise<void> {
    const work = this.#enter(chatId)
      .catch((error) => this.log.warn('a chat could not be drained', { chatId, error: errorText(error) }))
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
    return work;
  }

  /** A proof came in: the fallback the delivery belongs to is looked at again. */
  settled(deliveryId: string): void {
    this.#advance(deliveryId).catch((error) =>
      this.log.warn('a fallback could not be looked at', { deliveryId, error: errorText(error) }),
    );
  }

  /** A bell that cannot ring is no harm: the sweep looks too. */
  async ring(chatId: string, delayMs?: number): Promise<void> {
    await this.bell
      .ring(chatId, delayMs)
      .catch((error) => this.log.warn('the bell did not ring', { chatId, error: errorText(error) }));
  }

  async #onState(live: Live): Promise<void> {
    if (this.#abort.signal.aborted || live.state.is === 'stopped') return;
    try {
      await this.#recover(live);
      if (!isReady(live)) return;
      for (const chat of await this.store.dueOfAccount(live.account.id)) await this.ring(chat);
    } catch (error) {
      this.log.warn('the queue of an account could not be read', {
        accountId: live.account.id,
        error: errorText(error),
      });
    }
  }

  /** Once for each connection, before anything is sent through it. */
  #recover(live: Live): Promise<void> {
    const known = this.#recovered.get(live);
    if (known) return known;
    const idempotent =
      this.supervisor.adapters.get(live.account.network)?.manifest.capabilities.send.idempotent ?? false;
    const work = this.store
      .recover(live.account.id, idempotent, [...this.#inFlight.keys()])
      .then((moved) => this.#follow(moved));
    this.#recovered.set(live, work);
    work.catch(() => this.#recovered.delete(live));
    return work;
  }

  async #follow(settled: readonly Settled[]): Promise<void> {
    for (const userId of new Set(settled.map((one) => one.userId))) this.changed(userId);
    for (const { deliveryId } of settled) await this.#advance(deliveryId);
  }

  async #advance(deliveryId: string): Promise<void> {
    const next = await this.store.advance(deliveryId);
    if (!next) return;
    this.changed(next.userId);
    for (const { chatId, at } of next.chats) await this.ring(chatId, Math.max(0, at - this.clock.now()));
  }

  async #enter(chatId: string): Promise<void> {
    const accountId = await this.store.accountOf(chatId);
    if (accountId === undefined) return;
    const lane = this.#lanes.get(accountId) ?? { running: 0, waiting: new Set() };
    this.#lanes.set(accountId, lane);
    if (lane.running >= LANE) {
      lane.waiting.add(chatId);
      return;
    }
    lane.running += 1;
    try {
      await this.#drain(chatId, accountId);
    } finally {
      lane.running -= 1;
      const [next] = lane.waiting;
      if (next !== undefined && lane.waiting.delete(next)) void this.chat(next);
      else if (lane.running === 0) this.#lanes.delete(accountId);
    }
  }

  async #drain(chatId: string, accountId: string): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const live = this.supervisor.get(accountId);
      if (!live || !isReady(live)) return;
      await this.#recover(live);
      const wait = (this.#holds.get(accountId) ?? 0) - this.clock.now();
      if (wait > 0) return this.ring(chatId, wait);
      this.#holds.delete(accountId);
      const next = await this.store.claim(chatId);
      switch (next.is) {
        case 'empty':
        case 'busy':
          return;
        case 'later':
          return this.ring(chatId, Math.max(1, next.at - this.clock.now()));
        case 'skipped':
          await this.#follow([next]);
          break;
        case 'unopened':
          return this.#open(live, chatId, next.address);
        case 'claimed':
          await this.#send(live, next.claim);
      }
    }
  }

  /** Asks the network which chat the address is, then rings for that. */
  async #open(live: Live, chatId: string, address: string): Promise<void> {
    try {
      const resolved = await resolveWithin(live.connection, address, this.clock);
      const found = await this.store.opened(chatId, resolved);
      if (!found) return;
      this.changed(found.userId);
      await this.ring(found.chatId);
    } catch (error) {
      if (error instanceof AdapterError && error.kind === 'rejected')
        return this.#follow(await this.store.refused(chatId, error.message));
      const asked = error instanceof AdapterError ? (error.retryAfterMs ?? 0) : 0;
      this.log.info('a chat could not be opened yet', { chatId, error: errorText(error) });
      await this.ring(chatId, Math.max(asked, OPEN_AGAIN_MS));
    }
  }

  async #send(live: Live, claim: Claim): Promise<void> {
    const abort = new AbortController();
    this.#inFlight.set(claim.deliveryId, abort);
    this.changed(claim.userId);
    try {
      const result = await this.#attempt(live, claim, abort);
      const settled = await this.#stored(() =>
        'sent' in result ? this.store.sent(claim, result.sent) : this.store.notSent(claim, result.outcome),
      );
      if (settled === false) this.log.info('a late answer was left aside', { deliveryId: claim.deliveryId });
    } finally {
      this.#inFlight.delete(claim.deliveryId);
    }
    this.changed(claim.userId);
    await this.#advance(claim.deliveryId);
  }

  async #attempt(live: Live, claim: Claim, abort: AbortController): Promise<Result> {
    let idempotent = false;
    try {
      const { send } = live.connection.chat(claim.chatRemoteId);
      idempotent = send.idempotent;
      const message: OutgoingMessage = {
        ...withButtons(claim.message, send),
        key: claim.deliveryId,
        signal: abort.signal,
      };
      return { sent: await this.#limited(() => send.message(message), abort) };
    } catch (error) {
      this.log.debug('a send did not succeed', { deliveryId: claim.deliveryId, error: errorText(error) });
      if (error instanceof AdapterError && error.kind === 'rate-limited')
        this.#holds.set(claim.accountId, this.clock.now() + (error.retryAfterMs ?? 0));
      return { outcome: outcomeOf(error, claim.tries, idempotent) };
    }
  }

  #limited(send: () => Promise<Sent>, abort: AbortController): Promise<Sent> {
    return new Promise<Sent>((resolve, reject) => {
      const stop = this.clock.after(SEND_LIMIT_MS, () => abort.abort());
      const late = this.clock.after(SEND_LIMIT_MS + GRACE_MS, () =>
        reject(
          new AdapterError('unknown-outcome', `no answer within ${SEND_LIMIT_MS / 1000} s; it may have been sent`),
        ),
      );
      send()
        .then(resolve, reject)
        .finally(() => {
          stop();
          late();
        });
    });
  }

  /** What the network answered is kept through an outage of the database, until it is stored or we stop. */
  async #stored(write: () => Promise<boolean>): Promise<boolean | undefined> {
    for (let wait = STORE_AGAIN_MS.first; ; wait = Math.min(wait * 2, STORE_AGAIN_MS.longest)) {
      try {
        return await write();
      } catch (error) {
        this.log.warn('the outcome of a send could not be stored', { error: errorText(error) });
        if (this.#abort.signal.aborted) return undefined;
        await this.#pause(wait, this.#abort.signal);
      }
    }
  }

  /** Answers false, so that it can be told from work it races. */
  #pause(ms: number, signal?: AbortSignal): Promise<false> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        signal?.removeEventListener('abort', done);
        resolve(false);
      };
      const cancel = this.clock.after(ms, done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  #sweep(): void {
    this.#stopSweep = this.clock.after(SWEEP_MS, () => {
      this.#look()
        .catch((error) => this.log.warn('the sweep failed', { error: errorText(error) }))
        .finally(() => {
          if (!this.#abort.signal.aborted) this.#sweep();
        });
    });
  }

  async #look(): Promise<void> {
    await this.#follow(await this.store.expire(SWEEP_CHATS));
    for (const chat of await this.store.due(SWEEP_CHATS)) await this.ring(chat);
  }
}

/** Catching up with history does not keep an account from sending. */
const isReady = ({ state }: Live): boolean => state.is === 'online' || state.is === 'backfilling';
