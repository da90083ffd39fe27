/** Told in turns of their own: many rows hang on each of these. */
const listTopics: ReadonlySet<string> = new Set(['accounts', 'contacts', 'conversations', 'broadcasts']);
/** Lists that change all the time are drawn this often; where they are long in drawing, so many times as seldom as that takes. */
const listsMs = 150;
const listsRest = 4;
const longestListsMs = 400;
/** Of a page that nobody sees, and at the latest of one whose next frame does not come, for it is seen no more. */
const hiddenMs = 250;
const lateMs = 1000;
/** A frame that took longer than this is followed by a rest half as long, so that the page answers its user meanwhile. */
const frameMs = 16;
const restShare = 1 / 2;
const longestRestMs = 200;

type Lane = { waiting: Set<string>; everyMs: number; toldAt: number; heldUpMs: number };
/** Tells of topics; `drawn` is called once what hears of them is drawn. */
export type Tell = (topics: ReadonlySet<string>, drawn: () => void) => void;

function waitOf({ everyMs, toldAt, heldUpMs }: Lane, now: number): number {
  const rest = everyMs === 0 ? 0 : Math.max(everyMs, Math.min(longestListsMs, heldUpMs * listsRest));
  return Math.min(rest, toldAt + rest - now);
}
const lane = (everyMs: number): Lane => ({
  ...{ waiting: new Set(), everyMs },
  ...{ toldAt: Number.NEGATIVE_INFINITY, heldUpMs: 0 },
});
const nothing = () => {};

/**
 * When changes are told: right after the next frame, in turns so small that none holds up the page. What is in a conversation
 * and what is in the lists is never told in one turn, and none before what was told last is seen.
 */
export class Telling {
  private readonly conversation = lane(0);
  private readonly lists = lane(listsMs);
  private timers: ReturnType<typeof setTimeout>[] = [];
  private asked: number | undefined;
  /** The turn that is being drawn, or rested from. */
  private drawing: object | null = null;

  constructor(private readonly tell: Tell) {}

  add(topic: string): void {
    const { waiting } = listTopics.has(topic) ? this.lists : this.conversation;
    const first = waiting.size === 0;
    waiting.add(topic);
    if (first) this.schedule();
  }

  /** Nothing of a conversation waits, or is being drawn. */
  get isTold(): boolean {
    return this.conversation.waiting.size === 0 && this.drawing === null;
  }

  /** For how long the last turn of a conversation kept the page from its user, with its frame, in ms. */
  get heldUpMs(): number {
    return this.conversation.heldUpMs;
  }

  /** All that waits, without waiting longer. */
  now(): void {
    for (const one of [this.conversation, this.lists]) this.turn(one, nothing);
  }

  private schedule(): void {
    this.forget();
    const waiting = [this.conversation, this.lists].filter((one) => one.waiting.size > 0);
    if (this.drawing || waiting.length === 0) return;
    const now = performance.now();
    const early = Math.min(...waiting.map((one) => waitOf(one, now)));
    if (document.hidden) this.after(hiddenMs, () => this.frame());
    else if (early > frameMs) this.after(early - frameMs, () => this.schedule());
    else {
      // After the frame, not in it: what is told and what is painted are turns of their own.
      this.asked = requestAnimationFrame(() => this.after(0, () => this.frame()));
      this.after(lateMs, () => this.frame());
    }
  }

  private frame(): void {
    this.forget();
    const began = performance.now();
    const due = this.due(began);
    const turns = document.hidden ? due : due.slice(0, 1);
    const mine = {};
    this.drawing = mine;
    // Whoever draws it may be gone.
    setTimeout(() => this.again(mine), lateMs);
    let left = turns.length;
    let toldMs: number | null = null;
    const seen = () => {
      if (left === 0 && toldMs !== null) this.rest(mine, turns, toldMs);
    };
    const drawn = () => {
      left -= 1;
      seen();
    };
    try {
      for (const one of turns) this.turn(one, drawn);
    } finally {
      toldMs = performance.now() - began;
      seen();
    }
  }

  /** Until what is drawn is painted, and half as long again as that, or a drawing in one go, held up the page. */
  private rest(mine: object, turns: Lane[], toldMs: number): void {
    const painted = (began: number) => {
      const heldUpMs = Math.max(toldMs, performance.now() - began);
      for (const one of turns) one.heldUpMs = heldUpMs;
      const restMs = heldUpMs > frameMs ? Math.min(longestRestMs, heldUpMs * restShare) : 0;
      setTimeout(() => this.again(mine), restMs);
    };
    if (document.hidden) setTimeout(() => this.again(mine));
    else
      requestAnimationFrame(() => {
        const began = performance.now();
        setTimeout(() => painted(began));
      });
  }

  private again(mine: object): void {
    if (this.drawing !== mine) return;
    this.drawing = null;
    // The frame that others wait for has been painted just now.
    if (!document.hidden && this.due(performance.now()).length > 0) this.frame();
    else this.schedule();
  }

  /** Those whose turn it is, the one that was told longest ago first. */
  private due(now: number): Lane[] {
    return [this.conversation, this.lists]
      .filter((one) => one.waiting.size > 0 && (document.hidden || waitOf(one, now) <= frameMs))
      .sort((a, b) => a.toldAt - b.toldAt);
  }

  private turn(one: Lane, drawn: () => void): void {
    if (one.waiting.size === 0) return;
    const topics = one.waiting;
    one.waiting = new Set();
    one.toldAt = performance.now();
    this.tell(topics, drawn);
  }

  private after(ms: number, work: () => void): void {
    this.timers.push(setTimeout(work, ms));
  }

  private forget(): void {
    if (this.asked !== undefined) cancelAnimationFrame(this.asked);
    this.asked = undefined;
    for (const timer of this.timers.splice(0)) clearTimeout(timer);
  }
}
