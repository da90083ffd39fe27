import {
  AdapterError,
  Backoff,
  type ChatId,
  type Connection,
  type Features,
  type Host,
  hostPort,
  type PresenceState,
  type RemoteId,
  type ResolvedChat,
  type SetupLine,
  Timers,
  throughGate,
} from '../../sdk/index.js';
import { IrcSettings } from './account-settings.js';
import type { Chats } from './chat.js';
import { featuresOf } from './features.js';
import { flowOf, Patience } from './flood.js';
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
import { Ignored, tidyMask } from './ignore.js';
import { Link } from './link.js';
import { Memory } from './memory.js';
import { noOffers, type Offers } from './offers.js';
import { Position } from './position.js';
import { Pump } from './pump.js';
import { type End, oneLine } from './reasons.js';
import { Recent } from './recent.js';
import type { Settings } from './settings.js';
import type { Lasting } from './shared.js';
import { type OwnPresence, Talk } from './talk.js';
import { line } from './wire.js';

const steadyMs = 30_000;
const grace = { answersMs: 1_000, quitMs: 800, storageMs: 800 };

/** An account on an IRC server. There is at most one link at a time; between two there is a wait that never ends the tries. */
export class IrcConnection implements Connection {
  readonly #memory: Memory;
  readonly #pump: Pump;
  readonly #lasting: Lasting;
  readonly settings: IrcSettings;
  readonly #timers: Timers;
  readonly #backoff = new Backoff();
  #talk: Talk | undefined;
  #is: 'new' | 'running' | 'refused' | 'stopped' = 'new';
  #why = 'not connected yet';
  #own: OwnPresence | undefined;
  #offers: Offers = noOffers;
  #leaveGate = () => {};
  #stopping: Promise<void> | undefined;

