import { AdapterError, type ChatId, type Host, type OutgoingMessage, type Sent } from '../../sdk/index.js';
import { oneLine } from './addresses.js';
import type { Book, Thread } from './cursor.js';
import { addressOf, isMessageId, type MessageIds } from './ids.js';
import { threadOf } from './inbound.js';
import { readLetter } from './letter.js';
import { compose, draft } from './outbound.js';
import type { Settings } from './settings.js';
import { type Accepted, SmtpSend } from './smtp.js';
import { Turns } from './turns.js';

/** Servers count the connections of a client. */
const connectionsAtOnce = 3;

/** Sends mail, each over an SMTP connection of its own. `lookUp` finds a thread's newest mail in the mailbox. */
export class Sender {
  readonly #turns = new Turns(connectionsAtOnce);
  readonly #sends = new Map<AbortController, Promise<unknown>>();

  constructor(
    private readonly settings: Settings,
    private readonly host: Host,
    private readonly ids: MessageIds,
    private readonly book: Book,
    private readonly lookUp: (ids: string[]) => Promise<Buffer | undefined>,
  ) {}

  async send(chat: ChatId, message: OutgoingMessage): Promise<Sent> {
    const controller = new AbortController();
    const signal = AbortSignal.any([message.signal, controller.signal]);
    const givenUp = () => new AdapterError('temporary', 'the send was given up before it began');
    const sent = this.#turns.run(signal, () => this.#sendNow(chat, message, signal), givenUp);
    this.#sends.set(controller, sent);
    try {
      return await sent;
    } finally {
      this.#sends.delete(controller);
    }
  }

  /** Gives up what is on its way or waiting. */
  async stop(): Promise<void> {
    for (const controller of this.#sends.keys()) controller.abort();
    await Promise.allSettled([...this.#sends.values()]);
  }

  async #sendNow(chat: ChatId, message: OutgoingMessage, signal: AbortSignal): Promise<Sent> {
    await this.host.checkServer(this.settings.smtp.host);
    const thread = this.book.thread(chat) ?? (addressOf(chat) ? undefined : await this.#findThread(chat, message));
    const mail = draft(chat, this.ids.mint(message.key, chat), message, thread);
    const now = this.host.clock.now();
    const source = compose(mail, message, this.settings, now);
    const envelope = { from: this.settings.address, to: mail.to };
    const accepted = await new SmtpSend(this.settings, this.host.clock).run(envelope, source, signal);
    this.book.note(chat, mail.thread);
    if (accepted.refused.length > 0) await this.#tellRefused(chat, mail.id, mail.subject, accepted.refused, now);
    return { remoteId: mail.id, providerId: accepted.reply, proof: 'sent', at: now, parts: 1 };
  }

  /** The mailbox is the memory: a thread not written in lately is found there by its Message-IDs. */
  async #findThread(chat: ChatId, message: OutgoingMessage): Promise<Thread> {
    const answered = message.replyTo?.remoteId;
    const ids = [answered, chat].filter((id): id is string => id !== undefined && isMessageId(id));
    const head = ids.length > 0 ? await this.lookUp(ids) : undefined;
    if (!head) throw new AdapterError('rejected', 'This thread is no longer in the mailbox. Please write a new mail.');
    const letter = await readLetter(head);
    const everybody = letter.from ? [letter.from, ...letter.to] : letter.to;
    const others = everybody.filter((person) => person.address !== this.settings.address);
    return threadOf(letter, others, this.settings.address);
  }

  /** The mail went to the others, so it is sent; who did not get it stands in the chat. */
  async #tellRefused(chat: ChatId, id: string, subject: string, refused: Accepted['refused'], at: number) {
    const lines = refused.slice(0, 10).map((one) => oneLine(`Not sent to ${one.address}: ${one.reply}`, 300));
    const info = { id: chat, kind: 'group' as const, subject };
    const noteId = `refused:${id}`.slice(0, 512);
    const event = { type: 'message', chat: info, id: noteId, text: lines.join('\n'), format: 'system', at } as const;
    await this.host.deliver([event]).catch(() => this.host.log.warn('a refused recipient could not be noted'));
  }
}
