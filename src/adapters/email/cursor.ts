import { z } from 'zod';
import type { ChatId, Json } from '../../sdk/index.js';

/** What is needed to continue a chat: enough for the headers of the next mail in it. */
const thread = z.object({
  /** Message-IDs for References, oldest first; the last is what In-Reply-To names. Never empty. */
  refs: z.array(z.string()).min(1),
  /** Everybody who gets an answer, without us. */
  people: z.array(z.string()),
  /** Without any `Re:`. */
  subject: z.string(),
  /** More people than an answer may go to. */
  crowd: z.boolean().optional(),
});
export type Thread = z.infer<typeof thread>;

const cursor = z.object({
  uidValidity: z.string(),
  /** Every mail up to this one is stored. */
  lastUid: z.number().int().min(0),
  /** Arrival time of the newest stored mail, ms: where to begin again when the server has renumbered its mail. */
  lastAt: z.number(),
  threads: z.array(z.tuple([z.string(), thread])),
  /** Key of the Message-ID tokens: kept here so that it outlives a new sign-in, whose session brings another. */
  secret: z.string(),
});
export type Place = { uidValidity: string; lastUid: number; lastAt: number };

const maxThreads = 60;
const maxRefs = 6;

/** Position in the mailbox and the threads last written in. Older threads are looked up in the mailbox when needed. */
export class Book {
  place: Place | undefined;
  readonly secret: string;
  readonly #threads = new Map<ChatId, Thread>();

  constructor(stored: Json | undefined, secret: string) {
    const read = cursor.safeParse(stored);
    this.secret = read.data?.secret ?? secret;
    if (!read.success) return;
    const { threads, uidValidity, lastUid, lastAt } = read.data;
    this.place = { uidValidity, lastUid, lastAt };
    for (const [chat, entry] of threads.slice(-maxThreads)) this.#threads.set(chat, entry);
  }

  thread(chat: ChatId): Thread | undefined {
    return this.#threads.get(chat);
  }

  /** The chat whose recent mail this Message-ID is. */
  chatOfMessage(id: string): ChatId | undefined {
    for (const [chat, entry] of this.#threads) if (entry.refs.includes(id)) return chat;
    return undefined;
  }

  note(chat: ChatId, entry: Thread): void {
    this.#threads.delete(chat);
    const refs = entry.refs.length > maxRefs ? [entry.refs[0]!, ...entry.refs.slice(1 - maxRefs)] : entry.refs;
    this.#threads.set(chat, { ...entry, refs });
    for (const oldest of this.#threads.keys()) {
      if (this.#threads.size <= maxThreads) break;
      this.#threads.delete(oldest);
    }
  }

  /** The cursor as it will be once everything up to `place` is stored. */
  at(place: Place): Json {
    const threads: Json = [...this.#threads].map(([chat, entry]): Json => [chat, { ...entry }]);
    return { ...place, threads, secret: this.secret };
  }
}
