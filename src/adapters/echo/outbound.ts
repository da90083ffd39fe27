import { AdapterError, type ChatId, type Host, type OutgoingMessage, type Sent } from '../../sdk/index.js';
import { answersTo, carried, quiet } from './answers.js';
import { authorOf, chatWith, ownMessageId, speakerOf } from './ids.js';
import type { Due } from './memory.js';
import type { Line } from './network.js';
import { type Order, ordersIn } from './orders.js';

/** What sending needs of the connection. */
export interface Ties {
  /** @throws AdapterError where nothing can be sent now */
  mustBeOnline(): void;
  /** The sign-in is refused from now on. */
  refused(why: string): void;
  /** Aborted with the next loss of the connection. */
  readonly alive: AbortSignal;
}

/** Sends to practice buddies. What is accepted is stored with its answers first, then heard, then answered. */
export class Outbound {
  constructor(
    private readonly host: Host,
    private readonly line: Line,
    private readonly ties: Ties,
    private readonly ticket: string,
  ) {}

  /** @throws AdapterError as ordered, or `temporary` with nothing sent */
  async send(chat: ChatId, message: OutgoingMessage): Promise<Sent> {
    this.ties.mustBeOnline();
    speakerOf(chat);
    if (message.attachments.length > 0)
      throw new AdapterError('rejected', 'The practice network takes no attachments.');
    const orders = ordersIn(message.text);
    await this.#obstruct(orders, message.key);
    await this.#delay(orders, message.signal);
    const [id, at] = [ownMessageId(), this.host.clock.now()];
    const due = answersTo({ id, buddy: chat, message, at }, orders);
    const unknown = orders.find((order) => order.do === 'unknown');
    if (unknown?.provenAfterMs !== undefined) due.push(ownEcho(id, chat, message, at, at + unknown.provenAfterMs));
    if (!unknown || unknown.provenAfterMs !== undefined) {
      for (const order of orders) if (order.do === 'invite') this.line.memory.invite(order.room);
      await this.#accept(due, message.key);
      const text = carried(message.text);
      this.line.take(chat, text);
      this.line.past.keep({ type: 'message', chat: chatWith(chat), id, text, format: 'plain', at });
      this.line.wake();
    }
    for (const order of orders) if (order.do === 'trouble') this.line.trouble(order.is, at + order.ms);
    if (unknown) throw new AdapterError('unknown-outcome', 'The practice network did not say whether it was sent.');
    return { remoteId: id, providerId: `practice-${id.slice(3, 11)}`, proof: 'sent', at, parts: 1 };
  }

  /** Only own messages can be changed or taken back. */
  async change(chat: ChatId, target: string, text: string | undefined): Promise<void> {
    this.ties.mustBeOnline();
    speakerOf(chat);
    if (authorOf(target) !== 'me') throw new AdapterError('rejected', 'Only your own messages can be changed.');
    if (text !== undefined) this.line.take(chat, carried(text));
  }

  async react(chat: ChatId, target: string): Promise<void> {
    this.ties.mustBeOnline();
    speakerOf(chat);
    authorOf(target);
  }

  /** A practice buddy types whenever you do. */
  async typing(chat: ChatId, on: boolean): Promise<void> {
    this.ties.mustBeOnline();
    const from = speakerOf(chat);
    if (quiet.has(chat)) return;
    this.line.add([{ at: this.host.clock.now(), event: { type: 'typing', chat: chatWith(chat), from, on } }]);
    this.line.wake();
  }

  /** The orders under which a try does not get through. */
  async #obstruct(orders: readonly Order[], key: string): Promise<void> {
    const obstacles = orders.filter((order) => ['fail', 'fail-first', 'rate-limit'].includes(order.do));
    if (obstacles.length === 0) return;
    const before = this.line.memory.countTry(key);
    const failure = obstacles.map((order) => refusalOf(order, before)).find((error) => error !== undefined);
    if (failure?.kind === 'auth') this.line.memory.revoke(this.ticket);
    await this.#store();
    if (failure?.kind === 'auth') this.ties.refused(failure.message);
    if (failure) throw failure;
  }

  async #delay(orders: readonly Order[], given: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([given, this.ties.alive]);
    const ms = orders.reduce((sum, order) => sum + (order.do === 'delay' ? order.ms : 0), 0);
    await new Promise<void>((resolve) => {
      if (signal.aborted || ms === 0) return resolve();
      const done = () => {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = this.host.clock.after(ms, done);
      signal.addEventListener('abort', done);
    });
    if (given.aborted) throw new AdapterError('temporary', 'The send was given up before it began.');
    this.ties.mustBeOnline();
  }

  async #accept(due: Due[], key: string): Promise<void> {
    this.line.add(due);
    try {
      await this.#store();
    } catch (error) {
      this.line.memory.remove(due);
      throw error;
    }
    this.line.memory.forgetTries(key);
  }

  async #store(): Promise<void> {
    try {
      await this.host.deliver([], this.line.memory.cursor());
    } catch (cause) {
      throw new AdapterError('temporary', 'The practice network cannot store anything now.', { cause });
    }
  }
}

function refusalOf(order: Order, before: number): AdapterError | undefined {
  if (order.do === 'fail' && (order.as === 'rejected' || before === 0)) return new AdapterError(order.as, order.why);
  if (order.do === 'fail-first' && before < order.tries) {
    return new AdapterError(
      'temporary',
      `The practice network fails try ${before + 1} of ${order.tries}, as it asked.`,
    );
  }
  if (order.do === 'rate-limit' && before === 0) {
    const why = `The practice network takes the next message in ${order.ms / 1000} s.`;
    return new AdapterError('rate-limited', why, { retryAfterMs: order.ms });
  }
  return undefined;
}

function ownEcho(id: string, chat: ChatId, { key, text }: OutgoingMessage, at: number, due: number): Due {
  return {
    at: due,
    event: { type: 'message', chat: chatWith(chat), id, key, text: carried(text), format: 'plain', at },
  };
}
