import type { Timers } from '../../sdk/index.js';

const answerMs = 20_000;
const quietMs = 45_000;
const pongMs = 20_000;

export type LifePorts = {
  timers: Timers;
  ping(): void;
  /** Reading is held by us: silence proves nothing. */
  held(): boolean;
  fail(why: string): void;
};

/** Whether the other side is still there. */
export class Life {
  #heard = false;

  constructor(private readonly ports: LifePorts) {}

  /** Bytes came in. */
  hear(): void {
    this.#heard = true;
  }

  /** During the sign-in each pause is bounded. */
  awaitAnswer(): void {
    this.#heard = false;
    this.ports.timers.set('answer', answerMs, () => {
      if (this.#heard) this.awaitAnswer();
      else this.ports.fail(`did not answer within ${answerMs / 1000} s`);
    });
  }

  /** A dead peer is found within 45 s of silence and 20 s without an answer. */
  watch(): void {
    const { timers } = this.ports;
    this.#heard = false;
    timers.set('quiet', quietMs, () => {
      if (this.#lives) return this.watch();
      this.ports.ping();
      timers.set('quiet', pongMs, () => {
        if (this.#lives) this.watch();
        else this.ports.fail('stopped answering (ping timeout)');
      });
    });
  }

  get #lives(): boolean {
    return this.#heard || this.ports.held();
  }
}
