import {
  AdapterError,
  type ChatId,
  type Connection,
  type Features,
  type Host,
  type OutgoingMessage,
  type PresenceState,
  type ResolvedChat,
  type Sent,
} from '../../sdk/index.js';
import { Backoff } from './backoff.js';
import { throughGate } from './gate.js';
import {
  buddyOf,
  channelFrom,
  directChat,
  isAmbiguous,
  isChannel,
  MessageIds,
  nickFrom,
  targetOf,
  usualChannelTypes,
} from './ids.js';
import { Link } from './link.js';
import { Memory } from './memory.js';
import { Pump } from './pump.js';
import { type End, hostPort, oneLine } from './reasons.js';
import type { Settings } from './settings.js';
import { type OwnPresence, Talk } from './talk.js';
import { Timers } from './timers.js';

const steadyMs = 30_000;
const grace = { answersMs: 1_000, quitMs: 800, storageMs: 800 };

const sending: Omit<Features['send'], 'message'> = {
  maxBytes: 400,
  maxLength: 20_000,
  formatting: 'dropped',
  attachments: 'rejected',
  replies: 'partial',
  idempotent: false,
  proves: 'sent',
};

/** What every IRC chat can do; also the manifest's capabilities. */
export const usualFeatures: Features = {
  send: { ...sending, message: () => Promise.reject(new AdapterError('temporary', 'not connected')) },
  presence: true,
};

/** An account on an IRC server. There is at most one link at a time; between two there is a wait that never ends the tries. */
export class IrcConnection implements Connection {
  readonly #memory: Memory;
  readonly #pump: Pump;
  readonly #ids = new MessageIds();
  readonly #timers: Timers;
  readonly #backoff = new Backoff();
  #talk: Talk | undefined;
  #is: 'new' | 'running' | 'refused' | 'stopped' = 'new';
  #why = 'not connected yet';
  #own: OwnPresence | undefined;
  #leaveGate = () => {};
  #stopping: Promise<void> | undefined;

  constructor(
    private readonly config: Settings,
    private readonly host: Host,
  ) {
    this.#memory = new Memory(config, host);
    this.#timers = new Timers(host.clock);
    this.#pump = new Pump(host, (full) => this.#talk?.link.hold(full));
  }

