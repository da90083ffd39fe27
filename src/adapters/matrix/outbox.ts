import type { Event, Host, Json } from '../../sdk/index.js';

const most = { events: 500, bytes: 16 * 1024 * 1024 };

/** Events on their way to storage, in order and in calls of bounded size. */
export class Outbox {
  #events: Event[] = [];
  #bytes = 0;

  constructor(
    private readonly host: Pick<Host, 'deliver'>,
    /** Runs before each call: what the events depend on is stored first. */
    private readonly before: () => Promise<void>,
  ) {}

  async add(events: readonly Event[]): Promise<void> {
    for (const event of events) {
      this.#events.push(event);
      this.#bytes += sizeOf(event);
      if (this.#events.length >= most.events || this.#bytes >= most.bytes) await this.flush();
    }
  }

  /** `cursor`: our place once all that was added is stored. */
  async flush(cursor?: Json): Promise<void> {
    const events = this.#events;
    this.#events = [];
    this.#bytes = 0;
    await this.before();
    if (events.length === 0 && cursor === undefined) return;
    await (cursor === undefined ? this.host.deliver(events) : this.host.deliver(events, cursor));
  }
}

const sizeOf = (event: Event): number => {
  if (event.type === 'contact') return event.avatar?.content.length ?? 0;
  return event.type === 'message' ? (event.attachments ?? []).reduce((sum, one) => sum + one.size, 0) : 0;
};