  constructor(
    private readonly config: Settings,
    private readonly host: Host,
  ) {
    this.#memory = new Memory(config, host);
    this.#timers = new Timers(host.clock);
    this.#pump = new Pump(host, (full) => this.#talk?.link.hold(full));
    const position = new Position(host.cursor);
    this.#lasting = {
      ...{ host, memory: this.#memory, position, ids: new MessageIds(), recent: new Recent() },
      ignored: new Ignored(this.#memory),
      patience: new Patience(),
      push: (events) => this.#pump.push(events, position.stored),
      room: () => this.#pump.room(),
    };
    this.settings = new IrcSettings(this.#memory, {
      channels: (before, after) => this.#ready?.shared.channels.change(before, after),
      realname: (name) => {
        if (this.#ready?.link.has('setname')) this.#ready.shared.sender.command(line('SETNAME', [name]));
      },
      pace: (own) => {
        const talk = this.#ready;
        if (talk) talk.shared.sender.flow = talk.shared.patience.of(flowOf(talk.link.version, own));
      },
    });
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
    return featuresOf(id, this.#chats);
  }

  /** What features lean on; the last server's offers count until the next one has made its own. */
  readonly #chats: Chats = {
    offers: () => this.#ready?.offers ?? this.#offers,
    online: () => this.#online(),
    target: (id) => targetOf(id, this.#channelTypes),
    isChannel: (target) => isChannel(target, this.#channelTypes),
    isIn: (channel) => this.#talk?.shared.channels.isIn(channel) ?? false,
    sentOf: (key) => this.#memory.sentOf(key),
  };

  /** There is no word for no in IRC: declining only forgets. */
  readonly invitations = {
    accept: async (id: ChatId) => {
      const channel = this.#channelOf(id);
      await this.#online().shared.channels.join(channel);
    },
    decline: async (id: ChatId) => this.#talk?.people.decline(this.#channelOf(id)),
  };

  /** IRC has no list of its own that every server keeps: what ignored people write is dropped here. */
  readonly blocking = {
    set: async (buddy: RemoteId, on: boolean) => {
      const mask = tidyMask(buddy);
      if (mask === undefined) throw new AdapterError('rejected', `"${oneLine(buddy, 100)}" cannot be ignored.`);
      await this.#memory.setIgnored(mask, on);
      this.#lasting.push([{ type: 'contact', buddy: buddyOf(buddy, this.#memory.caseMapping), blocked: on }]);
    },
  };

  setup(): SetupLine[] {
    const { tls, password } = this.config;
    const open = 'Messages cross the network readable to whoever carries them.';
    if (tls === 'on') return [];
    const secret =
      password === undefined ? '' : ' So may your password: where the server offers no SCRAM, it is sent as it is.';
    return [{ label: 'No encryption', value: `${open}${secret}` }];
  }

  async resolve(address: string, { join }: { join: boolean }): Promise<ResolvedChat> {
    const types = this.#channelTypes;
    if (join || isChannel(address, types)) {
      const channel = channelFrom(address, types);
      if (channel === undefined) throw new AdapterError('rejected', `"${oneLine(address, 100)}" cannot be a channel.`);
      return { chat: await this.#online().shared.channels.join(channel) };
    }
    const nick = nickFrom(address);
    if (nick === undefined) throw new AdapterError('rejected', `"${oneLine(address, 100)}" cannot be a nick.`);
    if (isAmbiguous(nick) && this.config.caseMapping === undefined) {
      throw new AdapterError(
        'temporary',
        'whether this nick is another one spelled differently is not known before the first connect',
      );
    }
    if (this.#ready) this.#ready.shared.watch.add(nick);
    else this.#memory.addWatched(nick);
    const mapping = this.#memory.caseMapping;
    return { chat: directChat(nick, mapping), buddy: buddyOf(nick, mapping) };
  }

  async leave(id: ChatId): Promise<void> {
    await this.#online().shared.channels.leave(this.#channelOf(id));
  }

  /** Kept while offline and told at the next connect. IRC has no invisible: it shows as away. */
  async presence(own: { state: PresenceState; note?: string }): Promise<void> {
    this.#own = own;
    this.#ready?.presence(own);
  }

  get #ready(): Talk | undefined {
    return this.#talk?.link.isReady ? this.#talk : undefined;
  }

  /** @throws AdapterError `rejected` for what is no channel */
  #channelOf(id: ChatId): string {
    const channel = targetOf(id, this.#channelTypes);
    if (channel !== undefined && isChannel(channel, this.#channelTypes)) return channel;
    throw new AdapterError('rejected', 'This is no channel.');
  }

  get #channelTypes(): string {
    return this.#talk?.link.support.channelTypes ?? usualChannelTypes;
  }

  readonly #onAbort = () => void this.stop();

  #online(): Talk {
    if (this.#is === 'refused') throw new AdapterError('auth', this.#why);
    if (this.#is === 'running' && this.#ready) return this.#ready;
    throw new AdapterError('temporary', `not connected: ${this.#why}`);
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
    try {
      await this.#memory.takeOver();
    } catch {
      if (this.#is === 'running') this.#wait('what the account kept from before cannot be read yet');
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
    talk = new Talk(link, this.#lasting);
    this.#talk = talk;
    link.connect();
  }

  #onReady(talk: Talk): void {
    if (this.#is !== 'running') return;
    this.#leaveGate();
    this.#why = '';
    this.#offers = talk.offers;
    const fetching = talk.begin(this.#own, () => {
      if (this.#talk === talk && this.#is === 'running') this.host.state({ is: 'online' });
    });
    talk.link.hold(this.#pump.full);
    this.#backoff.signedIn();
    this.#timers.set('steady', steadyMs, () => this.#backoff.reset());
    this.host.state({ is: fetching ? 'backfilling' : 'online' });
  }

  #onEnd(talk: Talk, end: End): void {
    this.#leaveGate();
    this.#timers.drop('steady');
    this.#why = this.#is === 'stopped' ? 'the account is stopped' : end.why;
    this.#lasting.patience.onEnd(end.why);
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
      if (talk.link.isReady) await talk.shared.sender.drain(grace.answersMs);
      await talk.link.quit(grace.quitMs);
    }
    await Promise.all([this.#pump.stop(grace.storageMs), this.#memory.stop(grace.storageMs)]);
    this.host.state({ is: 'stopped' });
  }
}
