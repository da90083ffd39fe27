import { AdapterError, type ChatId, type OutgoingMessage, type Sent } from '../../sdk/index.js';
import { isNetworkId } from './ids.js';
import type { Offers } from './offers.js';
import type { Talk } from './talk.js';
import { Typing } from './typing.js';
import { line, textLine } from './wire.js';

export type Chats = {
  offers(): Offers;
  /** @throws AdapterError while not connected */
  online(): Talk;
  target(id: ChatId): string | undefined;
  isChannel(target: string): boolean;
  isIn(channel: string): boolean;
  /** How much of a message was sent before. */
  sentOf(key: string): number;
};

/** Lists of more members than this are not asked who of them is away. */
const mostAsked = 1_000;

/** What is done in one chat, on the connection there is. */
export class Chat {
  constructor(
    private readonly id: ChatId,
    private readonly chats: Chats,
  ) {}

  get target(): string {
    const target = this.chats.target(this.id);
    if (target === undefined) throw new AdapterError('rejected', 'This is no chat of an IRC account.');
    return target;
  }

  async send(message: OutgoingMessage): Promise<Sent> {
    const { target } = this;
    if (message.attachments.length > 0) throw new AdapterError('rejected', 'IRC carries no files.');
    const talk = this.chats.online();
    const action = /^\/me[ \t]+(?=\S)/.exec(message.text)?.[0];
    const text = action === undefined ? message.text : message.text.slice(action.length);
    const { key, signal } = message;
    const tags = this.#replyTags(message.replyTo?.remoteId);
    Typing.over(talk, target);
    return talk.send({ key, target, text, action: action !== undefined, tags, sent: this.chats.sentOf(key), signal });
  }

  async typing(on: boolean): Promise<void> {
    Typing.tell(this.chats.online(), this.target, on);
  }

  async react(to: string, emoji: string, on: boolean): Promise<void> {
    const name = on ? '+draft/react' : '+draft/unreact';
    if (emoji === '' || emoji.length > 64) throw new AdapterError('rejected', 'This cannot be a reaction.');
    await this.#tag({ ...this.#answer(this.#known(to)), [name]: emoji });
  }

  async redact(to: string): Promise<void> {
    const { target } = this;
    const request = { line: line('REDACT', [target, this.#known(to)]), command: 'REDACT', about: [target] };
    await this.chats.online().shared.requests.ask(request);
  }

  /** Our own other clients are told, by the server or the bouncer that keeps the marker; nobody else is. */
  async mark(to: string): Promise<void> {
    const { target } = this;
    const { shared, history, offers } = this.chats.online();
    const known = shared.recent.timeOf(this.id, to);
    const at = known ?? (offers.history ? await history.timeOf(target, to) : undefined);
    if (at === undefined) throw new AdapterError('rejected', 'The server is not known to have this message.');
    const time = `timestamp=${new Date(at).toISOString()}`;
    await shared.requests.ask({ line: line('MARKREAD', [target, time]), command: 'MARKREAD', about: [target] });
  }

  async members(signal: AbortSignal) {
    const { target } = this;
    const { shared, link } = this.chats.online();
    const { members, requests, memory } = shared;
    if (members.isUnsure(target) && members.count(target) <= mostAsked) {
      const who = link.support.whox ? line('WHO', [target, '%tnf,77']) : line('WHO', [target]);
      const about = [target];
      const ends = ({ command, params }: { command: string; params: string[] }) =>
        command === '315' && shared.fold(params[1] ?? '') === shared.fold(target);
      // Without the answer the list is there all the same, only not who of it is away.
      await requests.ask({ line: who, command: 'WHO', about, ends, signal }).catch(() => []);
    }
    return members.list(target, memory.caseMapping);
  }

  async invite(address: string): Promise<void> {
    const { target } = this;
    const nick = address.trim();
    const request = { command: 'INVITE', about: [target, nick], line: line('INVITE', [nick, target]) };
    await this.chats.online().shared.requests.ask(request);
  }

  async setTopic(topic: string): Promise<void> {
    const { target } = this;
    const { shared, link } = this.chats.online();
    const text = topic.replace(/[\r\n\0]+/g, ' ').toWellFormed();
    const most = link.support.topicLength;
    if (Buffer.byteLength(text) > most) {
      throw new AdapterError('rejected', `The topic is longer than the ${most} bytes that this server takes.`);
    }
    const request = { command: 'TOPIC', about: [target], line: textLine('TOPIC', target, text) };
    await shared.requests.ask(request);
  }

  /** A message without text. */
  async #tag(tags: Record<string, string>): Promise<void> {
    const { target } = this;
    const request = { line: line('TAGMSG', [target]), tags, command: 'TAGMSG', about: [target] };
    await this.chats.online().shared.requests.ask(request);
  }

  /** Only ids the network gave mean something to it. */
  #replyTags(remoteId: string | undefined): Record<string, string> {
    return remoteId === undefined || !this.chats.offers().replies || !isNetworkId(remoteId)
      ? {}
      : this.#answer(remoteId);
  }

  /** By its name of today and by that of the draft, which most programs know. */
  #answer(remoteId: string): Record<string, string> {
    return { '+reply': remoteId, '+draft/reply': remoteId };
  }

  #known(id: string): string {
    if (isNetworkId(id)) return id;
    throw new AdapterError('rejected', 'The network does not know this message by an id.');
  }
}
