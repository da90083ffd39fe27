/** What has to be ended, last come first, however its measuring went. */
export class Endings {
  readonly #ends: (() => unknown)[] = [];

  /** Answers the thing itself, which is ended with all others. */
  add<T>(thing: T, end: (thing: T) => unknown): T {
    this.#ends.push(() => end(thing));
    return thing;
  }

  /** Tries all, and then throws what went wrong first. */
  async end(): Promise<void> {
    const failed: unknown[] = [];
    for (const end of this.#ends.splice(0).reverse()) {
      try {
        await end();
      } catch (error) {
        failed.push(error);
      }
    }
    if (failed.length > 0) throw failed[0];
  }

  /** Does `work`, and ends everything that was added in it. */
  static async in<T>(work: (endings: Endings) => Promise<T>): Promise<T> {
    const endings = new Endings();
    try {
      return await work(endings);
    } finally {
      await endings.end();
    }
  }
}
