import type { Message } from '../api/types';

/** Messages kept while the newest is in view; and at most, while a person reads back. */
const followLimit = 300;
const hardLimit = 2000;
/** Of that, what is left free for live messages by somebody who reads on to the newest. */
const slack = 200;
/** Live messages kept while the page that ends with the newest is on its way. */
const lateLimit = 200;

const byTime = (a: Message, b: Message) =>
  a.sentAt < b.sentAt ? -1 : a.sentAt > b.sentAt ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

/** `unavailable`: there may be more, and nobody can be asked now. */
export type History = 'more' | 'end' | 'unavailable';

/** What a page of messages says of what lies before it. */
export type Before = { stored: boolean; history: History | null };

/** What is drawn of a timeline. */
export type Shown = Readonly<
  Pick<Timeline, 'items' | 'more' | 'history' | 'fruitless' | 'atLatest' | 'fresh' | 'loading' | 'error'>
>;

/** A window on one conversation, oldest first, bounded. */
export class Timeline {
  items: Message[] = [];
  /** Older messages exist on the server, or at a network that can be asked. */
  more = true;
  /** What the networks have beyond what is stored; null while the server's own store goes on. */
  history: History | null = null;
  /** Times in a row that a network had nothing for us and still has more. */
  fruitless = 0;
  /** The window ends at the newest message; else live messages wait on the server. */
  atLatest = true;
  /** True once the server's newest page is in. */
  fresh = false;
  loading: 'older' | 'newer' | 'latest' | null = null;
  error: string | null = null;
  /** Newer ones are not asked for again before, after the server could not be reached. */
  restsUntil = 0;
  /** Grows when the window is moved elsewhere: a page asked for before is of no use after. */
  moves = 0;
  private ids = new Map<string, Message>();
  /** Came in live while the newest page was on its way, which may not have it yet. */
  private arrived = new Set<string>();
  /** Came in live below the window while a page of newer ones was on its way. */
  private late: Message[] = [];

  /** As it is now, whatever becomes of it. */
  shown(): Shown {
    const { items, more, history, fruitless, atLatest, fresh, loading, error } = this;
    return { items: [...items], more, history, fruitless, atLatest, fresh, loading, error };
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  get(id: string): Message | undefined {
    return this.ids.get(id);
  }

  /** Puts a message in its place; answers whether anything changed. */
  put(message: Message): boolean {
    const known = this.ids.get(message.id);
    if (known) {
      if (known.rev > message.rev) return false;
      this.ids.set(message.id, message);
      this.items = this.items.map((item) => (item.id === message.id ? message : item));
      if (known.sentAt !== message.sentAt) this.items.sort(byTime);
      return true;
    }
    const first = this.items[0];
    const last = this.items.at(-1);
    if ((this.more || this.history === 'unavailable') && first && byTime(message, first) < 0) return false;
    if (!this.atLatest && (!last || byTime(message, last) > 0)) {
      if (this.loading === 'newer' && this.late.length < lateLimit) this.late.push(message);
      return false;
    }
    if (this.items.length >= hardLimit) {
      this.atLatest = false;
      return true;
    }
    this.ids.set(message.id, message);
    this.insert(message);
    if (this.loading === 'latest') this.arrived.add(message.id);
    return true;
  }

  remove(id: string): void {
    this.arrived.delete(id);
    if (this.ids.delete(id)) this.items = this.items.filter((item) => item.id !== id);
  }

  /** Takes the server's newest page in the place of what was shown; only what came in meanwhile stays. */
  replaceLatest(page: Message[], before: Before): void {
    const onPage = new Set(page.map((message) => message.id));
    const oldest = before.stored ? page.at(-1) : undefined;
    const within = (item: Message) => !oldest || byTime(item, oldest) > 0;
    const kept = this.items.filter((item) => onPage.has(item.id) || (this.arrived.has(item.id) && within(item)));
    this.reset(kept);
    this.merge(page);
    this.look(before);
    this.fruitless = 0;
    this.atLatest = true;
    this.fresh = true;
  }

  /** Shows a stretch of the past; of all, if it ends with the newest. */
  replaceWith(items: Message[], before: Before, atLatest: boolean): void {
    this.forsake();
    this.reset(items);
    this.look(before);
    this.atLatest = atLatest;
    this.fresh = true;
  }

  /** Gives up what is being loaded. */
  forsake(): void {
    this.moves += 1;
    this.loading = null;
    this.late = [];
  }

  /** Goes on towards now, forgetting the oldest past the limit. */
  addNewer(page: Message[], atLatest: boolean): void {
    const { late } = this;
    this.late = [];
    this.merge(page);
    // More than could be kept came meanwhile: the next page brings them.
    this.atLatest = atLatest && late.length < lateLimit;
    if (this.items.length > hardLimit - slack) this.forgetOldest(this.items.length - hardLimit + slack);
    if (this.atLatest) for (const message of late) this.put(message);
  }

  addOlder(page: Message[], before: Before): void {
    this.merge(page);
    this.look(before);
    this.fruitless = page.length === 0 && this.more ? this.fruitless + 1 : 0;
    if (this.items.length > hardLimit) {
      for (const gone of this.items.splice(hardLimit)) this.ids.delete(gone.id);
      this.atLatest = false;
    }
  }

  /** A network that was away may be asked again. */
  askAgain(): void {
    if (this.history === 'unavailable') {
      this.history = 'more';
      this.more = true;
    }
    this.fruitless = 0;
  }

  private look({ stored, history }: Before): void {
    this.more = stored || history === 'more';
    this.history = stored ? null : history;
  }

  /** Forgets the oldest while the newest is in view. */
  trim(): void {
    if (!this.atLatest || this.items.length <= followLimit + 100) return;
    this.forgetOldest(this.items.length - followLimit);
  }

  private forgetOldest(count: number): void {
    for (const gone of this.items.splice(0, count)) this.ids.delete(gone.id);
    this.more = true;
    this.history = null;
  }

  restore(items: Message[]): void {
    this.merge(items);
  }

  private reset(items: Message[]): void {
    this.ids.clear();
    this.arrived.clear();
    this.merge(items);
  }

  private merge(page: Message[]): void {
    for (const message of page) {
      const known = this.ids.get(message.id);
      if (!known || known.rev <= message.rev) this.ids.set(message.id, message);
    }
    this.items = [...this.ids.values()].sort(byTime);
  }

  private insert(message: Message): void {
    let at = this.items.length;
    while (at > 0 && byTime(this.items[at - 1] as Message, message) > 0) at -= 1;
    this.items.splice(at, 0, message);
  }
}
