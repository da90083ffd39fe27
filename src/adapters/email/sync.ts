import { AdapterError, type Event, type Host } from '../../sdk/index.js';
import type { Place } from './cursor.js';
import { type Inbound, unreadable } from './inbound.js';
import type { Folder, Mailbox, Outline } from './mailbox.js';
import type { Config } from './settings.js';

const chunkMails = 25;
const chunkBytes = 4 * 1024 * 1024;

/**
 * Brings what is new in a folder to the host, in order, in chunks bounded in number and bytes. The position moves with
 * the chunk that is stored. A mail that breaks the fetch or the store again and again is passed over, visibly.
 */
export class Sync {
  /** How often fetching a chunk that began with this mail broke the connection. */
  readonly #failed = new Map<string, number>();

  constructor(
    private readonly host: Host,
    private readonly inbound: Inbound,
    private readonly config: Config,
    private readonly stopped: () => boolean,
  ) {}

  /** True where the folder is not the one the position was taken in: seen for the first time, or renumbered. */
  unknownPlace(folder: Folder, uidValidity: string): boolean {
    return this.inbound.book.places.get(folder.path)?.uidValidity !== uidValidity;
  }

  /** Takes a position in a folder seen for the first time, or again after its UIDs changed; stores history on the way. */
  async begin(box: Mailbox, folder: Folder): Promise<void> {
    const before = this.inbound.book.places.get(folder.path);
    const { uidValidity, lastUid, modseq } = await box.enter(folder.path);
    const end: Place = {
      uidValidity,
      lastUid,
      lastAt: before?.lastAt ?? this.host.clock.now(),
      fromUid: lastUid + 1,
      ...(modseq !== undefined && { modseq: modseq.toString() }),
    };
    // Mail already stored comes again here and is dropped by its id, which does not depend on UIDs.
    const found = before
      ? await box.since(folder.path, before.lastAt)
      : await box.newest(folder.path, this.config.now.backfill);
    const uids = found.filter((uid) => uid <= lastUid);
    const fromUid = uids[0] ?? lastUid + 1;
    const place = await this.#deliverAll(box, folder, uids, { ...end, fromUid, lastUid: fromUid - 1 }, !before);
    if (!this.stopped()) await this.#store([], folder, { ...end, fromUid, lastAt: place.lastAt });
  }

  /** Answers whether there was anything new. */
  async catchUp(box: Mailbox, folder: Folder): Promise<boolean> {
    const place = this.inbound.book.places.get(folder.path);
    const news = place ? await box.after(folder.path, place.lastUid) : [];
    if (place) await this.#deliverAll(box, folder, news, place, false);
    return news.length > 0;
  }

  /** Stores what is known of a folder besides its mail, with the events that told of it. */
  async note(folder: Folder, change: Partial<Place>, events: Event[]): Promise<void> {
    const place = this.inbound.book.places.get(folder.path);
    if (place) await this.#store(events, folder, { ...place, ...change });
  }

  async #deliverAll(box: Mailbox, folder: Folder, uids: number[], from: Place, backfill: boolean): Promise<Place> {
    let place = from;
    for (let i = 0; i < uids.length && !this.stopped(); i += 200) {
      const wanted = uids.slice(i, i + 200);
      const outlines = await box.outlines(folder.path, wanted);
      for (const chunk of chunks(outlines, (uid) => this.#failed.has(nameOf(folder, uid)))) {
        if (this.stopped()) return place;
        place = await this.#deliver(box, folder, chunk, place, backfill);
      }
    }
    return place;
  }

  async #deliver(box: Mailbox, folder: Folder, chunk: Outline[], place: Place, backfill: boolean): Promise<Place> {
    const last = chunk.at(-1)!;
    const next = { ...place, lastUid: last.uid, lastAt: Math.max(place.lastAt, last.at) };
    const events = await this.#read(box, folder, chunk, place, backfill);
    try {
      await this.#store(events, folder, next);
    } catch (error) {
      if (chunk.length > 1) {
        let at = place;
        for (const mail of chunk) at = await this.#deliver(box, folder, [mail], at, backfill);
        return at;
      }
      const why = `storing it failed: ${error instanceof Error ? error.message.slice(0, 200) : 'unknown error'}`;
      await this.#store([unreadable(idOf(folder, place, last.uid), last.at, why, backfill)], folder, next);
    }
    return next;
  }

  async #read(box: Mailbox, folder: Folder, chunk: Outline[], place: Place, backfill: boolean): Promise<Event[]> {
    const first = chunk[0]!;
    const tries = chunk.length === 1 ? (this.#failed.get(nameOf(folder, first.uid)) ?? 0) : 0;
    if (tries >= 5) {
      return [unreadable(idOf(folder, place, first.uid), first.at, 'the server could not hand it over', backfill)];
    }
    try {
      const mails = await box.fetch(folder.path, chunk, tries >= 3);
      for (const { uid } of chunk) this.#failed.delete(nameOf(folder, uid));
      const events: Event[] = [];
      for (const mail of mails) {
        const known = this.config.now.readState ? mail : { ...mail, seen: false };
        events.push(...(await this.inbound.events(known, { backfill, sent: folder.sent })));
      }
      return events;
    } catch (error) {
      if (!this.stopped()) {
        for (const { uid } of chunk) {
          const name = nameOf(folder, uid);
          this.#failed.set(name, (this.#failed.get(name) ?? 0) + 1);
        }
      }
      throw error;
    }
  }

  /** Waits out a store that is away, however long; throws where it answers but will not take these events. */
  async #store(events: Event[], folder: Folder, place: Place): Promise<void> {
    const { book } = this.inbound;
    for (let tries = 0, refusals = 0; ; tries++) {
      try {
        await this.host.deliver(events, book.at(folder.path, place));
        book.places.set(folder.path, place);
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

const nameOf = (folder: Folder, uid: number) => `${folder.path}:${uid}`;
const idOf = (folder: Folder, place: Place, uid: number) =>
  `uid:${place.uidValidity}:${uid}:${folder.path}`.slice(0, 512);

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
