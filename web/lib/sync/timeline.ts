import type { Message } from '../api/types';

/** Messages kept while the newest is in view; and at most, while a person reads back. */
const followLimit = 300;
const hardLimit = 2000;

const byTime = (a: Message, b: Message) =>
  a.sentAt < b.sentAt ? -1 : a.sentAt > b.sentAt ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

/** A window on one conversation, oldest first, bounded. */
export class Timeline {
  items: Message[] = [];
  /** Older messages exist on the server. */
  more = true;
  /** The window ends at the newest message; else live messages wait on the server. */
  atLatest = true;
  /** True once the server's newest page is in. */
  fresh = false;
  loading: 'older' | 'latest' | null = null;
  error: string | null = null;
  private ids = new Map<string, Message>();

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
    if (this.more && first && byTime(message, first) < 0) return false;
    if (!this.atLatest) return false;
    if (this.items.length >= hardLimit) {
      this.atLatest = false;
      return true;
    }
    this.ids.set(message.id, message);
    this.insert(message);
    return true;
  }

  remove(id: string): void {
    if (this.ids.delete(id)) this.items = this.items.filter((item) => item.id !== id);
  }

  /** Takes the server's newest page. A remembered window that does not touch it is dropped. */
  replaceLatest(page: Message[], more: boolean): void {
    const touches = page.some((message) => this.ids.has(message.id));
    const newer = this.fresh ? this.items.filter((item) => item.rev > (page[0]?.rev ?? 0)) : [];
    if (!touches || !this.atLatest) {
      this.ids.clear();
      this.items = [];
      this.more = more;
    }
    this.atLatest = true;
    this.fresh = true;
    this.merge(page);
    this.merge(newer.filter((item) => !this.ids.has(item.id)));
  }

  /** Shows a stretch of the past. */
  replaceWith(items: Message[], more: boolean): void {
    this.ids.clear();
    this.items = [];
    this.merge(items);
    this.more = more;
    this.atLatest = false;
  }

  addOlder(page: Message[], more: boolean): void {
    this.merge(page);
    this.more = more;
    if (this.items.length > hardLimit) {
      for (const gone of this.items.splice(hardLimit)) this.ids.delete(gone.id);
      this.atLatest = false;
    }
  }

  /** Forgets the oldest while the newest is in view. */
  trim(): void {
    if (this.items.length <= followLimit + 100) return;
    for (const gone of this.items.splice(0, this.items.length - followLimit)) this.ids.delete(gone.id);
    this.more = true;
  }

  restore(items: Message[]): void {
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
