const firstMs = 2000;
const mostMs = 300_000;
/** Online for this long, the troubles before are forgotten. */
const steadyMs = 60_000;

/** How long to wait before the next try: longer each time, never quite the same. */
export class Backoff {
  #failures = 0;

  /** `onlineSince`: since when it was connected, if it was. */
  next(now: number, onlineSince: number | undefined): number {
    if (onlineSince !== undefined && now - onlineSince >= steadyMs) this.#failures = 0;
    const delay = Math.min(mostMs, firstMs * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    return Math.round(delay * (0.75 + Math.random() * 0.25));
  }
}
