import type { Change, Frame } from '../api/types';
import { applyChange, applyFrame, reach } from './apply';
import { store } from './store';

/** Messages of what is in view that are drawn in one turn, as many as this page draws in so long. */
const inOneTurn = { least: 4, most: 24, oneMoreMs: 60, lessMs: 80 };
/** Of a long queue a share at least, so that it never grows longer. */
const share = 1 / 6;
/** Longer at a stretch, and the page would be held up. */
const stretchMs = 8;

const isSeen = ({ kind, value }: Change): boolean =>
  kind === 'message' && value !== null && store.shown.has(value.conversationId);

/**
 * Takes what the server says in its order, in turns: news that comes thick and fast, as after a pause of the network, is
 * drawn bit by bit.
 */
export class Intake {
  private waiting: Frame[] = [];
  /** Changes of the first of them that are taken already. */
  private taken = 0;
  private seen = 0;
  private inOneTurn = inOneTurn.least;
  private timer: ReturnType<typeof setTimeout> | undefined;

  take(frame: Frame): void {
    this.waiting.push(frame);
    if (frame.type === 'changes') this.seen += frame.changes.filter(isSeen).length;
    if (this.timer === undefined) this.turn();
  }

  /** What waits is given up; whoever asks from the revision that was reached gets it again. */
  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = [];
    this.taken = 0;
    this.seen = 0;
  }

  private turn(): void {
    this.timer = undefined;
    const end = performance.now() + stretchMs;
    let left = document.hidden ? Number.POSITIVE_INFINITY : Math.max(this.inOneTurn, Math.ceil(this.seen * share));
    while (this.waiting.length > 0 && left > 0 && performance.now() < end) left -= this.step();
    if (this.waiting.length > 0) this.later();
    else this.seen = 0;
  }

  /** Once what was taken is drawn. */
  private later(): void {
    this.timer = setTimeout(() => {
      if (!store.isTold && !document.hidden) return this.later();
      this.learn();
      this.turn();
    }, 8);
  }

  private learn(): void {
    const { least, most, oneMoreMs, lessMs } = inOneTurn;
    if (store.heldUpMs > lessMs) this.inOneTurn = Math.max(least, this.inOneTurn >> 1);
    else if (store.heldUpMs < oneMoreMs) this.inOneTurn = Math.min(most, this.inOneTurn + 1);
  }

  /** Takes the next change; answers how many messages in view that was. */
  private step(): number {
    const [frame] = this.waiting;
    if (frame?.type !== 'changes') {
      this.waiting.shift();
      if (frame) applyFrame(frame);
      return 0;
    }
    const change = frame.changes[this.taken];
    this.taken += 1;
    if (change) applyChange(change);
    if (this.taken >= frame.changes.length) {
      reach(frame.rev);
      this.waiting.shift();
      this.taken = 0;
    }
    if (!change || !isSeen(change)) return 0;
    this.seen -= 1;
    return 1;
  }
}
