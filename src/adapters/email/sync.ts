import { AdapterError, type Event, type Host } from '../../sdk/index.js';
import type { Place } from './cursor.js';
import { type Inbound, unreadable } from './inbound.js';
import type { Mailbox, Outline } from './mailbox.js';

const chunkMails = 25;
const chunkBytes = 4 * 1024 * 1024;

/**
 * Brings what is new in the inbox to the host, in order, in chunks bounded in number and bytes. The position moves with
 * the chunk that is stored. A mail that breaks the fetch or the store again and again is passed over, visibly.
 */
export class Sync {
  /** How often fetching a chunk that began with this UID broke the connection. */
  readonly #failed = new Map<number, number>();

  constructor(
    private readonly host: Host,
    private readonly inbound: Inbound,
    private readonly settings: { backfill: number },
    private readonly stopped: () => boolean,
  ) {}

  /** True where the mailbox is not the one the position was taken in: first sign-in, or the server renumbered its mail. */
  unknownPlace(box: Mailbox): boolean {
    return this.inbound.book.place?.uidValidity !== box.uidValidity;
  }

  /** Takes a position in a mailbox seen for the first time, or again after its UIDs changed; stores history on the way. */
  async begin(box: Mailbox): Promise<void> {
    const before = this.inbound.book.place;
    const end: Place = {
      uidValidity: box.uidValidity,
      lastUid: box.lastUid,
      lastAt: before?.lastAt ?? this.host.clock.now(),
    };
    // Mail already stored comes again here and is dropped by its id, which does not depend on UIDs.
    const uids = before ? await box.since(before.lastAt) : await box.newest(this.settings.backfill);
    const start = { ...end, lastUid: Math.min(uids[0] ?? end.lastUid + 1, end.lastUid + 1) - 1 };
    await this.#deliverAll(
      box,
      uids.filter((uid) => uid <= end.lastUid),
      start,
      before === undefined,
    );
    if (!this.stopped()) await this.#store([], end);
  }

  async catchUp(box: Mailbox): Promise<void> {
    const place = this.inbound.book.place;
    if (!place) return;
    await this.#deliverAll(box, await box.after(place.lastUid), place, false);
  }

  async #deliverAll(box: Mailbox, uids: number[], from: Place, backfill: boolean): Promise<void> {
    let place = from;
    for (let i = 0; i < uids.length && !this.stopped(); i += 200) {
      const wanted = uids.slice(i, i + 200);
      const outlines = await box.outlines(wanted);
      for (const chunk of chunks(outlines, (uid) => this.#failed.has(uid))) {
        if (this.stopped()) return;
        place = await this.#deliver(box, chunk, place, backfill);
      }
    }
  }

  async #deliver(box: Mailbox, chunk: Outline[], place: Place, backfill: boolean): Promise<Place> {
    const last = chunk.at(-1)!;
    const next = { ...place, lastUid: last.uid, lastAt: Math.max(place.lastAt, last.at) };
    const events = await this.#read(box, chunk, place, backfill);
    try {
      await this.#store(events, next);
    } catch (error) {
      if (chunk.length > 1) {
        let at = place;
        for (const mail of chunk) at = await this.#deliver(box, [mail], at, backfill);
        return at;
      }
      const why = `storing it failed: ${error instanceof Error ? error.message.slice(0, 200) : 'unknown error'}`;
      await this.#store([unreadable(`uid:${place.uidValidity}:${last.uid}`, last.at, why, backfill)], next);
    }
    return next;
  }

  async #read(box: Mailbox, chunk: Outline[], place: Place, backfill: boolean): Promise<Event[]> {
    const tries = chunk.length === 1 ? (this.#failed.get(chunk[0]!.uid) ?? 0) : 0;
    if (tries >= 5) {
      const { uid, at } = chunk[0]!;
      return [unreadable(`uid:${place.uidValidity}:${uid}`, at, 'the server could not hand it over', backfill)];
    }
    try {
      const mails = await box.fetch(chunk, tries >= 3);
      for (const { uid } of chunk) this.#failed.delete(uid);
      const events: Event[] = [];
      for (const mail of mails) events.push(...(await this.inbound.events(mail, backfill)));
      return events;
    } catch (error) {
      if (!this.stopped()) for (const { uid } of chunk) this.#failed.set(uid, (this.#failed.get(uid) ?? 0) + 1);
      throw error;
    }
  }

  /** Waits out a store that is away, however long; throws where it answers but will not take these events. */
  async #store(events: Event[], place: Place): Promise<void> {
    for (let tries = 0, refusals = 0; ; tries++) {
      try {
        await this.host.deliver(events, this.inbound.book.at(place));
        this.inbound.book.place = place;
        return;
      } catch (error) {
        if (this.stopped()) throw error;
        const away = error instanceof AdapterError && error.kind === 'temporary';
        if (!away && ++refusals >= 3) throw error;
        this.host.log.warn('incoming mail could not be stored yet', { tries: tries + 1 });
        await this.#pause(Math.min(30_000, 500 * 2 ** Math.min(tries, 6)));
        if (this.stopped()) throw error;
      }
    }
  }

  #wake: (() => void) | undefined;

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.host.clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Ends a wait for the store. */
  wake(): void {
    this.#wake?.();
  }
}

/** Groups mails to be fetched together; a suspect one goes alone. */
export function chunks(mails: Outline[], suspect: (uid: number) => boolean): Outline[][] {
  const groups: Outline[][] = [];
  let bytes = 0;
  let closed = true;
  for (const mail of mails) {
    const alone = suspect(mail.uid);
    const group = groups.at(-1);
    if (!group || closed || alone || group.length >= chunkMails || bytes + mail.size > chunkBytes) {
      groups.push([mail]);
      bytes = mail.size;
    } else {
      group.push(mail);
      bytes += mail.size;
    }
    closed = alone;
  }
  return groups;
}
