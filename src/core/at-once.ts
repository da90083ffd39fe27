/** Work that each user may have so much of at once; what is beyond is refused, not queued. */
export class AtOnce {
  readonly #busy = new Map<string, number>();

  constructor(
    private readonly most: number,
    private readonly refusal: () => Error,
  ) {}

  async run<T>(userId: string, work: () => Promise<T>): Promise<T> {
    const busy = this.#busy.get(userId) ?? 0;
    if (busy >= this.most) throw this.refusal();
    this.#busy.set(userId, busy + 1);
    try {
      return await work();
    } finally {
      const left = (this.#busy.get(userId) ?? 1) - 1;
      if (left > 0) this.#busy.set(userId, left);
      else this.#busy.delete(userId);
    }
  }
}
