import {
  AdapterError,
  Backoff,
  type ChatId,
  type Connection,
  type Features,
  type Host,
  type PresenceState,
  type RemoteId,
  type ResolvedChat,
  Timers,
} from '../../sdk/index.js';
import { accountSettings } from './account-settings.js';
import { Chats } from './chats.js';
import { Cursor } from './cursor.js';
import { Dialer } from './dialer.js';
import { Files } from './files.js';
import { directChat, type Jid, personBuddy, privateChat, typedJid } from './ids.js';
import { Memory } from './memory.js';
import type { Own } from './presence.js';
import { Pump } from './pump.js';
import { ReactionSets } from './reactions.js';
import { type End, retry } from './reasons.js';
import { Refs } from './refs.js';
import { disco } from './services.js';
import type { Settings } from './settings.js';
import type { Stream } from './stream.js';
import { type Lasting, Talk } from './talk.js';
import { StanzaError, visible } from './wire.js';

const steadyMs = 30_000;
/** How long a session is believed to be kept for us at the server. */
const keptMs = 5 * 60_000;
const lookMs = 5_000;
const grace = { acksMs: 500, storageMs: 800, goodbyeMs: 700 };

/** An account on an XMPP server. There is at most one connection at a time; between two there is a wait that never ends the tries. */
export class XmppConnection implements Connection {
  readonly settings;
  readonly #own: Jid;
  readonly #lasting: Lasting;
  readonly #chats: Chats;
  readonly #timers: Timers;
  readonly #backoff = new Backoff();
  readonly #dialer: Dialer;
  #talk: Talk | undefined;
  #is: 'new' | 'running' | 'refused' | 'stopped' = 'new';
  #why = 'not connected yet';
  /** Our presence has changed while nobody could be told. */
  #untold = false;
  #stopping: Promise<void> | undefined;

