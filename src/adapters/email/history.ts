import type { SearchObject } from 'imapflow';
import { z } from 'zod';
import {
  AdapterError,
  type ChatId,
  type Event,
  type HistoryFrom,
  type HistoryPage,
  type Json,
  limits,
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

type Found = { folder: Folder; mail: Outline };

/** Pages older mail of one chat out of the mailbox, newest first, a window of UIDs in each folder at a time. */
export class History {
  constructor(
    private readonly inbound: Inbound,
    private readonly book: Book,
  ) {}

  async before(
    box: Mailbox,
    folders: readonly Folder[],
    chat: ChatId,
    from: HistoryFrom,
    limit: number,
    signal: AbortSignal,
  ): Promise<HistoryPage> {
    const below: Below = { ...position.safeParse(from.position).data?.below };
    const most = Math.max(1, Math.min(limit, limits.historyPage, 100));
    const found: Found[] = [];
    let more = false;
    for (const folder of folders) {
      giveUp(signal);
      const part = await this.#window(box, folder, chat, from, below[folder.path], most);
      below[folder.path] = { uid: part.below, validity: part.validity };
      found.push(...part.mails.map((mail) => ({ folder, mail })));
      more ||= part.more;
    }
    found.sort((a, b) => a.mail.at - b.mail.at || a.mail.uid - b.mail.uid);
    const page = withinBytes(found.slice(-most));
    more ||= page.length < found.length;
    const events = await this.#read(box, page, chat, signal);
    for (const { folder } of page) {
      const first = Math.min(...page.filter((one) => one.folder === folder).map((one) => one.mail.uid));
      below[folder.path] = { ...below[folder.path]!, uid: first };
    }
    const next: Json = { below };
    return { events, ...(more && page.length > 0 && { next }) };
  }

  /** The newest mails of a folder that may belong here and are older than what is known. */
  async #window(
    box: Mailbox,
    folder: Folder,
    chat: ChatId,
    from: HistoryFrom,
    start: Below[string] | undefined,
    most: number,
  ) {
    const { uidValidity, lastUid } = await box.enter(folder.path);
    const known = start?.validity === uidValidity ? start.uid : undefined;
    const until = from.oldest && known === undefined ? { before: new Date(from.oldest.at + 2 * dayMs) } : {};
    const query = this.#query(chat, folder);
    const uids = query ? await box.search(folder.path, { ...query, ...until }) : [];
    const older = uids.filter((uid) => uid < (known ?? lastUid + 1));
    const mails = await box.outlines(folder.path, older.slice(-most));
    return { mails, below: (older.at(-1) ?? 0) + 1, validity: uidValidity, more: older.length > most };
  }

  /** What to ask the server for: all mail with one person, or one thread. */
  #query(chat: ChatId, folder: Folder): SearchObject | undefined {
    const alone = addressOf(chat) ?? this.#partner(chat);
    if (alone !== undefined) return folder.sent ? { to: alone } : { or: [{ from: alone }, { to: alone }] };
    if (!isMessageId(chat)) return undefined;
    return { or: ['message-id', 'references', 'in-reply-to'].map((name) => ({ header: { [name]: chat } })) };
  }

  /** The one person of a thread that is a conversation of two. */
  #partner(chat: ChatId): string | undefined {
    const people = this.book.thread(chat)?.people ?? [];
    return people.length === 1 ? people[0] : undefined;
  }

  async #read(box: Mailbox, page: Found[], chat: ChatId, signal: AbortSignal): Promise<Event[]> {
    const events: { at: number; event: Event }[] = [];
    const partner = addressOf(chat) ?? this.#partner(chat);
    for (const folder of new Set(page.map((one) => one.folder))) {
      const mails = page.filter((one) => one.folder === folder).map((one) => one.mail);
      for (const chunk of chunks(
        mails.sort((a, b) => a.uid - b.uid),
        () => false,
      )) {
        giveUp(signal);
        for (const mail of await box.fetch(folder.path, chunk)) {
          for (const event of await this.inbound.events(mail, { backfill: true, sent: folder.sent, history: true })) {
            if (event.type === 'message' && belongs(event, chat, partner)) events.push({ at: event.at, event });
          }
        }
      }
    }
    return events.sort((a, b) => a.at - b.at).map((one) => one.event);
  }
}

/** Of the same chat, or of another conversation of two with the same person. */
function belongs(event: Extract<Event, { type: 'message' }>, chat: ChatId, partner: string | undefined): boolean {
  if (event.chat.id === chat) return true;
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