  start(): void {
    if (this.#is !== 'new') return;
    this.#is = 'running';
    this.host.signal.addEventListener('abort', this.#onAbort, { once: true });
    void this.#attempt();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  chat(id: ChatId): Features {
    return { send: { ...sending, message: (message) => this.#send(id, message) }, presence: true };
  }

  async resolve(address: string, { join }: { join: boolean }): Promise<ResolvedChat> {
    const types = this.#channelTypes;
    if (join || isChannel(address, types)) {
      const channel = channelFrom(address, types);
      if (channel === undefined) throw new AdapterError('rejected', `"${oneLine(address, 100)}" cannot be a channel.`);
      return { chat: await this.#online().channels.join(channel) };
    }
    const nick = nickFrom(address);
    if (nick === undefined) throw new AdapterError('rejected', `"${oneLine(address, 100)}" cannot be a nick.`);
    if (isAmbiguous(nick) && this.config.caseMapping === undefined) {
      throw new AdapterError(
        'temporary',
        'whether this nick is another one spelled differently is not known before the first connect',
      );
    }
    if (this.#talk?.link.isReady) this.#talk.watch.add(nick);
    else this.#memory.addWatched(nick);
    const mapping = this.#memory.caseMapping;
    return { chat: directChat(nick, mapping), buddy: buddyOf(nick, mapping) };
  }

  async leave(id: ChatId): Promise<void> {
    const channel = targetOf(id, this.#channelTypes);
    if (channel === undefined || !isChannel(channel, this.#channelTypes)) {
      throw new AdapterError('rejected', 'Only a channel can be left.');
    }
    await this.#online().channels.leave(channel);
  }

  /** Kept while offline and told at the next connect. IRC has no invisible: it shows as away. */
  async presence(own: { state: PresenceState; note?: string }): Promise<void> {
    this.#own = own;
    if (this.#talk?.link.isReady) this.#talk.presence(own);
  }

  get #channelTypes(): string {
    return this.#talk?.link.support.channelTypes ?? usualChannelTypes;
  }

  readonly #onAbort = () => void this.stop();

  #online(): Talk {
    if (this.#is === 'refused') throw new AdapterError('auth', this.#why);
    if (this.#is === 'running' && this.#talk?.link.isReady) return this.#talk;
    throw new AdapterError('temporary', `not connected: ${this.#why}`);
  }

  async #send(id: ChatId, message: OutgoingMessage): Promise<Sent> {
    const target = targetOf(id, this.#channelTypes);
    if (target === undefined) throw new AdapterError('rejected', 'This is no chat of an IRC account.');
    if (message.attachments.length > 0) throw new AdapterError('rejected', 'IRC carries no files.');
    const talk = this.#online();
    const action = /^\/me[ \t]+(?=\S)/.exec(message.text)?.[0];
    const text = action === undefined ? message.text : message.text.slice(action.length);
    const { key, signal } = message;
    const tags = this.#replyTags(talk, message.replyTo?.remoteId);
    const sent = this.#memory.sentOf(key);
    return talk.send({ key, target, text, action: action !== undefined, tags, sent, signal });
  }

  /** Only ids the network gave mean something to it. */
  #replyTags(talk: Talk, remoteId: string | undefined): Record<string, string> {
    if (remoteId === undefined || !talk.link.hasCap('message-tags')) return {};
    return /^[^\s\p{C}~]\S{0,200}$/u.test(remoteId) ? { '+draft/reply': remoteId } : {};
  }

  // ------------------------------------------------------------ connecting

  async #attempt(): Promise<void> {
    const { server, port } = this.config;
    this.host.state({ is: 'connecting' });
    try {
      await this.host.checkServer(server);
    } catch (error) {
      if (this.#is === 'running') this.#forbidden(error);
      return;
    }
    if (this.#is !== 'running') return;
    try {
      this.#leaveGate = throughGate(hostPort(server, port), () => this.#connect());
    } catch (error) {
      this.#talk = undefined;
      this.#wait(`the connection could not be begun: ${oneLine(String(error), 200)}`);
    }
  }

  #connect(): void {
    const { host } = this;
    let talk: Talk | undefined;
    const link = new Link(this.config, host.clock, {
      onReady: () => talk && this.#onReady(talk),
      onMessage: (message) => talk?.onMessage(message),
      onEnd: (end) => talk && this.#onEnd(talk, end),
    });
    talk = new Talk(link, {
      ...{ host, memory: this.#memory, ids: this.#ids },
      push: (...events) => this.#pump.push(...events),
    });
    this.#talk = talk;
    link.connect();
  }

  #onReady(talk: Talk): void {
    if (this.#is !== 'running') return;
    this.#leaveGate();
    this.#why = '';
    talk.begin(this.#own);
    talk.link.hold(this.#pump.full);
    this.#timers.set('steady', steadyMs, () => this.#backoff.reset());
    this.host.state({ is: 'online' });
  }

  #onEnd(talk: Talk, end: End): void {
    this.#leaveGate();
    this.#timers.drop('steady');
    this.#why = this.#is === 'stopped' ? 'the account is stopped' : end.why;
    talk.end(this.#why);
    if (this.#talk === talk) this.#talk = undefined;
    if (this.#is !== 'running') return;
    if (end.next === 'retry') return void this.#wait(end.why, end.leastMs);
    this.#is = 'refused';
    this.host.state({ is: 'needs-login', why: end.why });
  }

  #forbidden(error: unknown): void {
    const why = error instanceof Error ? error.message : 'this server is not allowed';
    if (error instanceof AdapterError && error.kind !== 'rejected') return void this.#wait(why);
    this.#why = why;
    this.host.state({ is: 'failed', why });
  }

  #wait(why: string, leastMs?: number): void {
    this.#why = why;
    const ms = this.#backoff.next(leastMs);
    this.#timers.set('retry', ms, () => void this.#attempt());
    this.host.state({ is: 'waiting', retryAt: this.host.clock.now() + ms, why });
  }

  /** Each part of the end is bounded in real time, as it waits for a socket or storage and not for the clock. */
  async #stop(): Promise<void> {
    const talk = this.#talk;
    this.#is = 'stopped';
    this.#why = 'the account is stopped';
    this.#timers.clear();
    this.#leaveGate();
    this.host.signal.removeEventListener('abort', this.#onAbort);
    if (talk) {
      if (talk.link.isReady) await talk.sender.drain(grace.answersMs);
      await talk.link.quit(grace.quitMs);
    }
    await Promise.all([this.#pump.stop(grace.storageMs), this.#memory.stop(grace.storageMs)]);
    this.host.state({ is: 'stopped' });
  }
}
