import { uuidFloor } from '../ids.js';
import { type Clock, errorText, type Log } from '../log.js';
import { Rounds } from '../rounds.js';
import { type Alert, dueAlert, messageAlerts } from './alert.js';
import { Pushes } from './pushes.js';
import { isTold } from './rules.js';
import { attentionSettings } from './settings.js';
import type { AttentionStore, Place, PushSender } from './store.js';

/** Messages gather so long; of a user who was told much lately, longer. */
const GATHER_MS = 700;
const GATHER_LONG_MS = 15_000;
const MUCH = 20;
const MUCH_WITHIN_MS = 60_000;
/** Older ones come in when an account connects again, and are no news. */
const OLDEST_MS = 15 * 60_000;
/** A message may be stored so long after its id was made. */
const SKEW_MS = 30_000;
const DUE_MS = 2_000;
/** Conversations a round tells of; the badge counts the others. */
const MOST_ALERTS = 5;
const MOST_PAGES = 20;

export type AttentionEvents = {
  changed(userId: string): void;
  /** To the user's open windows. */
  tell(userId: string, alerts: Alert[]): void;
  /** Whether there are any. */
  hasWindows(userId: string): boolean;
};

type User = {
  place: Place;
  hasDevices: boolean;
  windows: Set<object>;
  /** Ends the gathering, while there is some. */
  cancel: (() => void) | undefined;
  toldAt: number[];
};

/**
 * Tells users of messages, reminders and what was put off: their open windows always, their devices while no window is
 * looked at. What is told follows from the rows and a place that is kept, so a restart goes on where it was.
 */
export class Attention {
  readonly #users = new Map<string, User>();
  readonly #pushes: Pushes;
  readonly #rounds: Rounds;
  readonly #stop = new AbortController();
  #cancelDue: (() => void) | undefined;
  #dueRound: Promise<void> = Promise.resolve();
  #startedAt: number;

  constructor(
    private readonly store: AttentionStore,
    sender: PushSender,
    private readonly events: AttentionEvents,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.#pushes = new Pushes(store, sender, clock, this.#stop.signal);
    this.#rounds = new Rounds(clock, (userId) =>
      this.#round(userId, this.#user(userId)).catch((error) => this.#warn(error)),
    );
    this.#startedAt = clock.now();
  }

  start(): void {
    this.#dueLater();
  }

  /** From now on, these users or all; those with devices are told of what came in before, too. */
  async takeOn(userIds?: readonly string[]): Promise<void> {
    this.#startedAt = this.clock.now();
    for (const { userId, place, hasDevices } of await this.store.places(
      uuidFloor(this.#startedAt - SKEW_MS),
      userIds,
    )) {
      const user = this.#user(userId);
      user.place = place;
      user.hasDevices = hasDevices;
      if (hasDevices) this.ring(userId);
    }
  }

  letGo(userIds: readonly string[]): void {
    for (const userId of userIds) {
      this.#users.get(userId)?.cancel?.();
      this.#users.delete(userId);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#cancelDue?.();
    for (const { cancel } of this.#users.values()) cancel?.();
    await Promise.all([this.#dueRound, this.#rounds.stop()]);
  }

  /** Something of this user was stored. */
  ring(userId: string): void {
    const user = this.#user(userId);
    if (user.cancel || this.#stop.signal.aborted) return;
    const recent = user.toldAt.filter((at) => at > this.clock.now() - MUCH_WITHIN_MS);
    user.toldAt = recent;
    user.cancel = this.clock.after(recent.length < MUCH ? GATHER_MS : GATHER_LONG_MS, () => {
      user.cancel = undefined;
      this.#rounds.ring(userId);
    });
  }

  looking(userId: string, window: object): void {
    this.#user(userId).windows.add(window);
  }

  away(userId: string, window: object): void {
    this.#users.get(userId)?.windows.delete(window);
  }

  /** From now on, or no longer. What is stored already is not told. */
  async devicesChanged(userId: string): Promise<void> {
    const user = this.#user(userId);
    const before = user.hasDevices;
    user.hasDevices = (await this.store.devices(userId)).length > 0;
    if (user.hasDevices && !before) await this.#skip(userId, user);
  }

  #user(userId: string): User {
    const known = this.#users.get(userId);
    if (known) return known;
    const place = { rev: 0, floor: uuidFloor(this.#startedAt - SKEW_MS) };
    const user: User = {
      place,
      hasDevices: false,
      windows: new Set(),
      cancel: undefined,
      toldAt: [],
    };
    this.#users.set(userId, user);
    return user;
  }

  async #round(userId: string, user: User): Promise<void> {
    if (this.#stop.signal.aborted) return;
    if (!user.hasDevices && !this.events.hasWindows(userId)) return this.#skip(userId, user);
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const now = this.clock.now();
      const options = { oldest: now - OLDEST_MS, floor: uuidFloor(now - SKEW_MS) };
      const { messages, place, more, settings: stored } = await this.store.since(userId, user.place, options);
      const settings = attentionSettings(stored);
      const told = messages.filter((message) => isTold(message, settings, now));
      await this.#tell(userId, user, messageAlerts(told, settings).slice(-MOST_ALERTS));
      if (this.#stop.signal.aborted) return;
      user.place = place;
      if (user.hasDevices) await this.store.moved(userId, place);
      if (!more) return;
    }
    await this.#skip(userId, user);
  }

  async #skip(userId: string, user: User): Promise<void> {
    const floor = uuidFloor(this.clock.now() - SKEW_MS);
    user.place = { rev: await this.store.newest(userId), floor };
    if (user.hasDevices) await this.store.moved(userId, user.place);
  }

  async #tell(userId: string, user: User, alerts: Alert[]): Promise<void> {
    if (alerts.length === 0) return;
    user.toldAt.push(this.clock.now());
    this.events.tell(userId, alerts);
    if (!user.hasDevices || user.windows.size > 0) return;
    const left = await this.#pushes.send(userId, alerts, await this.store.badge(userId));
    user.hasDevices = left > 0;
  }

  #dueLater(): void {
    if (this.#stop.signal.aborted) return;
    this.#cancelDue = this.clock.after(DUE_MS, () => {
      this.#dueRound = this.#due()
        .catch((error) => this.#warn(error))
        .then(() => this.#dueLater());
    });
  }

  async #due(): Promise<void> {
    const byUser = Map.groupBy(await this.store.due(this.clock.now()), ({ userId }) => userId);
    for (const [userId, items] of byUser) {
      this.events.changed(userId);
      const settings = attentionSettings(await this.store.settings(userId));
      const alerts = items.map((due) => dueAlert(due, settings, this.clock.now()));
      await this.#tell(userId, this.#user(userId), alerts.slice(-MOST_ALERTS));
    }
  }

  #warn(error: unknown): void {
    this.log.warn('somebody could not be told of what came in', { error: errorText(error) });
  }
}
