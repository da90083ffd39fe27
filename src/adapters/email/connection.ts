import {
  type AccountSettings,
  AdapterError,
  type ChatId,
  type Connection,
  type Features,
  type HistoryFrom,
  type HistoryPage,
  type Host,
  type OutgoingMessage,
  type ResolvedChat,
  type Sent,
  type State,
} from '../../sdk/index.js';
import { Access } from './access.js';
import { mailSettings } from './account-settings.js';
import { addressFromInput, oneLine } from './addresses.js';
import { Backoff } from './backoff.js';
import { Book } from './cursor.js';
import { featuresOf } from './features.js';
import { History } from './history.js';
import { chatOf, MessageIds } from './ids.js';
import { Inbound } from './inbound.js';
import type { Folder, Mailbox, MailboxEvents } from './mailbox.js';
import { openMailbox } from './opening.js';
import { ReadState } from './read-state.js';
import { Reading } from './reading.js';
import { reasonOf } from './reasons.js';
import { Sender } from './sender.js';
import { SentCopies } from './sent-copies.js';
import { Config, type Settings } from './settings.js';
import { Sync } from './sync.js';
import { Timers } from './timers.js';

const heartbeatMs = { idle: 120_000, poll: 30_000 };
/** Folders besides the inbox are looked at this often. */
const elsewhereMs = 20_000;
const historyMs = 45_000;
const partingMs = 1500;

/**
 * A mailbox. One IMAP connection listens and one SMTP connection is made for each mail sent; the account's state is that
 * of IMAP, SMTP trouble shows at the send. At any time there is at most one `Mailbox`, and its callbacks are heeded only
 * while it is the current one.
 */
export class MailConnection implements Connection {
  readonly settings: AccountSettings;
  readonly #config: Config;
  readonly #access: Access;
  readonly #sync: Sync;
  readonly #sender: Sender;
  readonly #copies: SentCopies;
  readonly #read: ReadState;
  readonly #reading: Reading;
  readonly #history: History;
  readonly #timers: Timers;
  #box: Mailbox | undefined;
  #attempts = 0;
  #started = false;
  #stopped = false;
  readonly #backoff = new Backoff();
  #onlineSince: number | undefined;
  #refused = false;
  #syncing = false;
  #again = false;
  #flags = false;
  #storing: Promise<void> = Promise.resolve();

