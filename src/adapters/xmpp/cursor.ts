import { z } from 'zod';
import type { Json, JsonObject } from '../../sdk/index.js';

/** How far an archive has been read: its id of the last message, and the server's time of it. */
const place = z.object({ id: z.string().optional(), at: z.number() });
export type Place = z.infer<typeof place>;
const stored = z.object({ v: z.literal(1), archives: z.record(z.string(), place) });

/** Archives whose place is kept: our own, and those of the rooms last joined. */
const most = 600;

/** What is stored with the events: how far each archive has been read. */
export class Cursor {
  readonly #places: Map<string, Place>;

  constructor(json: Json | undefined) {
    const read = stored.safeParse(json);
    this.#places = new Map(read.success ? Object.entries(read.data.archives) : []);
  }

  of(archive: string): Place | undefined {
    return this.#places.get(archive);
  }

  move(archive: string, to: Place): void {
    this.#places.delete(archive);
    this.#places.set(archive, to);
    for (const oldest of this.#places.keys()) {
      if (this.#places.size <= most) break;
      this.#places.delete(oldest);
    }
  }

  json(): Json {
    const archives: JsonObject = {};
    for (const [jid, { id, at }] of this.#places) archives[jid] = id === undefined ? { at } : { id, at };
    return { v: 1, archives };
  }
}
