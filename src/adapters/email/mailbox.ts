import { ImapFlow, type SearchObject } from 'imapflow';
import { type Log, tlsOptions } from '../../sdk/index.js';
import type { Fetched } from './inbound.js';
import { codeOf, refusedSignIn } from './reasons.js';
import type { Settings } from './settings.js';

export type Outline = { uid: number; size: number; at: number; seen: boolean };
export type Folder = { path: string; sent: boolean };
export type Listed = { path: string; use: string | undefined };
export type Status = { uidNext: number; uidValidity: string; modseq: bigint | undefined };
export type SignIn = { user: string; pass: string } | { user: string; accessToken: string };

export type MailboxEvents = {
  /** Something may be new in the inbox. */
  change: () => void;
  /** Mail in the inbox may have been read. */
  flags: () => void;
  /** The connection is gone; said once. */
  lost: (error: unknown) => void;
};

/** A mail of this size or less is fetched whole: an attachment of 25 MiB in base64 fits. */
const wholeBytes = 36 * 1024 * 1024;
/** Of a larger one, and of one whose fetching failed, this much is read. */
export const beginningBytes = 1024 * 1024;
/** Mailboxes have thousands of folders; these many are known. */
const maxFolders = 500;

export const inboxPath = 'INBOX';

/**
 * One IMAP connection. It rests in INBOX, listening where the server can; each task opens the folder it needs, one task at
 * a time. Tasks name mail by UID, so a folder whose mail is renumbered meanwhile ends the connection.
 */
export class Mailbox {
  readonly #client: ImapFlow;
  #lost = false;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #resting = false;
  #selected: string | undefined;
  #inboxNext: number | undefined;
  readonly #validity = new Map<string, string>();

