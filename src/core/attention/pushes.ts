import type { Clock } from '../log.js';
import { pause } from '../patience.js';
import type { Alert } from './alert.js';
import type { AttentionStore, Device, PushSender } from './store.js';

const MOST_AT_ONCE = 16;
const TRIES = 3;
const AGAIN_MS = 2_000;
const MOST_WAIT_MS = 10_000;

/** Sends alerts to all devices of a user, with a bound on how many go at once. */
export class Pushes {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly store: AttentionStore,
    private readonly sender: PushSender,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  /** Answers how many devices are left. */
  async send(userId: string, alerts: readonly Alert[], badge: number): Promise<number> {
    const devices = await this.store.devices(userId);
    const kept = await Promise.all(devices.map((device) => this.#toDevice(device, alerts, badge)));
    return kept.filter(Boolean).length;
  }

  /** One after the other, so that the newest stands on top. Answers whether it is still there. */
  async #toDevice(device: Device, alerts: readonly Alert[], badge: number): Promise<boolean> {
    await this.#enter();
    try {
      for (const alert of alerts) {
        if (this.signal.aborted) return true;
        if (!(await this.#one(device, JSON.stringify({ ...alert, badge }), topicOf(alert)))) return false;
      }
      return true;
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #one(device: Device, payload: string, topic: string): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      const pushed = await this.sender.send(device, payload, topic, this.signal);
      if (pushed.is === 'sent') await this.store.sent(device.id, this.clock.now());
      else if (pushed.is === 'gone') await this.store.gone(device.id);
      else if (tries < TRIES && !this.signal.aborted) {
        await pause(this.clock, Math.min(pushed.retryAfterMs ?? AGAIN_MS * tries, MOST_WAIT_MS), this.signal);
        continue;
      } else await this.store.failed(device.id, pushed.why);
      return pushed.is !== 'gone';
    }
  }

  async #enter(): Promise<void> {
    if (this.#running >= MOST_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
  }
}

/** A push that was not delivered yet gives way to the next of its conversation (RFC 8030, 5.4): 32 characters at most. */
const topicOf = ({ is, conversationId }: Alert): string => `${is[0]}${conversationId.replaceAll('-', '').slice(0, 31)}`;
