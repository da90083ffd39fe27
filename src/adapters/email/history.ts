import type { SearchObject } from 'imapflow';
import { z } from 'zod';
import {
  AdapterError,
  type ChatId,
  type HistoryFrom,
  type HistoryPage,
  type Host,
  type Json,
  limits,
  type MessageEvent,
} from '../../sdk/index.js';
import type { Book } from './cursor.js';
import { addressOf, isMessageId } from './ids.js';
import type { Inbound } from './inbound.js';
import type { Folder, Mailbox, Outline } from './mailbox.js';
import { chunks } from './sync.js';

/** Where the next page begins: in each folder below this UID. */
const position = z.object({ below: z.record(z.string(), z.object({ uid: z.number(), validity: z.string() })) });
type Below = z.infer<typeof position>['below'];

const dayMs = 86_400_000;
/** A page reads no more than this. */
const maxPageBytes = 24 * 1024 * 1024;

type Pass = { below: Below; chat: ChatId; answered: string };
type Found = { folder: Folder; mail: Outline };

/** People whose mail is being paged through. */
const maxPasses = 200;

/**
 * Pages older mail of one chat out of the mailbox, newest first, a window of UIDs in each folder at a time. All that two
 * people wrote to each other is one pass, however many threads it is in: what belongs to their other chats is stored
 * there on the way, and each of these chats goes on where the last of them stopped.
 */
export class History {
  /** How far the pass through the mail with one person has come. */
  readonly #passes = new Map<string, Pass>();

  constructor(
    private readonly inbound: Inbound,
    private readonly book: Book,
    private readonly host: Pick<Host, 'deliver'>,
  ) {}

  async before(
    box: Mailbox,
    folders: readonly Folder[],
    chat: ChatId,
    from: HistoryFrom,
    limit: number,
    signal: AbortSignal,
  ): Promise<HistoryPage> {
    const partner = addressOf(chat) ?? this.#partner(chat);
    const stored = position.safeParse(from.position).data?.below;
    const below: Below = { ...(this.#passed(partner, chat, from.position) ?? stored) };
    const most = Math.max(1, Math.min(limit, limits.historyPage, 100));
    const query = (folder: Folder) => queryFor(chat, partner, folder);
    const found: Found[] = [];
    let more = false;
    for (const folder of folders) {
      giveUp(signal);
      const part = await this.#window(box, folder, query(folder), from, below[folder.path], most);
      below[folder.path] = { uid: part.below, validity: part.validity };
      found.push(...part.mails.map((mail) => ({ folder, mail })));
      more ||= part.more;
    }
    found.sort((a, b) => a.mail.at - b.mail.at || a.mail.uid - b.mail.uid);
    const page = withinBytes(found.slice(-most));
    more ||= page.length < found.length;
    const all = await this.#read(box, page, signal);
    const events = all.filter((event) => event.chat.id === chat);
    const siblings = all.filter((event) => event.chat.id !== chat && isBetween(event, partner));
    if (siblings.length > 0) await this.host.deliver(siblings);
    for (const { folder } of page) {
      const first = Math.min(...page.filter((one) => one.folder === folder).map((one) => one.mail.uid));
      below[folder.path] = { ...below[folder.path]!, uid: first };
    }
    const next: Json = { below };
    if (partner !== undefined) this.#notePass(partner, { below, chat, answered: JSON.stringify(next) });
    return { events, ...(more && page.length > 0 && { next }) };
  }

  /** Not where the page this chat was given last was never stored: it is asked for again. */
  #passed(partner: string | undefined, chat: ChatId, at: Json | undefined): Below | undefined {
    const pass = partner === undefined ? undefined : this.#passes.get(partner);
    return pass?.chat === chat && pass.answered !== JSON.stringify(at) ? undefined : pass?.below;
  }

  #notePass(partner: string, pass: Pass): void {
    this.#passes.delete(partner);
    this.#passes.set(partner, pass);
    for (const oldest of this.#passes.keys()) {
      if (this.#passes.size <= maxPasses) break;
      this.#passes.delete(oldest);
    }
  }

  /** The newest mails of a folder that may belong here and are older than what is known. */
  async #window(
    box: Mailbox,
    folder: Folder,
    query: SearchObject | undefined,
    from: HistoryFrom,
    start: Below[string] | undefined,
    most: number,
  ) {
    const { uidValidity, lastUid } = await box.enter(folder.path);
    const known = start?.validity === uidValidity ? start.uid : undefined;
    const until = from.oldest && known === undefined ? { before: new Date(from.oldest.at + 2 * dayMs) } : {};
    const uids = query ? await box.search(folder.path, { ...query, ...until }) : [];
    const older = uids.filter((uid) => uid < (known ?? lastUid + 1));
    const mails = await box.outlines(folder.path, older.slice(-most));
    return { mails, below: (older.at(-1) ?? 0) + 1, validity: uidValidity, more: older.length > most };
  }

  /** The one person of a thread that is a conversation of two. */
  #partner(chat: ChatId): string | undefined {
    const people = this.book.thread(chat)?.people ?? [];
    return people.length === 1 ? people[0] : undefined;
  }

  async #read(box: Mailbox, page: Found[], signal: AbortSignal): Promise<MessageEvent[]> {
    const events: MessageEvent[] = [];
    for (const folder of new Set(page.map((one) => one.folder))) {
      const mails = page.filter((one) => one.folder === folder).map((one) => one.mail);
      for (const chunk of chunks(
        mails.sort((a, b) => a.uid - b.uid),
        () => false,
      )) {
        giveUp(signal);
        for (const mail of await box.fetch(folder.path, chunk)) {
          const taken = { backfill: true, sent: folder.sent, history: true };
          for (const event of await this.inbound.events(mail, taken)) if (event.type === 'message') events.push(event);
        }
      }
    }
    return events.sort((a, b) => a.at - b.at);
  }
}

/** What to ask the server for: all mail with one person, or one thread. */
function queryFor(chat: ChatId, partner: string | undefined, folder: Folder): SearchObject | undefined {
  if (partner !== undefined) return folder.sent ? { to: partner } : { or: [{ from: partner }, { to: partner }] };
  if (!isMessageId(chat)) return undefined;
  return { or: ['message-id', 'references', 'in-reply-to'].map((name) => ({ header: { [name]: chat } })) };
}

/** Of a conversation of two with this person. */
function isBetween(event: MessageEvent, partner: string | undefined): boolean {
  if (partner === undefined || event.chat.kind !== 'direct') return false;
  return event.from === undefined ? addressOf(event.chat.id) === partner : event.from.id === partner;
}

/** The newest that fit into one page; at least one. */
function withinBytes(found: Found[]): Found[] {
  let bytes = 0;
  let from = found.length;
  while (from > 0) {
    bytes += Math.min(found[from - 1]!.mail.size, maxPageBytes);
    if (bytes > maxPageBytes && from < found.length) break;
    from -= 1;
  }
  return found.slice(from);
}

function giveUp(signal: AbortSignal): void {
  if (signal.aborted) throw new AdapterError('temporary', 'the search in the mailbox was given up');
}
