import { statfs } from 'node:fs/promises';
import { DomainError } from '../../core/errors.js';
import { errorText, type Log } from '../../core/log.js';

const MIB = 1024 * 1024;
const LOOK_MS = 1_000;
const RETRY_MS = 30_000;

type Free = () => Promise<number>;

/**
 * How much room the data folder's disk has left. Below the reserve no new work is accepted, so that what was accepted can
 * still be sent; below half of it nothing more is taken from the networks, which keep it. Looked at once a second at most.
 */
export class DiskRoom {
  #free = Number.POSITIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  /** @param reserve in bytes; 0 looks at nothing */
  constructor(
    private readonly free: Free,
    private readonly reserve: number,
    private readonly log: Log,
    private readonly now: () => number = () => performance.now(),
  ) {}

  static of(folder: string, reserveMib: number, log: Log): DiskRoom {
    const free = async () => {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    };
    return new DiskRoom(free, reserveMib * MIB, log);
  }

  /** @throws DomainError `no-room` where new work may not be accepted */
  async checkNewWork(): Promise<void> {
    await this.#look();
    if (this.#free >= this.reserve) return;
    throw new DomainError(
      'unavailable',
      'no-room',
      'The server’s disk is almost full. Nothing new is accepted until there is room again; what was accepted still goes out.',
      { retryAfterMs: RETRY_MS },
    );
  }

  /** Whether even what comes in has to wait, as far as is known. */
  get isFull(): boolean {
    void this.#look();
    return this.#free < this.reserve / 2;
  }

  /** For people: what is wrong, if anything is. */
  async trouble(): Promise<string | undefined> {
    await this.#look();
    if (this.#free >= this.reserve) return undefined;
    return `${Math.floor(this.#free / MIB)} MiB are left of ${Math.ceil(this.reserve / MIB)} MiB that are kept free`;
  }

  async #look(): Promise<void> {
    if (this.reserve === 0 || this.now() - this.#lookedAt < LOOK_MS) return;
    this.#looking ??= this.free()
      .then((free) => {
        this.#free = free;
      })
      .catch((error: unknown) => this.log.warn('the room on the disk is not known', { error: errorText(error) }))
      .finally(() => {
        this.#lookedAt = this.now();
        this.#looking = undefined;
      });
    await this.#looking;
  }
}
