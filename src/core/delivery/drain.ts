import { AdapterError, type Clock, type Pace } from '../../sdk/index.js';
import { isConnected } from '../accounts/ask.js';
import type { Live, Supervisor } from '../accounts/supervisor.js';
import { errorText, type Log } from '../log.js';
import { wayTo } from '../messages/way.js';
import { pause, persist } from '../patience.js';
import { attempt } from './attempt.js';
import type { Rest } from './breaker.js';
import { Gate, type Passage } from './gate.js';
import { InTurn } from './in-turn.js';
import type { Place } from './lanes.js';
import { Spoilt } from './poison.js';
import type { Bell, Claim, ClaimResult, DeliveryStore, Settled } from './queue.js';
import { Relief } from './relief.js';
import { resolveWithin } from './resolve.js';
import { outcomeOf } from './retry.js';
import { MOST_WAITING, Turns } from './turns.js';

const SWEEP_MS = 5_000;
const SWEEP_CHATS = 500;
const OPEN_AGAIN_MS = 10_000;
/** Sends under way may finish this long once we stop; then they are told to give up. */
const STOP_MS = 5_000;
const LEAVE_MS = 3_000;

/** Sends what a chat has queued, one after the other. The row is the truth; the bell only says when to look. */
export class Drain {
  #stopSweep: (() => void) | undefined;
  /** What an earlier process left in `sending` has been ended. */
  #cleared = false;
  readonly #abort = new AbortController();
  readonly #inFlight = new Map<string, { userId: string; abort: AbortController; done: Promise<void> }>();
  readonly #bulk = new InTurn();
  readonly #givenUp = new WeakSet<AbortController>();
  readonly #turns: Turns;
  readonly #gate = new Gate();
  readonly #spoilt = new Spoilt();
  readonly #relief: Relief;
  readonly #paces = new WeakMap<Live, Pace | undefined>();
  readonly #recovered = new WeakMap<Live, Promise<void>>();

  constructor(
    private readonly store: DeliveryStore,
    private readonly supervisor: Supervisor,
    private readonly bell: Bell,
    /** `bulk`: of what nobody waits for; it may be told a little later. */
    private readonly changed: (userId: string, bulk?: boolean) => void,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    const work = { drain: (place: Place) => this.#drain(place), fill: (accountId: string) => this.#fill(accountId) };
    this.#turns = new Turns(work, clock, log);
    this.#relief = new Relief(store, supervisor, this.#gate, clock, async ({ settled, places }) => {
      await this.#follow(settled);
      for (const place of places) this.#turns.admit(place);
    });
    supervisor.onState((live) => void this.#onState(live));
  }

