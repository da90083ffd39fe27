import {
  AdapterError,
  type ChatId,
  type Connection,
  type Features,
  type Host,
  limits,
  type OutgoingMessage,
  type ResolvedChat,
  type Sent,
  type State,
} from '../../sdk/index.js';
import { addressFromInput, oneLine } from './addresses.js';
import { Book } from './cursor.js';
import { chatOf, MessageIds } from './ids.js';
import { Inbound } from './inbound.js';
import { Mailbox } from './mailbox.js';
import { reasonOf } from './reasons.js';
import { Sender } from './sender.js';
import type { Settings } from './settings.js';
import { Sync } from './sync.js';

const answerMs = 20_000;
const heartbeatMs = { idle: 120_000, poll: 30_000 };
const backoff = { firstMs: 2000, mostMs: 300_000, steadyMs: 60_000 };

const sending: Omit<Features['send'], 'message'> = {
  maxLength: limits.textLength,
  formatting: 'full',
  attachments: 'full',
  replies: 'full',
  idempotent: true,
  proves: 'sent',
};

/** What every mail chat can do; also the manifest's capabilities. */
export const usualFeatures: Features = {
  send: { ...sending, message: () => Promise.reject(new AdapterError('temporary', 'not connected')) },
  presence: false,
};

/**
 * A mailbox. One IMAP connection listens and one SMTP connection is made for each mail sent; the account's state is that
 * of IMAP, SMTP trouble shows at the send. At any time there is at most one `Mailbox`, and its callbacks are heeded only
 * while it is the current one.
 */
export class MailConnection implements Connection {
  readonly #book: Book;
  readonly #sync: Sync;
  readonly #sender: Sender;
  #box: Mailbox | undefined;
  #started = false;
  #stopped = false;
  #failures = 0;
  #onlineSince: number | undefined;
  #refused = false;
  #timers = new Set<() => void>();
  #syncing = false;
  #again = false;
  #storing: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: Settings,
    private readonly host: Host,
  ) {
    this.#book = new Book(host.cursor, config.secret);
    const ids = new MessageIds(this.#book.secret, config.address);
    const inbound = new Inbound(ids, config.address, this.#book, () => this.host.clock.now());
    this.#sender = new Sender(config, host, ids, this.#book, (wanted) => this.#lookUp(wanted));
    this.#sync = new Sync(host, inbound, config, () => this.#stopped);
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
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#sync.wake();
    await Promise.race([this.#ended(box), new Promise<void>((resolve) => setTimeout(resolve, 2500).unref())]);
    this.host.state({ is: 'stopped' });
  }

  /** Settles when the server was left, nothing is being stored any more and no mail is on its way out. */
  async #ended(box: Mailbox | undefined): Promise<void> {
    await Promise.allSettled([box?.close(true), this.#storing, this.#sender.stop()]);
  }

  chat(id: ChatId): Features {
    return { send: { ...sending, message: (message) => this.#send(id, message) }, presence: false };
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
    this.host.state({ is: 'connecting' });
    const settings = this.config;
    let box: Mailbox | undefined;
    try {
      await this.host.checkServer(settings.imap.host);
      if (this.#stopped) return;
      box = new Mailbox(
        settings,
        { change: () => this.#wanted(box), lost: (error) => this.#lose(box, error) },
        this.host.log,
      );
      this.#box = box;
      await this.#within(box.open());
      if (this.#box !== box) return;
      if (this.#sync.unknownPlace(box)) {
        this.host.state({ is: 'backfilling' });
        this.#syncing = true;
        this.#storing = this.#sync.begin(box).finally(() => {
          this.#syncing = false;
        });
        await this.#storing;
      }
      if (this.#box !== box) return;
      this.#onlineSince = this.host.clock.now();
      this.host.state({ is: 'online' });
      this.#wanted(box);
      this.#heartbeat(box);
    } catch (error) {
      if (box) this.#lose(box, error);
      else this.#fail(error);
    }
  }

  /** Something may be new: catches up unless that is going on, then once more afterwards. */
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
      await this.#sync.catchUp(box);
    }
    if (this.#box === box) box.listen();
  }

  /** A dead peer answers no command: found within this interval and 20 s. Without IDLE this is also the poll. */
  #heartbeat(box: Mailbox): void {
    this.#after(box.idles ? heartbeatMs.idle : heartbeatMs.poll, () => {
      if (this.#box !== box) return;
      if (this.#syncing) {
        this.#heartbeat(box);
        return;
      }
      this.#within(box.ping()).then(
        () => {
          this.#wanted(box);
          this.#heartbeat(box);
        },
        (error: unknown) => this.#lose(box, error),
      );
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
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    const now = this.host.clock.now();
    if (this.#onlineSince !== undefined && now - this.#onlineSince >= backoff.steadyMs) this.#failures = 0;
    this.#onlineSince = undefined;
    this.host.state(this.#afterFailure(error, now));
  }

  #afterFailure(error: unknown, now: number): State {
    const where = { protocol: 'IMAP', ...this.config.imap } as const;
    const why = error instanceof AdapterError ? error.message : reasonOf(error, where);
    if (error instanceof AdapterError && error.kind === 'auth') {
      this.#refused = true;
      return { is: 'needs-login', why };
    }
    if (error instanceof AdapterError && error.kind === 'rejected') return { is: 'failed', why };
    const delay = Math.min(backoff.mostMs, backoff.firstMs * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    const jittered = Math.round(delay * (0.75 + Math.random() * 0.25));
    this.#after(jittered, () => void this.#attempt());
    return { is: 'waiting', retryAt: now + jittered, why };
  }

  // ------------------------------------------------------------ sending

  async #send(chat: ChatId, message: OutgoingMessage): Promise<Sent> {
    if (this.#stopped || !this.#started) throw new AdapterError('temporary', 'the account is not connected');
    if (this.#refused) throw new AdapterError('auth', 'the mail server refused the password');
    return this.#sender.send(chat, message);
  }

  /** The header of the newest mail in the inbox that belongs to these Message-IDs. Throws `temporary` while offline. */
  async #lookUp(ids: string[]): Promise<Buffer | undefined> {
    const box = this.#box;
    if (!box || this.#onlineSince === undefined) {
      throw new AdapterError('temporary', 'the thread must be looked up in the mailbox, which is not connected');
    }
    try {
      return await this.#within(box.newestInThread(ids));
    } catch (error) {
      throw new AdapterError('temporary', 'the thread could not be looked up in the mailbox', { cause: error });
    } finally {
      this.#wanted(box);
    }
  }

  // ------------------------------------------------------------ time

  #after(ms: number, fn: () => void): () => void {
    const cancel = this.host.clock.after(ms, () => {
      this.#timers.delete(cancel);
      fn();
    });
    this.#timers.add(cancel);
    return () => {
      cancel();
      this.#timers.delete(cancel);
    };
  }

  async #within<T>(work: Promise<T>): Promise<T> {
    let cancel = () => {};
    const late = new Promise<never>((_, reject) => {
      cancel = this.#after(answerMs, () => reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      cancel();
      work.catch(() => {});
    }
  }
}
