import { backoffMs } from '../delivery/retry.js';
import { type Clock, errorText, type Log } from '../log.js';
import type { Change, SyncPage } from '../sync/change.js';
import type { Webhook, WebhookStore } from './store.js';

/** The changes that the sync reads too. */
export interface ChangePages {
  since(userId: string, since: number, limit: number): Promise<SyncPage>;
}

/** One call: `body` is JSON, `at` the time it is signed with, in ms. */
export type WebhookCall = { url: string; secret: string; webhookId: string; body: string; at: number };

/** Makes the call; answers undefined once it was taken (2xx), else why it was not. Rejects only with a mistake of ours. */
export type CallWebhook = (call: WebhookCall, signal: AbortSignal) => Promise<string | undefined>;

const PAGE = 100;
/** A call is ended here even if more fits in a page; a single larger change goes alone. */
const MOST_CHARACTERS = 1024 * 1024;
const MOST_AT_ONCE = 32;
/** Of one user: slow receivers of one hold up nobody else. */
const MOST_OF_A_USER = 4;
const SWEEP_MS = 5_000;
const SWEEP_MOST = 500;
/** Calls under way may finish this long once we stop. */
const STOP_MS = 3_000;

type Owner = { running: number; lanes: Set<Lane> };
type Lane = {
  webhook: Webhook;
  owner: Owner;
  ended: AbortController;
  turn: Promise<void> | undefined;
  again: boolean;
  /** Cancels the wait after a failure, while there is one. */
  wait: (() => void) | undefined;
};

/**
 * Tells programs what changed. A webhook is a subscriber by revision whose place is kept in the database: it moves
 * only after a 2xx, so changes come at least once, in order, over restarts of either side. One call at a time each.
 */
export class Dispatcher {
  readonly #lanes = new Map<string, Lane>();
  readonly #owners = new Map<string, Owner>();
  readonly #waiting = new Set<Lane>();
  readonly #running = new Set<Lane>();
  #stopped = false;
  #stopSweep: (() => void) | undefined;

