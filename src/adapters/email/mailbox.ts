import { ImapFlow } from 'imapflow';
import { AdapterError, type Log } from '../../sdk/index.js';
import type { Fetched } from './inbound.js';
import { codeOf } from './reasons.js';
import type { Settings } from './settings.js';
import { tlsOptions } from './trust.js';

export type Outline = { uid: number; size: number; at: number };

/** A mail of this size or less is fetched whole: an attachment of 25 MiB in base64 fits. */
const wholeBytes = 36 * 1024 * 1024;
/** Of a larger one, and of one whose fetching failed, this much is read. */
export const beginningBytes = 1024 * 1024;

/** One IMAP connection with INBOX open, read-only: Parley changes no flag in the mailbox. */
export class Mailbox {
  readonly #client: ImapFlow;
  #lost = false;

  constructor(
    settings: Settings,
    private readonly on: { change: () => void; lost: (error: unknown) => void },
    log: Log,
  ) {
    const { host, port, tls } = settings.imap;
    this.#client = new ImapFlow({
      host,
      port,
      secure: tls === 'on',
      doSTARTTLS: tls === 'starttls',
      auth: { user: settings.username, pass: settings.password },
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
    this.#client.on('exists', () => this.on.change());
    this.#client.on('error', (error) => {
      log.debug('imap error', { code: codeOf(error) });
      this.#lose(error);
    });
    this.#client.on('close', () => this.#lose(Object.assign(new Error('closed'), { code: 'EConnectionClosed' })));
  }

  #lose(error: unknown): void {
    if (this.#lost) return;
    this.#lost = true;
    this.on.lost(error);
  }

  /** The server said something, and it was no IMAP greeting. */
  get speaksSomethingElse(): boolean {
    return this.#client.greeting === undefined && this.#client.stats().received > 0 && !this.#client.byeReason;
  }

  /** Signs in and opens INBOX. Throws `AdapterError` `auth` for a refused password, else what the library threw. */
  async open(): Promise<void> {
    try {
      await this.#client.connect();
    } catch (error) {
      const refusal = refusedPassword(error);
      throw refusal ?? error;
    }
    await this.#client.mailboxOpen('INBOX', { readOnly: true });
  }

  get uidValidity(): string {
    return this.#box().uidValidity.toString();
  }

  /** The highest UID in use, or what the server says was. */
  get lastUid(): number {
    return Math.max(0, this.#box().uidNext - 1);
  }

  get idles(): boolean {
    return this.#client.capabilities.has('IDLE');
  }

  #box() {
    const box = this.#client.mailbox;
    if (!box) throw Object.assign(new Error('the inbox is not open'), { code: 'NoConnection' });
    return box;
  }

  /** UIDs above `uid`, ascending. */
  async after(uid: number): Promise<number[]> {
    const found = await this.#search({ uid: `${uid + 1}:*` });
    // `n:*` always answers the last mail, even where n is higher (RFC 9051 6.4.8).
    return found.filter((one) => one > uid);
  }

  /** UIDs of mail that arrived at `at` or later; IMAP counts in days, so some arrived before. */
  since(at: number): Promise<number[]> {
    return this.#search({ since: new Date(at - 86_400_000) });
  }

  async newest(count: number): Promise<number[]> {
    if (count === 0 || this.#box().exists === 0) return [];
    return (await this.#search({ all: true })).slice(-count);
  }

  async #search(query: Parameters<ImapFlow['search']>[0]): Promise<number[]> {
    const found = await this.#client.search(query, { uid: true });
    if (!Array.isArray(found)) throw Object.assign(new Error('the search was refused'), { code: 'EConnectionClosed' });
    return found.sort((a, b) => a - b);
  }

  async outlines(uids: number[]): Promise<Outline[]> {
    const list = await this.#client.fetchAll(
      uids.join(','),
      { uid: true, size: true, internalDate: true },
      { uid: true },
    );
    const known = new Set(uids);
    return list
      .filter((mail) => known.delete(mail.uid))
      .map((mail) => ({ uid: mail.uid, size: mail.size ?? 0, at: timeOf(mail.internalDate) }))
      .sort((a, b) => a.uid - b.uid);
  }

  /** The mails themselves, ascending; one that was removed meanwhile is left out. */
  async fetch(mails: Outline[], beginningOnly = false): Promise<Fetched[]> {
    const most = beginningOnly || mails.some((mail) => mail.size > wholeBytes) ? beginningBytes : wholeBytes;
    const uids = mails.map((mail) => mail.uid).join(',');
    const list = await this.#client.fetchAll(uids, { uid: true, source: { maxLength: most } }, { uid: true });
    return mails.flatMap((mail) => {
      const source = list.find((one) => one.uid === mail.uid && one.source)?.source;
      return source ? [{ uid: mail.uid, at: mail.at, source, cut: source.length >= most && mail.size > most }] : [];
    });
  }

  /** The header of the newest mail that is, or answers, one of these Message-IDs. */
  async newestInThread(ids: string[]): Promise<Buffer | undefined> {
    const or = ids.flatMap((id) => ['message-id', 'references'].map((name) => ({ header: { [name]: id } })));
    const uid = (await this.#search({ or })).at(-1);
    if (uid === undefined) return undefined;
    const mail = await this.#client.fetchOne(String(uid), { uid: true, headers: true }, { uid: true });
    return mail ? mail.headers : undefined;
  }

  /** Waits for news in the background, where the server can; the next command ends it. */
  listen(): void {
    if (!this.idles) return;
    this.#client.idle().catch((error: unknown) => this.#lose(error));
  }

  async ping(): Promise<void> {
    await this.#client.noop();
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

function timeOf(date: Date | string | undefined): number {
  const time = date === undefined ? Number.NaN : new Date(date).getTime();
  return Number.isFinite(time) ? time : 0;
}

/** RFC 5530 tells a refused password from a server that cannot check one just now. */
function refusedPassword(error: unknown): AdapterError | undefined {
  if (
    typeof error !== 'object' ||
    error === null ||
    !('authenticationFailed' in error) ||
    !error.authenticationFailed
  ) {
    return undefined;
  }
  const code = 'serverResponseCode' in error ? String(error.serverResponseCode) : '';
  const said = 'responseText' in error && error.responseText ? `: ${String(error.responseText).slice(0, 200)}` : '';
  if (/^(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)$/i.test(code)) {
    return new AdapterError('temporary', `the mail server cannot check the password now${said}`, { cause: error });
  }
  return new AdapterError('auth', `the mail server refused the password${said}`, { cause: error });
}
