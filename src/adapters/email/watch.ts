import { AdapterError, Backoff, type Host, type State } from '../../sdk/index.js';
import type { Access } from './access.js';
import type { Folder, Mailbox, MailboxEvents } from './mailbox.js';
import { openMailbox } from './opening.js';
import type { Reading } from './reading.js';
import { reasonOf } from './reasons.js';
import type { Config } from './settings.js';
import type { Sync } from './sync.js';
import type { Timers } from './timers.js';

/** Online for this long, the troubles before are forgotten. */
const steadyMs = 60_000;
const heartbeatMs = { idle: 120_000, poll: 30_000 };
/** Folders besides the inbox are looked at this often. */
const elsewhereMs = 20_000;
const partingMs = 1500;

type Parts = { host: Host; config: Config; access: Access; sync: Sync; reading: Reading; timers: Timers };

/**
 * Keeps one mailbox connected and looks at it whenever something may be new; the account's state is what it says. At any
 * time there is at most one `Mailbox`, and its callbacks are heeded only while it is the current one.
 */
export class Watch {
  #box: Mailbox | undefined;
  #attempts = 0;
  #started = false;
  #stopped = false;
  readonly #backoff = new Backoff(2_000);
  #onlineSince: number | undefined;
  #refused = false;
  #syncing = false;
  #again = false;
  #flags = false;
  #storing: Promise<void> = Promise.resolve();

  constructor(private readonly parts: Parts) {}

  start(): void {
    if (this.#started || this.#stopped) return;
    this.#started = true;
    void this.#attempt();
  }

  get runs(): boolean {
    return this.#started && !this.#stopped;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** The server would not have us: only a new sign-in helps. */
  get refused(): boolean {
    return this.#refused;
  }

  /** No look and no try begins any more. `end` then ends what is under way. */
  stop(): { end(): Promise<void> } {
    this.#stopped = true;
    const [box, online] = [this.#box, this.#onlineSince !== undefined];
    this.#box = undefined;
    this.parts.timers.clear();
    this.parts.sync.wake();
    return { end: () => this.#leave(box, online) };
  }

  /** Settles when the server was left and nothing is being stored any more. */
  async #leave(box: Mailbox | undefined, online: boolean): Promise<void> {
    if (box && online) {
      const copied = this.parts.reading.keepCopies(box).catch(() => {});
      await Promise.race([copied, new Promise<void>((resolve) => setTimeout(resolve, partingMs).unref())]);
    }
    await Promise.allSettled([box?.close(true), this.#storing]);
  }

  /** Something is to be done in the mailbox, or may be new there. */
  look(): void {
    this.#wanted(this.#box);
  }

  /** Asks the mailbox something; throws `temporary` where it cannot be asked. */
  async ask<T>(ask: (box: Mailbox) => Promise<T>, otherwise: string): Promise<T> {
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

  /** The sign-in is worth nothing any more: leaves the server. */
  refuse(error: AdapterError): void {
    if (!this.runs || this.#refused) return;
    this.#drop();
    this.#fail(error);
  }

  /** Ends the connection, and an attempt that is under way. */
  #drop(): void {
    const box = this.#box;
    this.#box = undefined;
    this.#onlineSince = undefined;
    this.#attempts += 1;
    this.parts.timers.clear();
    void box?.close(true);
  }

  /** Other settings: connects again at once. */
  beginAnew(): void {
    if (!this.runs || this.#refused) return;
    this.#drop();
    void this.#storing.catch(() => {}).finally(() => this.#attempt());
  }

  async #attempt(): Promise<void> {
    if (this.#stopped) return;
    const { host, config, access, timers, reading } = this.parts;
    this.#attempts += 1;
    const mine = this.#attempts;
    const current = () => !this.#stopped && this.#attempts === mine;
    host.state({ is: 'connecting' });
    let taken: Mailbox | undefined;
    try {
      await host.checkServer(config.now.imap.host);
      if (!current()) return;
      const box = await openMailbox({
        ...{ settings: config.now, access, timers, log: host.log },
        on: (it) => this.#events(it),
        take: (it) => {
          if (current()) this.#box = taken = it;
          return current();
        },
        isCurrent: (it) => this.#box === it,
      });
      if (!box || this.#box !== box) return;
      const unknown = await reading.prepare(box);
      if (this.#box !== box) return;
      if (unknown.length > 0) {
        host.state({ is: 'backfilling' });
        this.#storing = this.#begin(box, unknown);
        await this.#storing;
      }
      if (this.#box === box) this.#online(box);
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
      for (const folder of folders) if (this.#box === box) await this.parts.sync.begin(box, folder);
    } finally {
      this.#syncing = false;
    }
  }

  #online(box: Mailbox): void {
    this.#onlineSince = this.parts.host.clock.now();
    this.#refused = false;
    this.parts.host.state({ is: 'online' });
    this.#flags = true;
    this.#wanted(box);
    this.#heartbeat(box);
    if (this.parts.reading.folders.length > 1) this.#lookElsewhere(box);
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

  /** Looks unless that is going on, then once more afterwards. */
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
      await box.hold(() => this.parts.reading.look(box, flags));
    }
    if (this.#box === box) box.listen();
  }

  /** A dead peer answers no command: found within this interval and 20 s. Without IDLE this is also the poll. */
  #heartbeat(box: Mailbox): void {
    const { timers } = this.parts;
    timers.after(box.idles ? heartbeatMs.idle : heartbeatMs.poll, () => {
      if (this.#box !== box) return;
      if (this.#syncing) {
        this.#heartbeat(box);
        return;
      }
      timers.within(box.ping()).then(
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
    this.parts.timers.after(elsewhereMs, () => {
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
    this.parts.timers.clear();
    const since = this.#onlineSince;
    this.#onlineSince = undefined;
    this.parts.host.state(this.#afterFailure(error, since));
  }

  #afterFailure(error: unknown, onlineSince: number | undefined): State {
    const now = this.parts.host.clock.now();
    const where = { protocol: 'IMAP', ...this.parts.config.now.imap } as const;
    const why = error instanceof AdapterError ? error.message : reasonOf(error, where);
    if (error instanceof AdapterError && error.kind === 'auth') {
      this.#refused = true;
      return { is: 'needs-login', why };
    }
    if (error instanceof AdapterError && error.kind === 'rejected') return { is: 'failed', why };
    if (onlineSince !== undefined) this.#backoff.signedIn();
    if (onlineSince !== undefined && now - onlineSince >= steadyMs) this.#backoff.reset();
    const delay = this.#backoff.next();
    this.parts.timers.after(delay, () => void this.#attempt());
    return { is: 'waiting', retryAt: now + delay, why };
  }
}