  constructor(
    config: Settings,
    own: Jid,
    private readonly host: Host,
  ) {
    const memory = new Memory(config, host);
    const cursor = new Cursor(host.cursor);
    const files = new Files(host);
    this.#own = own;
    this.#timers = new Timers(host.clock);
    this.#dialer = new Dialer(config, own, host);
    this.#lasting = {
      ...{
        host,
        memory,
        cursor,
        files,
        refs: new Refs(),
        reactions: new ReactionSets(host),
        invited: new Map(),
        requests: new Map(),
      },
      pump: new Pump(
        host,
        () => cursor.json(),
        (full) => this.#talk?.session.hold(full),
        (events) => files.release(events),
      ),
      told: { own: { state: 'online' }, directed: new Map() },
    };
    this.#chats = new Chats({
      ...{ memory, files, refs: this.#lasting.refs, reactions: this.#lasting.reactions, ownBare: own.bare },
      now: () => host.clock.now(),
      talk: () => this.#talk,
      online: () => this.#online(),
    });
    this.settings = accountSettings(memory, () => {
      if (this.#talk?.session.isLive) this.#talk.presences.announce();
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
    return this.#chats.features(id);
  }

  async resolve(address: string, { join }: { join: boolean }): Promise<ResolvedChat> {
    const jid = typedJid(address.trim() === address ? address : '');
    if (!jid) throw new AdapterError('rejected', `"${visible(address, 100)}" is not an XMPP address (name@server).`);
    const { memory } = this.#lasting;
    const room = this.#talk?.rooms.get(jid.bare);
    if (jid.resource !== '' && !join) {
      if (!room) throw new AdapterError('rejected', 'Enter the address without what comes after the slash.');
      return { chat: privateChat(jid.bare, jid.resource), buddy: room.buddy(jid.resource, undefined) };
    }
    if (jid.resource !== '') throw new AdapterError('rejected', 'A room has no slash in its address.');
    if (join || memory.room(jid.bare) || (await this.#isRoom(jid)))
      return { chat: await this.#online().rooms.enter(jid.bare) };
    const name = this.#talk?.roster.nameOf(jid.bare);
    return { chat: directChat(jid.bare, name), buddy: personBuddy(jid.bare, name) };
  }

  async leave(id: ChatId): Promise<void> {
    if (this.#chats.target(id)?.kind !== 'room') throw new AdapterError('rejected', 'Only a room can be left.');
    await this.#online().rooms.leave(id);
  }

  /** Kept while offline and told at the next connect. */
  async presence(own: { state: PresenceState; note?: string }, to?: RemoteId[]): Promise<void> {
    const { told } = this.#lasting;
    const kept: Own = { ...own };
    if (to !== undefined) {
      this.#untold ||= !this.#talk?.session.isLive;
      if (this.#talk) this.#talk.presences.direct(kept, to);
      else for (const bare of to.slice(0, 1_000)) told.directed.set(bare, kept);
      return;
    }
    told.own = kept;
    if (this.#talk?.session.isLive) this.#talk.presences.announce();
    else this.#untold = true;
  }

  readonly invitations = {
    accept: async (id: ChatId) => {
      const talk = this.#online();
      if (await this.#asksIntoRoom(id)) return void (await talk.rooms.enter(id));
      talk.roster.accept(this.#person(id));
    },
    decline: async (id: ChatId) => {
      const talk = this.#online();
      if (await this.#asksIntoRoom(id)) talk.rooms.declineInvitation(id);
      else talk.roster.decline(this.#person(id));
    },
  };

  readonly blocking = {
    set: async (buddy: RemoteId, on: boolean) => this.#online().blocking.set(buddy, on),
  };

  readonly roster = {
    add: (address: string, entry: { name?: string; groups?: string[] }) =>
      this.#list((talk) => talk.roster.add(address, entry)),
    change: (buddy: RemoteId, entry: { name?: string; groups?: string[] }) =>
      this.#list((talk) => talk.roster.change(buddy, entry)),
    remove: (buddy: RemoteId) => this.#list((talk) => talk.roster.remove(buddy)),
  };

  readonly #onAbort = () => void this.stop();

  async #list(change: (talk: Talk) => Promise<void>): Promise<void> {
    try {
      await change(this.#online());
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      throw new AdapterError('rejected', `the server did not change the contact list: ${error.message}`);
    }
  }

  /** What asked before a restart is told apart by what the server says of the address. */
  async #asksIntoRoom(id: ChatId): Promise<boolean> {
    const kind = this.#chats.target(id)?.kind;
    const { invited, requests } = this.#lasting;
    if (kind !== 'direct' || requests.has(id)) return kind === 'room';
    const jid = typedJid(id);
    return invited.has(id) || (jid !== undefined && (await this.#isRoom(jid)));
  }

  #person(id: ChatId): string {
    if (this.#chats.target(id)?.kind === 'direct') return id;
    throw new AdapterError('rejected', 'Nobody asked from this chat.');
  }

  #online(): Talk {
    if (this.#is === 'refused') throw new AdapterError('auth', this.#why);
    if (this.#is === 'running' && this.#talk?.session.isLive) return this.#talk;
    throw new AdapterError('temporary', `not connected: ${this.#why}`);
  }

  /** Rooms live on servers of their own; without an answer it is taken for a person. */
  async #isRoom(jid: Jid): Promise<boolean> {
    const talk = this.#talk;
    if (!talk?.session.isLive || jid.domain === this.#own.domain) return false;
    const found = await disco(talk.session, jid.domain, lookMs).catch(() => undefined);
    return found?.identities.some(({ category, type }) => category === 'conference' && type === 'text') ?? false;
  }

  // ------------------------------------------------------------ connecting

  async #attempt(): Promise<void> {
    this.host.state({ is: 'connecting' });
    const earlier = this.#talk?.session.resumable;
    const outcome = await this.#dialer.dial(earlier);
    if (this.#is !== 'running') return;
    if ('end' in outcome) return this.#onRefused(outcome.end);
    if ('forbidden' in outcome) return this.#forbidden(outcome.forbidden);
    const { stream, negotiated } = outcome;
    this.#timers.drop('kept');
    stream.onEnd = (end) => this.#onEnd(stream, end);
    stream.hold(this.#lasting.pump.full);
    this.#backoff.signedIn();
    this.#timers.set('steady', steadyMs, () => this.#backoff.reset());
    const talk = negotiated.resumed ? this.#talk : undefined;
    if (talk && negotiated.resumed) {
      talk.session.resume(stream, negotiated.h);
      if (this.#untold) talk.presences.announce();
      this.#untold = false;
      await this.#complete(talk, stream);
    } else if (!negotiated.resumed) {
      this.#talk?.end('the server has begun a new session');
      const fresh = new Talk(negotiated.jid, this.#lasting);
      this.#talk = fresh;
      this.#untold = false;
      this.host.state({ is: 'backfilling' });
      fresh.session.attach(stream, negotiated.sm);
      await this.#complete(fresh, stream);
    }
  }

  async #complete(talk: Talk, stream: Stream): Promise<void> {
    try {
      await talk.begin();
    } catch (error) {
      // A connection lost meanwhile has said so itself.
      if (this.#is === 'running' && this.#talk === talk && talk.session.isLive) {
        const why = error instanceof Error ? visible(error.message, 200) : 'unknown';
        stream.fail(retry(`the session could not be set up: ${why}`));
      }
      return;
    }
    if (this.#is !== 'running' || this.#talk !== talk || !talk.session.isLive) return;
    this.#why = '';
    this.host.state({ is: 'online' });
  }

  #onEnd(stream: Stream, end: End): void {
    stream.onElement = undefined;
    this.#timers.drop('steady');
    const talk = this.#talk;
    if (!talk) return;
    talk.session.detach();
    this.#why = this.#is === 'stopped' ? 'the account is stopped' : end.why;
    if (this.#is !== 'running') return;
    if (talk.session.resumable) this.#timers.set('kept', keptMs, () => this.#endTalk(this.#why));
    else this.#endTalk(end.why);
    this.#onRefused(end);
  }

  #onRefused(end: End): void {
    this.#why = end.why;
    if (end.next === 'elsewhere') {
      this.#dialer.goTo(end);
      return void this.#wait(end.why);
    }
    if (end.next === 'retry') return void this.#wait(end.why, end.leastMs);
    this.#endTalk(end.why);
    this.#is = 'refused';
    this.#timers.clear();
    this.host.state({ is: 'needs-login', why: end.why });
  }

  #endTalk(why: string): void {
    this.#talk?.end(why);
    this.#talk = undefined;
  }

  #forbidden(error: unknown): void {
    const why = error instanceof Error ? error.message : 'this server is not allowed';
    if (error instanceof AdapterError && error.kind !== 'rejected') return void this.#wait(why);
    this.#why = why;
    this.#endTalk(why);
    this.host.state({ is: 'failed', why });
  }

  #wait(why: string, leastMs?: number): void {
    const ms = this.#backoff.next(leastMs);
    this.#timers.set('retry', ms, () => void this.#attempt());
    this.host.state({ is: 'waiting', retryAt: this.host.clock.now() + ms, why });
  }

  /** Each part of the end is bounded in real time, as it waits for a socket or storage and not for the clock. */
  async #stop(): Promise<void> {
    const talk = this.#talk;
    const { pump, memory } = this.#lasting;
    this.#is = 'stopped';
    this.#why = 'the account is stopped';
    this.#timers.clear();
    this.host.signal.removeEventListener('abort', this.#onAbort);
    if (talk?.session.isLive) await talk.session.drain(grace.acksMs);
    await Promise.all([pump.stop(grace.storageMs), memory.stop(grace.storageMs), this.#dialer.stop()]);
    await talk?.session.close(grace.goodbyeMs);
    talk?.end(this.#why);
    this.host.state({ is: 'stopped' });
  }
}
