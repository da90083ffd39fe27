import type { ChatId, Event, Host, RemoteId } from '../../sdk/index.js';
import { addressOf, isMessageId } from './ids.js';
import type { Inbound } from './inbound.js';
import type { Folder, Mailbox } from './mailbox.js';
import type { Sync } from './sync.js';

/** Mails looked at for one change; the newest count. */
const maxMails = 200;
const maxMarks = 500;

/** Carries "read" both ways: from Parley into the mailbox's \Seen flags, and from there. */
export class ReadState {
  /** Chats read up to a mail, where the mailbox does not know yet. */
  readonly #marks = new Map<ChatId, RemoteId>();
  /** Mails we marked ourselves, by folder: their change of flags is no news. */
  readonly #own = new Map<string, Set<number>>();
  /** Unread mails of folders whose server does not count changes. */
  readonly #unread = new Map<string, Set<number>>();

  constructor(
    private readonly host: Host,
    private readonly inbound: Inbound,
    private readonly sync: Sync,
  ) {}

  /** The person has read this chat up to this mail of theirs. */
  read(chat: ChatId, target: RemoteId): void {
    this.#marks.delete(chat);
    this.#marks.set(chat, target);
    for (const oldest of this.#marks.keys()) {
      if (this.#marks.size <= maxMarks) break;
      this.#marks.delete(oldest);
    }
  }

  /** Marks in the mailbox what was read here. */
  async tell(box: Mailbox, folders: readonly Folder[]): Promise<void> {
    for (const [chat, target] of this.#marks) {
      for (const folder of folders) if (!folder.sent) await this.#mark(box, folder, chat, target);
      if (this.#marks.get(chat) === target) this.#marks.delete(chat);
    }
  }

  async #mark(box: Mailbox, { path }: Folder, chat: ChatId, target: RemoteId): Promise<void> {
    if (!isMessageId(target)) return;
    const [uid] = await box.search(path, { header: { 'message-id': target } });
    if (uid === undefined) return;
    const alone = addressOf(chat);
    const about = isMessageId(chat)
      ? { or: ['message-id', 'references', 'in-reply-to'].map((name) => ({ header: { [name]: chat } })) }
      : alone === undefined
        ? {}
        : { from: alone };
    const before = await box.search(path, { uid: `1:${uid}`, seen: false, ...about });
    const read: number[] = [];
    for (const mail of await box.heads(path, [...new Set([...before.slice(-maxMails), uid])])) {
      const { chat: its } = await this.inbound.locate(mail.head, false);
      if (its.id === chat) read.push(mail.uid);
    }
    const own = this.#own.get(path) ?? new Set<number>();
    for (const one of read) own.add(one);
    this.#own.set(path, new Set([...own].slice(-2000)));
    await box.markSeen(path, read);
  }

  /** Tells what was read with another program since the last look. `modseq`: how far the folder's changes are counted. */
  async hear(box: Mailbox, folder: Folder, modseq: bigint | undefined): Promise<void> {
    const { path } = folder;
    const place = this.inbound.book.places.get(path);
    if (!place || folder.sent || place.fromUid > place.lastUid) return;
    const mails = `${place.fromUid}:${place.lastUid}`;
    if (modseq === undefined) {
      const unread = new Set((await box.search(path, { uid: mails, seen: false })).slice(-2000));
      const gone = [...(this.#unread.get(path) ?? [])].filter((uid) => !unread.has(uid));
      this.#unread.set(path, unread);
      if (gone.length === 0) return;
      const still = await box.search(path, { uid: gone.join(','), seen: true });
      await this.sync.note(folder, {}, await this.#seen(box, path, still));
      return;
    }
    const known = place.modseq === undefined ? undefined : BigInt(place.modseq);
    if (known !== undefined && modseq <= known) return;
    // Without a number to begin from there is nothing to compare with: from now on there is.
    const changed = known === undefined ? [] : await box.search(path, { uid: mails, seen: true, modseq: known + 1n });
    await this.sync.note(folder, { modseq: modseq.toString() }, await this.#seen(box, path, changed));
  }

  /** One event a chat, for the newest mail of it that was read. */
  async #seen(box: Mailbox, path: string, uids: number[]): Promise<Event[]> {
    const own = this.#own.get(path);
    const fresh = uids.filter((uid) => !own?.delete(uid)).slice(-maxMails);
    const newest = new Map<ChatId, Event>();
    for (const { head } of await box.heads(path, fresh)) {
      const mail = await this.inbound.locate(head, false);
      if (mail.own) continue;
      newest.set(mail.chat.id, { type: 'seen', chat: mail.chat, target: mail.id, at: this.host.clock.now() });
    }
    return [...newest.values()];
  }
}
