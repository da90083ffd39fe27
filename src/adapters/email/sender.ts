import { AdapterError, type ChatId, type Host, type OutgoingMessage, type Sent } from '../../sdk/index.js';
import { oneLine } from './addresses.js';
import type { Book, Thread } from './cursor.js';
import { addressOf, isMessageId, type MessageIds } from './ids.js';
import { threadOf } from './inbound.js';
import { readLetter } from './letter.js';
import { compose, copying, draft } from './outbound.js';
import { maxCopyBytes } from './sent-copies.js';
import type { Config } from './settings.js';
import { type Accepted, SmtpSend, type SmtpSignIn } from './smtp.js';
import { Turns } from './turns.js';

/** Servers count the connections of a client. */
const connectionsAtOnce = 3;
/** Sends whose mail may still come back as a copy of its own. */
const maxKeys = 500;

export type SenderParts = {
  config: Config;
  host: Host;
  ids: MessageIds;
  book: Book;
  signIn: () => SmtpSignIn;
  /** Finds the header of a thread's newest mail in the mailbox. */
  lookUp: (ids: string[]) => Promise<Buffer | undefined>;
  /** Whether a copy of what is sent is wanted, and where it goes. */
  copies: { wanted: () => boolean; add: (copy: { id: string; source: Buffer; at: number }) => void };
};

/** Sends mail, each over an SMTP connection of its own. */
export class Sender {
  readonly #turns = new Turns(connectionsAtOnce);
  readonly #sends = new Map<AbortController, Promise<unknown>>();
  readonly #keys = new Map<string, string>();

  constructor(private readonly parts: SenderParts) {}

  /** The delivery whose mail has this Message-ID, if it was sent lately. */
  keyOf(id: string): string | undefined {
    return this.#keys.get(id);
  }

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
    const { config, host, ids, book, signIn, copies } = this.parts;
    const settings = config.now;
    await host.checkServer(settings.smtp.host);
    const thread = book.thread(chat) ?? (addressOf(chat) ? undefined : await this.#findThread(chat, message));
    const mail = draft(chat, ids.mint(message.key, chat), message, thread);
    const now = host.clock.now();
    const { source, whole } = copying(compose(mail, message, settings, now), copies.wanted() ? maxCopyBytes : 0);
    const envelope = { from: settings.address, to: mail.to, reports: settings.deliveryReports };
    this.#noteKey(mail.id, message.key);
    const accepted = await new SmtpSend(settings, signIn(), host.clock).run(envelope, source, signal);
    book.note(chat, { ...mail.thread, at: now });
    const copy = copies.wanted() ? whole() : undefined;
    if (copy) copies.add({ id: mail.id, source: copy, at: now });
    if (accepted.refused.length > 0) await this.#tellRefused(chat, mail.id, mail.subject, accepted.refused, now);
    return { remoteId: mail.id, providerId: accepted.reply, proof: 'sent', at: now, parts: 1 };
  }

  #noteKey(id: string, key: string): void {
    this.#keys.delete(id);
    this.#keys.set(id, key);
    for (const oldest of this.#keys.keys()) {
      if (this.#keys.size <= maxKeys) break;
      this.#keys.delete(oldest);
    }
  }

  /** The mailbox is the memory: a thread not written in lately is found there by its Message-IDs. */
  async #findThread(chat: ChatId, message: OutgoingMessage): Promise<Thread> {
    const answered = message.replyTo?.remoteId;
    const ids = [answered, chat].filter((id): id is string => id !== undefined && isMessageId(id));
    const head = ids.length > 0 ? await this.parts.lookUp(ids) : undefined;
    if (!head) throw new AdapterError('rejected', 'This thread is no longer in the mailbox. Please write a new mail.');
    const letter = await readLetter(head);
    const own = this.parts.config.now.address;
    const everybody = letter.from ? [letter.from, ...letter.to] : letter.to;
    const others = everybody.filter((person) => person.address !== own);
    return threadOf(letter, others, own);
  }

  /** The mail went to the others, so it is sent; who did not get it stands in the chat. */
  async #tellRefused(chat: ChatId, id: string, subject: string, refused: Accepted['refused'], at: number) {
    const lines = refused.slice(0, 10).map((one) => oneLine(`Not sent to ${one.address}: ${one.reply}`, 300));
    const info = { id: chat, kind: 'group' as const, subject };
    const noteId = `refused:${id}`.slice(0, 512);
    const event = { type: 'message', chat: info, id: noteId, text: lines.join('\n'), format: 'system', at } as const;
    await this.parts.host
      .deliver([event])
      .catch(() => this.parts.host.log.warn('a refused recipient could not be noted'));
  }
}