  constructor(
    private readonly store: WebhookStore,
    private readonly changes: ChangePages,
    private readonly call: CallWebhook,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  start(): void {
    this.#sweepLater();
  }

  /** From now on, those of these users, or of all. */
  async takeOn(userIds?: readonly string[]): Promise<void> {
    for (const webhook of await this.store.all(userIds)) this.add(webhook);
  }

  /** No longer; resolves when nothing of theirs is under way. */
  async letGo(userIds: readonly string[]): Promise<void> {
    const lanes = userIds.flatMap((userId) => [...(this.#owners.get(userId)?.lanes ?? [])]);
    await Promise.all(lanes.map(({ webhook }) => this.remove(webhook.id)));
  }

  /** Takes nothing more, lets calls under way finish for a while, then breaks them off: they are made again. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopSweep?.();
    this.#waiting.clear();
    for (const lane of this.#lanes.values()) lane.wait?.();
    const turns = Promise.all([...this.#running].map((lane) => lane.turn));
    let cancel = () => {};
    await Promise.race([
      turns,
      new Promise<void>((resolve) => {
        cancel = this.clock.after(STOP_MS, resolve);
      }),
    ]);
    cancel();
    for (const lane of this.#running) lane.ended.abort();
    await turns;
  }

  add(webhook: Webhook): void {
    if (this.#lanes.has(webhook.id)) return;
    const owner = this.#owners.get(webhook.userId) ?? { running: 0, lanes: new Set() };
    const lane = { webhook, owner, ended: new AbortController(), turn: undefined, again: false, wait: undefined };
    this.#owners.set(webhook.userId, owner);
    owner.lanes.add(lane);
    this.#lanes.set(webhook.id, lane);
    this.#wake(lane);
  }

  /** Resolves when nothing of it is under way. */
  async remove(id: string): Promise<void> {
    const lane = this.#lanes.get(id);
    if (!lane) return;
    this.#lanes.delete(id);
    lane.owner.lanes.delete(lane);
    if (lane.owner.lanes.size === 0) this.#owners.delete(lane.webhook.userId);
    this.#waiting.delete(lane);
    lane.wait?.();
    lane.ended.abort();
    await lane.turn;
  }

  /** Something of this user was committed. */
  ring(userId: string): void {
    for (const lane of this.#owners.get(userId)?.lanes ?? []) this.#wake(lane);
  }

  #wake(lane: Lane): void {
    if (this.#stopped || lane.ended.signal.aborted || lane.wait) return;
    if (lane.turn) {
      lane.again = true;
      return;
    }
    this.#waiting.add(lane);
    this.#next();
  }

  #next(): void {
    for (const lane of this.#waiting) {
      if (this.#stopped || this.#running.size >= MOST_AT_ONCE) return;
      if (lane.owner.running >= MOST_OF_A_USER) continue;
      this.#waiting.delete(lane);
      this.#running.add(lane);
      lane.owner.running += 1;
      lane.again = false;
      lane.turn = this.#turn(lane).finally(() => this.#done(lane));
    }
  }

  #done(lane: Lane): void {
    lane.turn = undefined;
    lane.owner.running -= 1;
    this.#running.delete(lane);
    if (lane.again) this.#wake(lane);
    this.#next();
  }

  /** One page. Where the database is away, the sweep looks again. */
  async #turn(lane: Lane): Promise<void> {
    const { webhook, ended } = lane;
    try {
      const page = await this.changes.since(webhook.userId, webhook.sentRev, PAGE);
      if (page.rev <= webhook.sentRev || ended.signal.aborted) return;
      const { rev, more, wanted } = portion(page, webhook);
      const refused = wanted.length === 0 ? undefined : await this.#tell(lane, rev, wanted);
      if (ended.signal.aborted) return;
      if (refused !== undefined) return await this.#failed(lane, refused);
      await this.store.moved(webhook.id, rev, wanted.length > 0);
      webhook.sentRev = rev;
      if (wanted.length > 0) webhook.failures = 0;
      lane.again ||= more;
    } catch (error) {
      this.log.warn('a webhook waits', { webhookId: webhook.id, error: errorText(error) });
    }
  }

  async #tell({ webhook, ended }: Lane, rev: number, changes: string[]): Promise<string | undefined> {
    const { id, url, secret, sentRev } = webhook;
    if (secret === undefined) return 'its secret cannot be read: the key it was sealed with is missing';
    const head = JSON.stringify({ id: `${id}:${sentRev + 1}-${rev}`, rev }).slice(0, -1);
    const body = `${head},"changes":[${changes.join(',')}]}`;
    return this.call({ url, secret, webhookId: id, body, at: this.clock.now() }, ended.signal);
  }

  async #failed(lane: Lane, why: string): Promise<void> {
    const { webhook } = lane;
    webhook.failures += 1;
    if (!this.#stopped)
      lane.wait = this.clock.after(backoffMs(webhook.failures), () => {
        lane.wait = undefined;
        this.#wake(lane);
      });
    await this.store.failed(webhook.id, webhook.failures, why);
  }

  #sweepLater(): void {
    if (!this.#stopped) this.#stopSweep = this.clock.after(SWEEP_MS, () => void this.#sweep());
  }

  async #sweep(): Promise<void> {
    try {
      for (const id of await this.store.behind(SWEEP_MOST)) {
        const lane = this.#lanes.get(id);
        if (lane) this.#wake(lane);
      }
    } catch (error) {
      this.log.warn('webhooks could not be looked at', { error: errorText(error) });
    }
    this.#sweepLater();
  }
}

/** As much of a page as one call carries, and the revision it is complete to. */
function portion(page: SyncPage, { events }: Webhook): { rev: number; more: boolean; wanted: string[] } {
  const wanted: string[] = [];
  let size = 0;
  let before: Change | undefined;
  for (const change of page.changes) {
    if (change.kind !== 'user' && events.includes(change.kind)) {
      const text = JSON.stringify(change);
      size += text.length;
      if (wanted.length > 0 && before && size > MOST_CHARACTERS) return { rev: before.rev, more: true, wanted };
      wanted.push(text);
    }
    before = change;
  }
  return { rev: page.rev, more: page.more, wanted };
}
