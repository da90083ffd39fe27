import type { Event } from '../../sdk/index.js';
import { AdapterError } from '../../sdk/index.js';
import { type Archives, isGone, type Page } from './archive.js';
import type { Cursor } from './cursor.js';
import type { Envelope } from './inbound.js';
import type { Pump } from './pump.js';
import { StanzaError } from './wire.js';

/** How much of an archive is fetched when it is seen for the first time. */
const firstPage = 50;
/** No archive is longer than this between two visits; a server that says so has lost its mind. */
const maxPages = 10_000;

export type SyncPorts = {
  archives: Archives;
  cursor: Cursor;
  pump: Pump;
  /** The server's time now. */
  serverNow(): number;
  read(envelope: Envelope): Event[] | Promise<Event[]>;
};

/** Catches up with an archive: from where it was left to its end, page by page, each stored before the next is asked for. */
export class Sync {
  readonly #caughtUp = new Set<string>();

  constructor(private readonly ports: SyncPorts) {}

  /** Live messages move the place only where nothing is missing before them. */
  isCaughtUp(archive: string): boolean {
    return this.#caughtUp.has(archive);
  }

  /** @throws AdapterError `temporary` where it was interrupted; it goes on from there next time */
  async run(archive: string, room?: string): Promise<void> {
    this.#caughtUp.delete(archive);
    const of = room === undefined ? {} : { room };
    const place = this.ports.cursor.of(archive);
    try {
      if (place) await this.#forward(archive, of);
      else await this.#begin(archive, of);
    } catch (error) {
      // An archive that is not given to us is none.
      if (!(error instanceof StanzaError)) throw error;
    }
    this.#caughtUp.add(archive);
  }

  async #begin(archive: string, of: { room?: string }): Promise<void> {
    const page = await this.ports.archives.page({ ...of, before: '', max: firstPage });
    await this.#store(archive, page, true);
  }

  async #forward(archive: string, of: { room?: string }): Promise<void> {
    for (let pages = 0; pages < maxPages; pages++) {
      const place = this.ports.cursor.of(archive);
      if (!place) return;
      let page: Page;
      try {
        page = await this.ports.archives.page({
          ...of,
          ...(place.id === undefined ? { start: place.at } : { after: place.id }),
        });
      } catch (error) {
        if (!isGone(error) || place.id === undefined) throw error;
        // What we read last has been removed meanwhile: its time still says where to begin.
        this.ports.cursor.move(archive, { at: place.at });
        continue;
      }
      await this.#store(archive, page, false);
      if (page.complete || this.ports.cursor.of(archive)?.id === place.id) return;
    }
  }

  #store(archive: string, { messages: asTold, last }: Page, backfill: boolean): Promise<void> {
    const { cursor, pump, read, serverNow } = this.ports;
    const messages = inOrder(asTold, cursor.of(archive)?.at ?? 0);
    const at = messages.at(-1)?.stamp ?? cursor.of(archive)?.at ?? serverNow();
    const id = last ?? messages.at(-1)?.archive ?? cursor.of(archive)?.id;
    return new Promise((resolve, reject) => {
      const all = messages.map((message) => read(backfill ? { ...message, backfill: true } : message));
      const events = all.some((one) => !Array.isArray(one))
        ? Promise.all(all).then((lists) => lists.flat())
        : (all as Event[][]).flat();
      const taken = pump.push({
        events,
        mark: () => cursor.move(archive, id === undefined ? { at } : { id, at }),
        stored: resolve,
        dropped: () => reject(new AdapterError('temporary', 'the account is stopped')),
      });
      if (!taken) reject(new AdapterError('temporary', 'the account is stopped'));
    });
  }
}

/** Some archives tell time in whole seconds: within one, a message is no earlier than the one before it. */
function inOrder(messages: Envelope[], after: number): Envelope[] {
  let earliest = after;
  return messages.map((message) => {
    const { stamp } = message;
    if (stamp === undefined) return message;
    if (stamp >= earliest || earliest - stamp >= 1_000) earliest = stamp;
    return { ...message, stamp: earliest };
  });
}
