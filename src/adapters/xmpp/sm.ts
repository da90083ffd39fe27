import type { Element } from '@xmpp/client';

export type Outgoing = {
  element: Element;
  /** Has been handed to a socket. */
  written: boolean;
  /** Nobody waits for it any more: it is not sent again. */
  dropped?: boolean;
  /** The server has taken it, or nobody knows. */
  settle?: (outcome: 'acked' | 'lost') => void;
};

/** Stanzas the server may leave unacknowledged before nothing more is taken. */
export const maxUnacked = 1_000;

/**
 * The counters of stream management (XEP-0198), which outlive a connection. A stanza that came in counts as handled only
 * once what it said is stored, in the order they came.
 */
export class StreamManagement {
  enabled = false;
  /** With it the session can be taken up again on another connection. */
  id: string | undefined;
  #unacked: Outgoing[] = [];
  #acked = 0;
  #handled = 0;
  readonly #handling: { done: boolean }[] = [];

  get handled(): number {
    return this.#handled;
  }

  get unacked(): number {
    return this.#unacked.length;
  }

  /** Begins counting; what was sent before does not count. */
  begin(id: string | undefined): void {
    this.enabled = true;
    this.id = id;
    this.#acked = 0;
    this.#handled = 0;
    this.#handling.length = 0;
  }

  /** Answers what to call when what this stanza said is stored. */
  received(): () => void {
    const mark = { done: false };
    if (!this.enabled) return () => {};
    this.#handling.push(mark);
    return () => {
      mark.done = true;
      while (this.#handling[0]?.done) {
        this.#handling.shift();
        this.#handled = (this.#handled + 1) % 2 ** 32;
      }
    };
  }

  sent(outgoing: Outgoing): void {
    this.#unacked.push(outgoing);
  }

  /** The server has handled this many of ours. A count that cannot be is ignored. */
  ack(h: number): void {
    const count = (h - this.#acked + 2 ** 32) % 2 ** 32;
    if (!Number.isSafeInteger(h) || h < 0 || count > this.#unacked.length) return;
    this.#acked = h;
    for (const outgoing of this.#unacked.splice(0, count)) outgoing.settle?.('acked');
  }

  /** After resumption: what the server has not had, to be sent again, without what nobody waits for any more. */
  again(): Outgoing[] {
    this.#unacked = this.#unacked.filter((outgoing) => !outgoing.dropped);
    return [...this.#unacked];
  }

  /** The session is gone. */
  lose(): void {
    this.enabled = false;
    this.id = undefined;
    for (const outgoing of this.#unacked.splice(0)) outgoing.settle?.('lost');
  }
}