  constructor(
    settings: Settings,
    private readonly host: Host,
  ) {
    const config = new Config(settings, host);
    const book = new Book(host.cursor, settings.secret);
    const ids = new MessageIds(book.secret, settings.address);
    const inbound = new Inbound(
      ids,
      settings.address,
      book,
      () => host.clock.now(),
      (id) => this.#sender.keyOf(id),
    );
    this.#config = config;
    this.#timers = new Timers(host.clock);
    this.#access = new Access(config, host);
    this.#copies = new SentCopies(host.log);
    this.#sync = new Sync(host, inbound, config, () => this.#stopped);
    this.#read = new ReadState(host, inbound, this.#sync);
    this.#history = new History(inbound, book, host);
    this.#reading = new Reading({
      ...{ host, config, timers: this.#timers },
      ...{ sync: this.#sync, readState: this.#read, copies: this.#copies },
    });
    this.#sender = new Sender({
      ...{ config, host, ids, book },
      signIn: () => this.#access.smtp(),
      lookUp: (wanted) => this.#lookUp(wanted),
      copies: { wanted: () => this.#reading.wantsCopies, add: (copy) => this.#keepCopy(copy) },
    });
    this.settings = mailSettings(
      config,
      () => this.#reading.known(),
      () => this.#beginAnew(),
    );
  }

  start(): void {
    if (this.#started || this.#stopped) return;
    this.#started = true;
    void this.#attempt();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    const box = this.#box;
    this.#box = undefined;
    this.#timers.clear();
    this.#sync.wake();
    await Promise.race([this.#ended(box), new Promise<void>((resolve) => setTimeout(resolve, 2500).unref())]);
    this.host.state({ is: 'stopped' });
  }

  /** Settles when the server was left, nothing is being stored any more and no mail is on its way out. */
  async #ended(box: Mailbox | undefined): Promise<void> {
    await this.#sender.stop();
    if (box && this.#onlineSince !== undefined) {
      const copied = this.#reading.keepCopies(box).catch(() => {});
      await Promise.race([copied, new Promise<void>((resolve) => setTimeout(resolve, partingMs).unref())]);
    }
    await Promise.allSettled([box?.close(true), this.#storing]);
  }

  chat(id: ChatId): Features {
    return featuresOf(this.#config.now, {
      send: (message) => this.#send(id, message),
      read: async (target) => {
        this.#read.read(id, target);
        this.#wanted(this.#box);
      },
      history: (from, limit, signal) => this.#page(id, from, limit, signal),
    });
  }

  async resolve(address: string): Promise<ResolvedChat> {
    const known = addressFromInput(address);
    if (!known) throw new AdapterError('rejected', `"${oneLine(address, 100)}" is not a mail address.`);
    const chat = { id: chatOf(known), kind: 'direct' as const, name: known };
    return { chat, buddy: { id: known, address: known } };
  }

  // ------------------------------------------------------------ receiving

  async #attempt(): Promise<void> {
    if (this.#stopped) return;
    this.#attempts += 1;
    const mine = this.#attempts;
    const current = () => !this.#stopped && this.#attempts === mine;
    this.host.state({ is: 'connecting' });
    let taken: Mailbox | undefined;
    try {
      await this.host.checkServer(this.#config.now.imap.host);
      if (!current()) return;
      const box = await openMailbox({
        ...{ settings: this.#config.now, access: this.#access, timers: this.#timers, log: this.host.log },
        on: (it) => this.#events(it),
        take: (it) => {
          if (current()) this.#box = taken = it;
          return current();
        },
        isCurrent: (it) => this.#box === it,
      });
      if (!box || this.#box !== box) return;
      const unknown = await this.#reading.prepare(box);
      if (this.#box !== box) return;
      if (unknown.length > 0) {
        this.host.state({ is: 'backfilling' });
        this.#storing = this.#begin(box, unknown);
        await this.#storing;
      }
      if (this.#box !== box) return;
      this.#onlineSince = this.host.clock.now();
      this.#refused = false;
      this.host.state({ is: 'online' });
      this.#flags = true;
      this.#wanted(box);
      this.#heartbeat(box);
      if (this.#reading.folders.length > 1) this.#lookElsewhere(box);
    } catch (error) {
      if (!current()) return;
      if (taken) this.#lose(taken, error);
      else this.#fail(error);
    }
  }

  /** Takes a position in folders where there is none. */
  async #begin(box: Mailbox, folders: readonly Folder[]): Promise<void> {
    this.#syncing = true;
    try {
      for (const folder of folders) if (this.#box === box) await this.#sync.begin(box, folder);
    } finally {
      this.#syncing = false;
    }
  }

  #events(box: () => Mailbox | undefined): MailboxEvents {
    return {
      change: () => this.#wanted(box()),
      flags: () => {
        this.#flags = true;
        this.#wanted(box());
      },
      lost: (error) => this.#lose(box(), error),
    };
  }

  /** Something may be new: looks unless that is going on, then once more afterwards. */
  #wanted(box: Mailbox | undefined): void {
    this.#again = true;
    if (!box || this.#box !== box || this.#syncing || this.#onlineSince === undefined) return;
    this.#syncing = true;
    this.#storing = this.#catchUp(box)
      .catch((error: unknown) => this.#lose(box, error))
      .finally(() => {
        this.#syncing = false;
        if (this.#again && this.#box && this.#onlineSince !== undefined) this.#wanted(this.#box);
      });
  }

  async #catchUp(box: Mailbox): Promise<void> {
    while (this.#again && this.#box === box) {
      this.#again = false;
      const flags = this.#flags;
      this.#flags = false;
      await box.hold(() => this.#reading.look(box, flags));
    }
    if (this.#box === box) box.listen();
  }

  /** A dead peer answers no command: found within this interval and 20 s. Without IDLE this is also the poll. */
  #heartbeat(box: Mailbox): void {
    this.#timers.after(box.idles ? heartbeatMs.idle : heartbeatMs.poll, () => {
      if (this.#box !== box) return;
      if (this.#syncing) {
        this.#heartbeat(box);
        return;
      }
      this.#timers.within(box.ping()).then(
        () => {
          this.#flags = true;
          this.#wanted(box);
          this.#heartbeat(box);
        },
        (error: unknown) => this.#lose(box, error),
      );
    });
  }

  #lookElsewhere(box: Mailbox): void {
    this.#timers.after(elsewhereMs, () => {
      if (this.#box !== box) return;
      this.#wanted(box);
      this.#lookElsewhere(box);
    });
  }

  #lose(box: Mailbox | undefined, error: unknown): void {
    if (!box || this.#box !== box) return;
    this.#box = undefined;
    const garbled = box.speaksSomethingElse;
    void box.close(false);
    this.#fail(garbled ? Object.assign(new Error('no greeting'), { code: 'InvalidResponse', cause: error }) : error);
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.#timers.clear();
    const since = this.#onlineSince;
    this.#onlineSince = undefined;
    this.host.state(this.#afterFailure(error, since));
  }

  #afterFailure(error: unknown, onlineSince: number | undefined): State {
    const now = this.host.clock.now();
    const where = { protocol: 'IMAP', ...this.#config.now.imap } as const;
    const why = error instanceof AdapterError ? error.message : reasonOf(error, where);
    if (error instanceof AdapterError && error.kind === 'auth') {
      this.#refused = true;
      return { is: 'needs-login', why };
    }
    if (error instanceof AdapterError && error.kind === 'rejected') return { is: 'failed', why };
    const delay = this.#backoff.next(now, onlineSince);
    this.#timers.after(delay, () => void this.#attempt());
    return { is: 'waiting', retryAt: now + delay, why };
  }

  /** Other settings: connects again at once. */
  #beginAnew(): void {
    if (!this.#started || this.#stopped || this.#refused) return;
    const box = this.#box;
    this.#box = undefined;
    this.#onlineSince = undefined;
    // An attempt under way is over too.
    this.#attempts += 1;
    this.#timers.clear();
    void box?.close(true);
    void this.#storing.catch(() => {}).finally(() => this.#attempt());
  }

  // ------------------------------------------------------------ on demand

  async #send(chat: ChatId, message: OutgoingMessage): Promise<Sent> {
    if (this.#stopped || !this.#started) throw new AdapterError('temporary', 'the account is not connected');
    if (this.#refused) throw new AdapterError('auth', 'the mail server refused the sign-in');
    return this.#sender.send(chat, message);
  }

  #keepCopy(copy: { id: string; source: Buffer; at: number }): void {
    this.#copies.add(copy);
    this.#wanted(this.#box);
  }

  async #page(chat: ChatId, from: HistoryFrom, limit: number, signal: AbortSignal): Promise<HistoryPage> {
    const { folders } = this.#reading;
    return this.#asking(
      (box) => this.#timers.within(this.#history.before(box, folders, chat, from, limit, signal), historyMs),
      'older mail could not be fetched from the mailbox',
    );
  }

  #lookUp(ids: string[]): Promise<Buffer | undefined> {
    return this.#asking(
      (box) => this.#timers.within(this.#reading.newestInThread(box, ids)),
      'the thread could not be looked up in the mailbox',
    );
  }

  /** Asks the mailbox something; throws `temporary` where it cannot be asked. */
  async #asking<T>(ask: (box: Mailbox) => Promise<T>, otherwise: string): Promise<T> {
    const box = this.#box;
    if (!box || this.#onlineSince === undefined) {
      throw new AdapterError('temporary', `${otherwise}: it is not connected`);
    }
    try {
      return await box.hold(() => ask(box));
    } catch (error) {
      throw error instanceof AdapterError ? error : new AdapterError('temporary', otherwise, { cause: error });
    }
  }
}
