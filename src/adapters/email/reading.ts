import type { Host } from '../../sdk/index.js';
import { choosable, type Folders, foldersOf } from './folders.js';
import { type Folder, inboxPath, type Listed, type Mailbox } from './mailbox.js';
import type { ReadState } from './read-state.js';
import { codeOf } from './reasons.js';
import type { SentCopies } from './sent-copies.js';
import type { Config } from './settings.js';
import type { Sync } from './sync.js';
import type { Timers } from './timers.js';

/** Providers that keep what they send, and do not say so in IMAP. */
const keepers = /(?:^|\.)(?:office365\.com|outlook\.com|gmail\.com|googlemail\.com)$/;

/** Folders besides the inbox and the one for sent mail are looked at no more often than this. */
const elsewhereMs = 10_000;

type Parts = {
  host: Host;
  config: Config;
  sync: Sync;
  readState: ReadState;
  copies: SentCopies;
  timers: Timers;
};

/** What is done in one mailbox while it is connected: which folders are read, and one look at all of them. */
export class Reading {
  #folders: Folders = { read: [{ path: inboxPath, sent: false }], sent: undefined };
  #listed: Listed[] | undefined;
  #keepsSent: boolean | undefined;
  #elsewhereAt = 0;
  /** The next UID of each folder when it was last looked at. */
  readonly #looked = new Map<string, number>();

  constructor(private readonly parts: Parts) {}

  get folders(): readonly Folder[] {
    return this.#folders.read;
  }

  /** For the settings: the folders there, and those read besides the inbox. */
  known(): { choosable: string[]; read: string[] } | undefined {
    if (!this.#listed) return undefined;
    const read = this.#folders.read.map((one) => one.path).filter((path) => path !== inboxPath);
    return { choosable: choosable(this.#listed), read };
  }

  /** Finds out which folders there are. Answers those whose position is not known. */
  async prepare(box: Mailbox): Promise<Folder[]> {
    this.#listed = await this.parts.timers.within(box.list());
    this.#folders = foldersOf(this.#listed, this.parts.config.now.folders);
    this.#keepsSent = box.keepsSentMail || keepers.test(this.parts.config.now.smtp.host);
    this.#looked.clear();
    this.#elsewhereAt = 0;
    const unknown: Folder[] = [];
    const open: Folder[] = [];
    for (const folder of this.#folders.read) {
      const stand = await this.parts.timers.within(box.enter(folder.path)).catch((error: unknown) => {
        // A folder that cannot be opened is left out; without the inbox there is no mailbox.
        const refused = typeof error === 'object' && error !== null && 'responseStatus' in error;
        if (folder.path === inboxPath || !refused) throw error;
        this.parts.host.log.warn('a folder cannot be opened', { code: codeOf(error) });
        return undefined;
      });
      if (!stand) continue;
      open.push(folder);
      if (this.parts.sync.unknownPlace(folder, stand.uidValidity)) unknown.push(folder);
    }
    this.#folders = { ...this.#folders, read: open };
    return unknown;
  }

  /** Whether copies of what is sent are ours to keep. Not known before the mailbox was seen: then they are made ready. */
  get wantsCopies(): boolean {
    const { sentCopy } = this.parts.config.now;
    if (sentCopy === 'off') return false;
    if (!this.#listed) return true;
    return this.#folders.sent !== undefined && (sentCopy === 'on' || !this.#keepsSent);
  }

  async keepCopies(box: Mailbox): Promise<void> {
    if (this.wantsCopies && this.#folders.sent !== undefined) await this.parts.copies.flush(box, this.#folders.sent);
    else this.parts.copies.clear();
  }

  /** One look at every folder. `flags`: mail in the inbox may have been read elsewhere. */
  async look(box: Mailbox, flags: boolean): Promise<void> {
    const { config, readState, host } = this.parts;
    const due = host.clock.now() - this.#elsewhereAt >= elsewhereMs;
    if (due) this.#elsewhereAt = host.clock.now();
    for (const folder of this.#folders.read) {
      if (folder.path === inboxPath) {
        const news = await this.parts.sync.catchUp(box, folder);
        // Without numbers, what is unread must be known before it can be missed.
        const unsure = flags || (news && !box.countsChanges);
        if (unsure && config.now.readState) {
          await readState.hear(box, folder, (await this.#status(box, folder))?.modseq);
        }
      } else if (folder.sent || due) {
        await this.#lookElsewhere(box, folder);
      }
    }
    if (config.now.readState) await readState.tell(box, this.#folders.read);
    await this.keepCopies(box);
  }

  async #lookElsewhere(box: Mailbox, folder: Folder): Promise<void> {
    const { sync, readState, config } = this.parts;
    const now = await this.#status(box, folder);
    if (!now) return;
    if (sync.unknownPlace(folder, now.uidValidity)) {
      throw Object.assign(new Error('the server has renumbered its mail'), { code: 'EConnectionClosed' });
    }
    if (this.#looked.get(folder.path) !== now.uidNext) await sync.catchUp(box, folder);
    this.#looked.set(folder.path, now.uidNext);
    if (config.now.readState && now.modseq !== undefined) await readState.hear(box, folder, now.modseq);
  }

  #status(box: Mailbox, folder: Folder) {
    return this.parts.timers.within(box.status(folder.path));
  }

  /** The header of the newest mail that is, or answers, one of these Message-IDs. */
  async newestInThread(box: Mailbox, ids: string[]): Promise<Buffer | undefined> {
    const or = ids.flatMap((id) => ['message-id', 'references'].map((name) => ({ header: { [name]: id } })));
    for (const { path } of [...this.#folders.read].sort((a, b) => Number(a.sent) - Number(b.sent))) {
      const uid = (await box.search(path, { or })).at(-1);
      const [mail] = uid === undefined ? [] : await box.heads(path, [uid]);
      if (mail) return mail.head;
    }
    return undefined;
  }
}
