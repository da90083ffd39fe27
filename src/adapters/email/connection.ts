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
} from '../../sdk/index.js';
import { Access } from './access.js';
import { mailSettings } from './account-settings.js';
import { addressFromInput, oneLine } from './addresses.js';
import { Book } from './cursor.js';
import { featuresOf } from './features.js';
import { History } from './history.js';
import { chatOf, MessageIds } from './ids.js';
import { Inbound } from './inbound.js';
import { ReadState } from './read-state.js';
import { Reading } from './reading.js';
import { Sender } from './sender.js';
import { SentCopies } from './sent-copies.js';
import { Config, type Settings } from './settings.js';
import { Sync } from './sync.js';
import { Timers } from './timers.js';
import { Watch } from './watch.js';

const historyMs = 45_000;
const stopMs = 2500;

/**
 * A mailbox. One IMAP connection listens (`Watch`) and one SMTP connection is made for each mail sent (`Sender`); the
 * account's state is that of IMAP, SMTP trouble shows at the send.
 */
export class MailConnection implements Connection {
  readonly settings: AccountSettings;
  readonly #config: Config;
  readonly #sender: Sender;
  readonly #read: ReadState;
  readonly #reading: Reading;
  readonly #history: History;
  readonly #timers: Timers;
  readonly #watch: Watch;

  constructor(
    settings: Settings,
    private readonly host: Host,
  ) {
    const config = new Config(settings, host);
    const book = new Book(host.cursor, settings.secret);
    const ids = new MessageIds(book.secret, settings.address);
    const now = () => host.clock.now();
    const inbound = new Inbound(ids, settings.address, book, now, (id) => this.#sender.keyOf(id));
    const timers = new Timers(host.clock);
    const access = new Access(config, host);
    const copies = new SentCopies(host.log);
    const sync = new Sync(host, inbound, config, () => this.#watch.stopped);
    const readState = new ReadState(host, inbound, sync);
    const reading = new Reading({ host, config, sync, readState, copies, timers });
    this.#config = config;
    this.#timers = timers;
    this.#read = readState;
    this.#reading = reading;
    this.#history = new History(inbound, book, host);
    this.#watch = new Watch({ host, config, access, sync, reading, timers });
    this.#sender = new Sender({
      ...{ config, host, ids, book },
      signIn: () => access.smtp(),
      lookUp: (wanted) => this.#lookUp(wanted),
      copies: {
        wanted: () => reading.wantsCopies,
        add: (copy) => {
          copies.add(copy);
          this.#watch.look();
        },
      },
    });
    this.settings = mailSettings(
      config,
      () => reading.known(),
      () => this.#watch.beginAnew(),
    );
  }

  start(): void {
    this.#watch.start();
  }

  async stop(): Promise<void> {
    if (this.#watch.stopped) return;
    const parting = this.#watch.stop();
    // What was just sent still gets its copy.
    const ended = this.#sender.stop().then(() => parting.end());
    await Promise.race([ended, new Promise<void>((resolve) => setTimeout(resolve, stopMs).unref())]);
    this.host.state({ is: 'stopped' });
  }

  chat(id: ChatId): Features {
    return featuresOf(this.#config.now, {
      send: (message) => this.#send(id, message),
      read: async (target) => {
        this.#read.read(id, target);
        this.#watch.look();
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

  async #send(chat: ChatId, message: OutgoingMessage): Promise<Sent> {
    if (!this.#watch.runs) throw new AdapterError('temporary', 'the account is not connected');
    if (this.#watch.refused) throw new AdapterError('auth', 'the mail server refused the sign-in');
    try {
      return await this.#sender.send(chat, message);
    } catch (error) {
      // A token is worth the same everywhere: where none can be had, reading ends too.
      const ended = error instanceof AdapterError && error.kind === 'auth' && this.#config.now.oauth !== undefined;
      if (ended) this.#watch.refuse(error);
      throw error;
    }
  }

  #page(chat: ChatId, from: HistoryFrom, limit: number, signal: AbortSignal): Promise<HistoryPage> {
    const { folders } = this.#reading;
    return this.#watch.ask(
      (box) => this.#timers.within(this.#history.before(box, folders, chat, from, limit, signal), historyMs),
      'older mail could not be fetched from the mailbox',
    );
  }

  /** The header of the newest mail that belongs to these Message-IDs. */
  #lookUp(ids: string[]): Promise<Buffer | undefined> {
    return this.#watch.ask(
      (box) => this.#timers.within(this.#reading.newestInThread(box, ids)),
      'the thread could not be looked up in the mailbox',
    );
  }
}