  /** Settles what a former process left half done, then looks for lost bells from time to time. */
  async start(): Promise<void> {
    await this.#clear().catch((error) =>
      this.log.warn('what was left half sent could not be read', { error: errorText(error) }),
    );
    await Promise.all(this.supervisor.all().map((live) => this.#onState(live)));
    this.#sweep();
  }

  /** Takes nothing more, lets what is being sent finish for a while, then tells it to give up. */
  async stop(): Promise<void> {
    this.#stopSweep?.();
    this.#abort.abort();
    const all = this.#turns.stop().then(() => true);
    if (await Promise.race([all, pause(this.clock, STOP_MS)])) return;
    for (const send of this.#inFlight.values()) send.abort.abort();
    await Promise.race([all, pause(this.clock, LEAVE_MS)]);
  }

  /** Ends what another process left half done for these users, or for all, before anything is sent for them here. */
  async takeOn(userIds?: readonly string[]): Promise<void> {
    for (const { accountId, network } of await this.store.sendingAccounts(userIds)) await this.#end(accountId, network);
  }

  /** Nothing more begins for these users; what is being sent may finish for a while, then it is told to give up. */
  async letGo(userIds: readonly string[]): Promise<void> {
    const users = new Set(userIds);
    const sends = [...this.#inFlight.values()].filter(({ userId }) => users.has(userId));
    const all = Promise.all(sends.map(({ done }) => done)).then(() => true);
    if (await Promise.race([all, pause(this.clock, STOP_MS)])) return;
    for (const { abort } of sends) abort.abort();
    await Promise.race([all, pause(this.clock, LEAVE_MS)]);
  }

  /** The job: drains one chat until it is empty, waits, or its account is away. Never rejects: the sweep looks again. */
  chat(chatId: string): Promise<void> {
    return this.#turns.track(this.#enter(chatId), { chatId });
  }

  /** A proof came in, or a person decided: the steps the delivery belongs to are looked at again. */
  settled(deliveryId: string): void {
    this.#advance(deliveryId).catch((error) =>
      this.log.warn('a fallback could not be looked at', { deliveryId, error: errorText(error) }),
    );
  }

  /** A bell that cannot ring is no harm: the sweep looks too. */
  async ring(chatId: string, delayMs?: number, bulk?: boolean): Promise<void> {
    await this.bell
      .ring(chatId, delayMs, bulk)
      .catch((error) => this.log.warn('the bell did not ring', { chatId, error: errorText(error) }));
  }

  /** What was accepted here just now, or made in bulk: it comes in its turn, without a bell. Where that is lost, the sweep looks. */
  ready(places: readonly Place[]): void {
    for (const place of places)
      if (place.fresh) void this.#turns.track(this.#take(place), { chatId: place.chatId });
      else this.#turns.admit(place);
  }

  /** Of these, what only waits in an adapter is not sent any more. That says nothing of their accounts. */
  giveUp(deliveryIds: readonly string[]): void {
    for (const id of deliveryIds) {
      const send = this.#inFlight.get(id)?.abort;
      if (send === undefined) continue;
      this.#givenUp.add(send);
      send.abort();
    }
  }

  /** What is written in bulk for a user, here or elsewhere, is so one after the other. */
  inBulk<T>(userId: string, work: () => Promise<T>): Promise<T> {
    return this.#bulk.run(userId, work);
  }

  /** Where the account failed too often: until when nothing is sent by it, and why. */
  resting(accountId: string): Rest | undefined {
    return this.#gate.resting(accountId, this.clock.now());
  }

  #written<T>({ userId, bulk }: Place, work: () => Promise<T>): Promise<T> {
    return bulk ? this.inBulk(userId, work) : work();
  }

  async #onState(live: Live): Promise<void> {
    this.#relief.onState(live);
    if (this.#abort.signal.aborted || live.state.is === 'stopped') return;
    const { id } = live.account;
    try {
      await this.#recover(live);
      if (!isConnected(live)) return;
      // A new connection is a new chance: what failed was the old one.
      if (this.#gate.forget(id)) await this.#announce(id);
      await this.#fill(id);
    } catch (error) {
      this.log.warn('the queue of an account could not be read', { accountId: id, error: errorText(error) });
    }
  }

  /** Once for each connection, before anything is sent through it. */
  #recover(live: Live): Promise<void> {
    const known = this.#recovered.get(live);
    if (known) return known;
    const work = this.#end(live.account.id, live.account.network);
    this.#recovered.set(live, work);
    work.catch(() => this.#recovered.delete(live));
    return work;
  }

  /** What an earlier process left in `sending`, also of accounts that are switched off or gone. */
  async #clear(): Promise<void> {
    await this.takeOn();
    this.#cleared = true;
  }

  async #end(accountId: string, network: string): Promise<void> {
    const send = this.supervisor.adapters.get(network)?.manifest.capabilities.send;
    const inFlight = [...this.#inFlight.keys()];
    await this.#follow(await this.store.recover(accountId, send?.idempotent ?? false, inFlight));
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

  async #announce(accountId: string): Promise<void> {
    const userId = await this.store.announce(accountId);
    if (userId !== undefined) this.changed(userId);
  }

  /** Brings what an account has to do from the database; what is for later is rung then. */
  async #fill(accountId: string): Promise<void> {
    const now = this.clock.now();
    const due = await this.store.dueOfAccount(accountId, MOST_WAITING);
    for (const place of due) {
      if (place.at <= now) this.#turns.admit(place);
      else await this.ring(place.chatId, place.at - now, place.bulk);
    }
    if (due.length === MOST_WAITING) this.#turns.miss(accountId);
  }

