/**
 * One after the other for each user. What is done in bulk writes to the database so: whatever else the user does waits
 * for one such write at most, not for a dozen that wait for the same row.
 */
export class InTurn {
  readonly #last = new Map<string, Promise<unknown>>();

  run<T>(userId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(userId) ?? Promise.resolve();
    const doing = before.then(work);
    const done: Promise<void> = doing
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        if (this.#last.get(userId) === done) this.#last.delete(userId);
      });
    this.#last.set(userId, done);
    return doing;
  }
}