  constructor(
    settings: Settings,
    auth: SignIn,
    private readonly on: MailboxEvents,
    private readonly log: Log,
  ) {
    const { host, port, tls } = settings.imap;
    this.readOnly = !settings.readState;
    this.#proof = 'pass' in auth ? 'password' : 'token';
    this.#client = new ImapFlow({
      host,
      port,
      secure: tls === 'on',
      doSTARTTLS: tls === 'starttls',
      auth,
      tls: tlsOptions(host, settings.certificate),
      logger: false,
      clientInfo: { name: 'Parley' },
      disableAutoIdle: true,
      disableCompression: true,
      connectionTimeout: 20_000,
      greetingTimeout: 20_000,
      socketTimeout: 3 * 60_000,
      maxLineLength: 8 * 1024 * 1024,
      maxLiteralSize: wholeBytes + 1024 * 1024,
      maxResponseSize: wholeBytes + 16 * 1024 * 1024,
      maxResponseTokens: 200_000,
    });
    this.#client.on('exists', ({ path }) => {
      if (path === inboxPath) this.on.change();
    });
    this.#client.on('flags', ({ path }) => {
      if (path === inboxPath) this.on.flags();
    });
    this.#client.on('error', (error) => {
      log.debug('imap error', { code: codeOf(error) });
      this.#lose(error);
    });
    this.#client.on('close', () => this.#lose(Object.assign(new Error('closed'), { code: 'EConnectionClosed' })));
  }

  /** Folders are opened so that nothing in them can change, unless read mail is to be marked. */
  readonly readOnly: boolean;
  readonly #proof: 'password' | 'token';

  #lose(error: unknown): void {
    if (this.#lost) return;
    this.#lost = true;
    this.on.lost(error);
  }

  /** The server said something, and it was no IMAP greeting. */
  get speaksSomethingElse(): boolean {
    return this.#client.greeting === undefined && this.#client.stats().received > 0 && !this.#client.byeReason;
  }

  /** Signs in and opens INBOX. Throws `AdapterError` `auth` for a refused sign-in, else what the library threw. */
  async open(): Promise<void> {
    try {
      await this.#client.connect();
    } catch (error) {
      throw refusedSignIn(error, this.#proof) ?? error;
    }
    await this.#in(inboxPath, async () => {});
  }

  get idles(): boolean {
    return this.#client.capabilities.has('IDLE');
  }

  /** Every change of a folder has a number (RFC 7162): what changed meanwhile can be asked for. */
  get countsChanges(): boolean {
    return this.#client.enabled.has('CONDSTORE');
  }

  /** Gmail and its like put a copy of what they send into the folder for sent mail by themselves. */
  get keepsSentMail(): boolean {
    return this.#client.capabilities.has('X-GM-EXT-1');
  }

  /** The folders that hold mail, INBOX first. */
  async list(): Promise<Listed[]> {
    const all = await this.#turn(() => this.#client.list());
    return all
      .filter((one) => !one.flags.has('\\Noselect') && !one.flags.has('\\NonExistent'))
      .sort((a, b) => Number(b.path === inboxPath) - Number(a.path === inboxPath))
      .slice(0, maxFolders)
      .map((one) => ({ path: one.path, use: one.specialUse }));
  }

  /** How a folder stands, without opening it; undefined where the server will not say (it may be gone). */
  async status(path: string): Promise<Status | undefined> {
    const answer = await this.#turn(() =>
      this.#client.status(path, { uidNext: true, uidValidity: true, highestModseq: true }).catch((error: unknown) => {
        if (this.#lost || !this.#client.usable) throw error;
        this.log.debug('no status of a folder', { code: codeOf(error) });
        return false as const;
      }),
    );
    if (!answer || answer.uidNext === undefined || answer.uidValidity === undefined) return undefined;
    return {
      uidNext: answer.uidNext,
      uidValidity: answer.uidValidity.toString(),
      modseq: answer.highestModseq === undefined ? undefined : BigInt(answer.highestModseq),
    };
  }

  /** Opens a folder and answers how it stands; `lastUid` is the highest UID in use, or what the server says was. */
  enter(path: string): Promise<{ uidValidity: string; lastUid: number; modseq: bigint | undefined }> {
    return this.#in(path, async (box) => ({
      uidValidity: box.uidValidity.toString(),
      lastUid: Math.max(0, box.uidNext - 1),
      modseq: box.highestModseq === undefined ? undefined : BigInt(box.highestModseq),
    }));
  }

  /** UIDs above `uid`, ascending. */
  async after(path: string, uid: number): Promise<number[]> {
    const found = await this.search(path, { uid: `${uid + 1}:*` });
    // `n:*` always answers the last mail, even where n is higher (RFC 9051 6.4.8).
    return found.filter((one) => one > uid);
  }

  /** UIDs of mail that arrived at `at` or later; IMAP counts in days, so some arrived before. */
  since(path: string, at: number): Promise<number[]> {
    return this.search(path, { since: new Date(at - 86_400_000) });
  }

  async newest(path: string, count: number): Promise<number[]> {
    if (count === 0) return [];
    return this.#in(path, async (box) => (box.exists === 0 ? [] : (await this.#find({ all: true })).slice(-count)));
  }

  search(path: string, query: SearchObject): Promise<number[]> {
    return this.#in(path, () => this.#find(query));
  }

  async #find(query: SearchObject): Promise<number[]> {
    const found = await this.#client.search(query, { uid: true });
    if (!Array.isArray(found)) throw Object.assign(new Error('the search was refused'), { code: 'EConnectionClosed' });
    return found.sort((a, b) => a - b);
  }

  async outlines(path: string, uids: number[]): Promise<Outline[]> {
    if (uids.length === 0) return [];
    const what = { uid: true, size: true, internalDate: true, flags: true };
    const list = await this.#in(path, () => this.#client.fetchAll(uids.join(','), what, { uid: true }));
    const known = new Set(uids);
    return list
      .filter((mail) => known.delete(mail.uid))
      .map((mail) => ({
        uid: mail.uid,
        size: mail.size ?? 0,
        at: timeOf(mail.internalDate),
        seen: mail.flags?.has('\\Seen') ?? false,
      }))
      .sort((a, b) => a.uid - b.uid);
  }

  /** The mails themselves, ascending; one that was removed meanwhile is left out. */
  async fetch(path: string, mails: Outline[], beginningOnly = false): Promise<Fetched[]> {
    const most = beginningOnly || mails.some((mail) => mail.size > wholeBytes) ? beginningBytes : wholeBytes;
    const uids = mails.map((mail) => mail.uid).join(',');
    const what = { uid: true, source: { maxLength: most } };
    const list = await this.#in(path, () => this.#client.fetchAll(uids, what, { uid: true }));
    return mails.flatMap((mail) => {
      const source = list.find((one) => one.uid === mail.uid && one.source)?.source;
      return source ? [{ ...mail, source, cut: source.length >= most && mail.size > most }] : [];
    });
  }

  /** The headers of these mails, ascending by UID. */
  async heads(path: string, uids: number[]): Promise<{ uid: number; head: Buffer }[]> {
    if (uids.length === 0) return [];
    const list = await this.#in(path, () =>
      this.#client.fetchAll(uids.join(','), { uid: true, headers: true }, { uid: true }),
    );
    return list
      .flatMap((mail) => (mail.headers ? [{ uid: mail.uid, head: mail.headers }] : []))
      .sort((a, b) => a.uid - b.uid);
  }

  async markSeen(path: string, uids: number[]): Promise<void> {
    if (uids.length === 0) return;
    await this.#in(path, () => this.#client.messageFlagsAdd(uids.join(','), ['\\Seen'], { uid: true }));
  }

  async append(path: string, source: Buffer, at: number): Promise<void> {
    await this.#turn(() => this.#client.append(path, source, ['\\Seen'], new Date(at)));
  }

  /** Waits for news in the background, where the server can, whenever nothing else is done. */
  listen(): void {
    this.#resting = true;
    if (this.#waiting === 0) this.#rest();
  }

  /** Several tasks that belong together: no listening in between. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    try {
      return await work();
    } finally {
      this.#done();
    }
  }

  async ping(): Promise<void> {
    await this.#turn(() => this.#client.noop());
  }

  /** Runs a task with this folder open. */
  #in<T>(path: string, task: (box: Box) => Promise<T>): Promise<T> {
    return this.#turn(async () => task(await this.#select(path)));
  }

  async #select(path: string): Promise<Box> {
    const open = this.#client.mailbox;
    if (open && this.#selected === path) return open;
    this.#selected = undefined;
    const box = await this.#client.mailboxOpen(path, { readOnly: this.readOnly });
    this.#selected = path;
    const validity = box.uidValidity.toString();
    const before = this.#validity.get(path) ?? validity;
    this.#validity.set(path, validity);
    if (before !== validity) {
      throw Object.assign(new Error('the server has renumbered its mail'), { code: 'EConnectionClosed' });
    }
    if (path === inboxPath) {
      // News that came while another folder was open is not announced.
      if (this.#inboxNext !== undefined && box.uidNext > this.#inboxNext) setImmediate(() => this.on.change());
      this.#inboxNext = box.uidNext;
    }
    return box;
  }

  /** One task at a time, in order; when the last one is done, back to listening. */
  #turn<T>(task: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    const run = this.#tail.then(async () => {
      try {
        if (this.#lost) throw Object.assign(new Error('the connection is gone'), { code: 'NoConnection' });
        return await task();
      } finally {
        this.#done();
      }
    });
    this.#tail = run.catch(() => {});
    return run;
  }

  #done(): void {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#rest();
  }

  #rest(): void {
    if (!this.#resting || this.#lost || !this.idles) return;
    this.#tail = this.#tail
      .then(async () => {
        if (this.#waiting > 0 || this.#lost) return;
        await this.#select(inboxPath);
        this.#client.idle().catch((error: unknown) => this.#lose(error));
      })
      .catch((error: unknown) => this.#lose(error));
  }

  /** Takes leave of the server if `polite` and it answers within 2 s. Afterwards nothing of the connection is left. */
  async close(polite: boolean): Promise<void> {
    this.#lost = true;
    if (polite && this.#client.usable) {
      const hurry = setTimeout(() => this.#client.close(), 2000);
      await this.#client.logout().catch(() => {});
      clearTimeout(hurry);
    }
    this.#client.close();
  }
}

type Box = Exclude<ImapFlow['mailbox'], false>;

function timeOf(date: Date | string | undefined): number {
  const time = date === undefined ? Number.NaN : new Date(date).getTime();
  return Number.isFinite(time) ? time : 0;
}