  async #enter(chatId: string): Promise<void> {
    const place = await this.store.placeOf(chatId);
    if (place) await this.#take(place);
  }

  async #take(place: Place): Promise<void> {
    if (await this.#turns.take(place)) return;
    await this.#relieve(place.accountId, this.resting(place.accountId));
  }

  async #relieve(accountId: string, rest: Rest | undefined): Promise<void> {
    if (rest && !rest.deciding) await this.#relief.relieve(accountId, rest.why);
  }

  async #drain(place: Place): Promise<void> {
    const { chatId, accountId } = place;
    for (let freshOf = place.fresh ? place.userId : undefined; !this.#abort.signal.aborted; freshOf = undefined) {
      const live = this.supervisor.get(accountId);
      if (!isConnected(live)) return;
      await this.#recover(live);
      const passage = this.#gate.pass(place, this.#paceOf(live), this.clock.now());
      if (passage.is !== 'go') return this.#wait(place, passage);
      const next = await this.#written(place, () => this.store.claim(chatId, freshOf)).catch((error: unknown) => {
        this.#turnBack(place);
        return this.#spoil(chatId, error);
      });
      this.#spoilt.taken(chatId);
      if (next.is !== 'claimed') this.#turnBack(place);
      switch (next.is) {
        case 'empty':
        case 'busy':
        case 'held':
          return;
        case 'later':
          return this.ring(chatId, Math.max(1, next.at - this.clock.now()), place.bulk);
        case 'skipped':
          await this.#follow([next]);
          break;
        case 'unopened':
          return this.#open(live, place, next.address);
        case 'claimed':
          await this.#tried(live, place, next.claim);
      }
    }
  }

  /** What cannot even be taken stands in nobody's way for good. */
  async #spoil(chatId: string, error: unknown): Promise<ClaimResult> {
    const head = this.#spoilt.failed(chatId, error) ? await this.store.setAside(chatId, error) : undefined;
    if (!head) throw error;
    this.log.warn('a send could not be taken up', { deliveryId: head.deliveryId, error: errorText(error) });
    return { is: 'skipped', ...head };
  }

  /** As its chats say; before the first was asked, as is usual on its network. */
  #paceOf(live: Live): Pace | undefined {
    if (this.#paces.has(live)) return this.#paces.get(live);
    return this.supervisor.adapters.get(live.account.network)?.manifest.capabilities.send.pace;
  }

  #learn(live: Live, chatId: string, pace: Pace | undefined): void {
    this.#paces.set(live, pace);
    this.#gate.learn(chatId, pace, this.clock.now());
  }

  #turnBack(place: Place): void {
    if (this.#gate.turnBack(place)) this.#turns.resume(place.accountId);
  }

  async #wait(place: Place, passage: Exclude<Passage, { is: 'go' }>): Promise<void> {
    const { chatId, accountId, bulk } = place;
    if (passage.is === 'chat') return this.ring(chatId, passage.until - this.clock.now(), bulk);
    this.#turns.wait(place, passage.until);
    await this.#relieve(accountId, passage.rest);
  }

  /** Asks the network which chat the address is, then rings for that. */
  async #open(live: Live, { chatId, bulk }: Place, address: string): Promise<void> {
    try {
      const resolved = await resolveWithin(live.connection, address, this.clock);
      const found = await this.store.opened(chatId, resolved);
      if (!found) return;
      this.changed(found.userId);
      await this.ring(found.chatId, undefined, bulk);
    } catch (error) {
      if (error instanceof AdapterError && error.kind === 'rejected')
        return this.#follow(await this.store.refused(chatId, error.message));
      const asked = error instanceof AdapterError ? (error.retryAfterMs ?? 0) : 0;
      this.log.info('a chat could not be opened yet', { chatId, error: errorText(error) });
      await this.ring(chatId, Math.max(asked, OPEN_AGAIN_MS), bulk);
    }
  }

  async #tried(live: Live, place: Place, claim: Claim): Promise<void> {
    const abort = new AbortController();
    const done = this.#send(live, place, claim, abort);
    this.#inFlight.set(claim.deliveryId, { userId: claim.userId, abort, done: done.catch(() => undefined) });
    await done;
  }

  async #send(live: Live, place: Place, claim: Claim, abort: AbortController): Promise<void> {
    this.changed(claim.userId, place.bulk);
    const about = ({ pace }: { pace?: Pace }) => this.#learn(live, place.chatId, pace);
    let said: 'rests' | 'works' | undefined;
    try {
      const fit = async () => {
        const fitted = await this.store.fit(
          claim.content,
          wayTo(this.supervisor, { ...claim, network: live.account.network }),
        );
        // The last look before the wire: however long it took to get here, another process may have the user by now.
        if (this.supervisor.get(claim.accountId) !== live) throw new AdapterError('temporary', 'the account is away');
        return fitted;
      };
      const tried = await attempt(live, claim, abort, { clock: this.clock, about, fit });
      if (tried.is !== 'sent' && this.#givenUp.has(abort)) this.#turnBack(place);
      else said = this.#said(live, place, tried.is === 'sent' ? undefined : tried.error);
      const settled = await this.#stored(() =>
        this.#written(place, () =>
          tried.is === 'sent'
            ? this.store.sent(claim, tried.sent)
            : this.store.notSent(claim, outcomeOf(tried.error, claim.tries, tried.idempotent)),
        ),
      );
      if (settled === false) this.log.info('a late answer was left aside', { deliveryId: claim.deliveryId });
    } finally {
      this.#inFlight.delete(claim.deliveryId);
    }
    this.changed(claim.userId, place.bulk);
    await this.#advance(claim.deliveryId);
    if (said === 'rests') await this.#relieve(place.accountId, this.resting(place.accountId));
    if (said !== undefined) await this.#announce(place.accountId);
  }

  /** What the try said of its account. With a connection that is gone it says nothing: that one's state does. */
  #said(live: Live, place: Place, error: unknown): 'rests' | 'works' | undefined {
    if (error !== undefined)
      this.log.debug('a send did not succeed', { chatId: place.chatId, error: errorText(error) });
    if (error !== undefined && !isConnected(live)) return undefined;
    const said = this.#gate.tried(place, error, this.clock.now());
    if (said === 'works') this.#turns.resume(place.accountId);
    return said;
  }

  /** What the network answered is kept through an outage of the database, until it is stored or we stop. */
  #stored(write: () => Promise<boolean>): Promise<boolean | undefined> {
    const onError = (error: unknown) =>
      this.log.warn('the outcome of a send could not be stored', { error: errorText(error) });
    return persist(write, { clock: this.clock, signal: this.#abort.signal, onError });
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
    if (!this.#cleared) await this.#clear();
    await this.#follow(await this.store.expire(SWEEP_CHATS));
    await this.#relief.sweep();
    const connected = this.supervisor.all().filter(isConnected);
    const ids = connected.map((live) => live.account.id);
    for (const place of await this.store.due(ids, SWEEP_CHATS)) this.#turns.admit(place);
  }
}
