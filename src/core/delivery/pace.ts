import type { Rate } from '../../sdk/index.js';

/** Buckets that are remembered; one that is full again needs no memory. */
const MOST = 20_000;

/** `fullAt`: when as many messages as `burst` may go at once again. */
type Bucket = { rate: Rate; fullAt: number };

/**
 * Token buckets: how soon the network takes the next message of an account, and of one chat. What is not known yet is
 * free: a chat's own rate is learned with its first message.
 */
export class Paces {
  readonly #buckets = new Map<string, Bucket>();

  /** What a network said of a rate; of a bucket that is new, so many are `taken` already. */
  learn(key: string, rate: Rate | undefined, now: number, taken = 0): void {
    const known = this.#buckets.get(key);
    if (rate === undefined) {
      this.#buckets.delete(key);
    } else if (known === undefined) {
      this.#buckets.set(key, { rate, fullAt: now + taken * rate.perMs });
      this.#forgetFull(now);
    } else if (known.rate.burst !== rate.burst || known.rate.perMs !== rate.perMs) {
      this.#buckets.set(key, { rate, fullAt: now + rate.burst * rate.perMs });
    }
  }

  /** Which key must wait longest for the next message, and until when; undefined: none, it may go now. */
  wait(keys: readonly string[], now: number): { key: string; until: number } | undefined {
    let longest: { key: string; until: number } | undefined;
    for (const key of keys) {
      const bucket = this.#buckets.get(key);
      if (bucket === undefined) continue;
      const { burst, perMs } = bucket.rate;
      // A clock that was set back must not stop an account for long.
      bucket.fullAt = Math.min(bucket.fullAt, now + (burst + 1) * perMs);
      const until = Math.ceil(bucket.fullAt - (burst - 1) * perMs);
      if (until > now && until > (longest?.until ?? 0)) longest = { key, until };
    }
    return longest;
  }

  take(keys: readonly string[], now: number): void {
    for (const bucket of this.#those(keys)) bucket.fullAt = Math.max(bucket.fullAt, now) + bucket.rate.perMs;
  }

  /** Nothing was sent with what was taken. */
  giveBack(keys: readonly string[]): void {
    for (const bucket of this.#those(keys)) bucket.fullAt -= bucket.rate.perMs;
  }

  #those(keys: readonly string[]): Bucket[] {
    return keys.flatMap((key) => this.#buckets.get(key) ?? []);
  }

  #forgetFull(now: number): void {
    if (this.#buckets.size <= MOST) return;
    for (const [key, bucket] of this.#buckets) if (bucket.fullAt <= now) this.#buckets.delete(key);
    // Should all of them be in use, the oldest is free once more.
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MOST && oldest !== undefined) this.#buckets.delete(oldest);
  }
}
