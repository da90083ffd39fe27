import { createHash } from 'node:crypto';
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
  /** When it was last written in, ms. */
  at: z.number().optional(),
});
export type Thread = z.infer<typeof thread>;

const place = z.object({
  uidValidity: z.string(),
  /** Every mail up to this one is stored. */
  lastUid: z.number().int().min(0),
  /** Arrival time of the newest stored mail, ms: where to begin again when the server has renumbered its mail. */
  lastAt: z.number(),
  /** The oldest mail that was taken over: what happens to those before it is of no interest. */
  fromUid: z.number().int().min(1).default(1),
  /** Every change of flags up to this one is known (RFC 7162); absent where the server does not count them. */
  modseq: z.string().optional(),
});
/** How far one folder is read. */
export type Place = z.infer<typeof place>;

const cursor = z.object({
  folders: z.array(z.tuple([z.string(), place])),
  threads: z.array(z.tuple([z.string(), thread])),
  placed: z.array(z.tuple([z.string(), z.array(z.string())])).default([]),
  /** Key of the Message-ID tokens: kept here so that it outlives a new sign-in, whose session brings another. */
  secret: z.string(),
});
/** As stored while the inbox was the only folder. */
const olderCursor = place
  .extend({ threads: cursor.shape.threads, secret: z.string() })
  .transform(({ threads, secret, ...inbox }) => {
    const folders: [string, Place][] = [['INBOX', inbox]];
    return { folders, threads, placed: [], secret };
  });

const maxThreads = 80;
const maxRefs = 6;
const maxPlaced = 400;
const fallbackMs = 14 * 86_400_000;
const hashOf = (id: string) => createHash('sha256').update(id).digest('base64url').slice(0, 12);

/**
 * How far each folder is read, the threads last written in, and where mails were put whose place does not follow from
 * their own headers. Older threads are looked up in the mailbox when needed.
 */
export class Book {
  readonly places = new Map<string, Place>();
  readonly secret: string;
  readonly #threads = new Map<ChatId, Thread>();
  /** The chat of a mail, by a hash of its id. */
  readonly #placed = new Map<string, ChatId>();

  constructor(stored: Json | undefined, secret: string) {
    const read = z.union([cursor, olderCursor]).safeParse(stored);
    this.secret = read.data?.secret ?? secret;
    if (!read.success) return;
    for (const [path, one] of read.data.folders) this.places.set(path, one);
    for (const [chat, entry] of read.data.threads.slice(-maxThreads)) this.#threads.set(chat, entry);
    for (const [chat, hashes] of read.data.placed) for (const hash of hashes) this.#placed.set(hash, chat);
  }

  thread(chat: ChatId): Thread | undefined {
    return this.#threads.get(chat);
  }

  /** The chat whose recent mail this Message-ID is. */
  chatOfMessage(id: string): ChatId | undefined {
    for (const [chat, entry] of this.#threads) if (entry.refs.includes(id)) return chat;
    return undefined;
  }

  /**
   * The thread that an answer without References most likely belongs to: the same subject, one of the same people, and
   * written in within two weeks.
   */
  chatBySubject(bare: string, people: readonly string[], at: number): ChatId | undefined {
    const wanted = bare.toLowerCase();
    for (const [chat, entry] of [...this.#threads].reverse()) {
      if (entry.subject.toLowerCase() !== wanted || entry.at === undefined) continue;
      if (Math.abs(at - entry.at) > fallbackMs) continue;
      if (people.some((one) => entry.people.includes(one))) return chat;
    }
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

  /** Where this mail was put before: the same mail in another folder, or read again, belongs there still. */
  placeOfMail(id: string): ChatId | undefined {
    return this.#placed.get(hashOf(id));
  }

  notePlace(id: string, chat: ChatId): void {
    const hash = hashOf(id);
    this.#placed.delete(hash);
    this.#placed.set(hash, chat);
    for (const oldest of this.#placed.keys()) {
      if (this.#placed.size <= maxPlaced) break;
      this.#placed.delete(oldest);
    }
  }

  /** The cursor as it will be once this folder is read up to `place`. */
  at(path: string, one: Place): Json {
    const folders: Json = [...new Map(this.places).set(path, one)].map(([name, value]): Json => [name, { ...value }]);
    const threads: Json = [...this.#threads].map(([chat, entry]): Json => [chat, { ...entry }]);
    const byChat = new Map<ChatId, string[]>();
    for (const [hash, chat] of this.#placed) byChat.set(chat, [...(byChat.get(chat) ?? []), hash]);
    return { folders, threads, placed: [...byChat], secret: this.secret };
  }
}
