/** Failures in a row at several people, or at one, after which an account is given a rest. */
const SEVERAL = 3;
const ALONE = 5;
const FIRST_MS = 30_000;
const LONGEST_MS = 10 * 60_000;
/** A lost probe, whose send never came to an end, is believed to be one no longer than this. */
const PROBE_MS = 120_000;
/** Accounts in trouble that are remembered; an account without trouble needs no memory. */
const MOST = 10_000;

/** `deciding`: it is over, but for the one try that is under way. */
export type Rest = { until: number; why: string; deciding?: true };

type Trouble = {
  failures: number;
  /** The chat of the first failure, as long as all were there: it may be the trouble of one person's server alone. */
  onlyIn: string | undefined;
  rest: Rest | undefined;
  coolOffMs: number;
  /** The one try that decides, and since when it is under way. */
  probing: number | undefined;
};

/**
 * Keeps an account that fails again and again from being tried for every message: closed, then open for a while, then
 * one try decides (half-open): it closes, or rests twice as long.
 */
export class Breakers {
  readonly #troubles = new Map<string, Trouble>();

  /** The rest the account is in now. While the try that decides is under way, it lasts on. */
  resting(accountId: string, now: number): Rest | undefined {
    const { rest, probing } = this.#troubles.get(accountId) ?? {};
    if (rest === undefined) return undefined;
    if (probing !== undefined && now < probing + PROBE_MS) return { ...rest, until: now + 1_000, deciding: true };
    return now < rest.until ? rest : undefined;
  }

  /** A try begins; past a rest, it is the one that decides. */
  begin(accountId: string, now: number): void {
    const trouble = this.#troubles.get(accountId);
    if (trouble?.rest !== undefined) trouble.probing = now;
  }

  /** The try was not made after all; answers whether it was the one that decides, so that another may. */
  abstain(accountId: string): boolean {
    const trouble = this.#troubles.get(accountId);
    if (trouble?.probing === undefined) return false;
    trouble.probing = undefined;
    return true;
  }

  /** Answers whether this ends a rest. */
  succeeded(accountId: string): boolean {
    const rested = this.#troubles.get(accountId)?.rest !== undefined;
    this.#troubles.delete(accountId);
    return rested;
  }

  /** Answers whether the account is given a rest now. */
  failed(accountId: string, chatId: string, why: string, now: number): boolean {
    const before = this.#troubles.get(accountId);
    // What was under way when the rest began says nothing new.
    if (before?.rest !== undefined && now < before.rest.until) {
      before.probing = undefined;
      return false;
    }
    const failures = (before?.failures ?? 0) + 1;
    const onlyIn = before === undefined || before.onlyIn === chatId ? chatId : undefined;
    const opens = before?.rest !== undefined || failures >= (onlyIn === undefined ? SEVERAL : ALONE);
    const coolOffMs = before?.rest === undefined ? FIRST_MS : Math.min(before.coolOffMs * 2, LONGEST_MS);
    this.#troubles.delete(accountId);
    this.#troubles.set(accountId, {
      failures,
      onlyIn,
      rest: opens ? { until: now + coolOffMs, why } : undefined,
      coolOffMs,
      probing: undefined,
    });
    const [oldest] = this.#troubles.keys();
    if (this.#troubles.size > MOST && oldest !== undefined) this.#troubles.delete(oldest);
    return opens;
  }
}
