import type { IrcMessage } from 'irc-framework';
import type { PresenceState, Sent } from '../../sdk/index.js';
import { type Batch, joined } from './batches.js';
import { readCommand } from './commands.js';
import { askedErrors, handlers, type Inner, joinErrors, nickErrors, nickOf } from './dispatch.js';
import { flowOf } from './flood.js';
import { History } from './history.js';
import { isChannel } from './ids.js';
import { rawTime } from './inbound.js';
import type { Link } from './link.js';
import { type Age, eventsOf, Messages, past, playback } from './messages.js';
import { OwnNick } from './nick.js';
import { type Offers, offersOf } from './offers.js';
import { People } from './people.js';
import { oneLine } from './reasons.js';
import type { Outgoing } from './sender.js';
import type { Lasting, Shared } from './shared.js';
import { sharedOf } from './sharing.js';
import { line, textLine } from './wire.js';

export type OwnPresence = { state: PresenceState; note?: string };

const mostInSplit = 20_000;

/** Everything that happens on one connection once the server has taken us in. */
export class Talk {
  readonly shared: Shared;
  readonly history: History;
  readonly people: People;
  readonly #messages: Messages;
  readonly #nick: OwnNick;
  readonly #ended = new AbortController();
  /** Those who left in netsplits that are being told. */
  readonly #split = new Map<Batch, IrcMessage[]>();

  constructor(
    readonly link: Link,
    lasting: Lasting,
  ) {
    this.shared = sharedOf(link, lasting, {
      multiline: () => this.offers.multiline,
      onLateProof: (outgoing, id, at) => this.#messages.onLateProof(outgoing, id, at),
    });
    const { shared } = this;
    this.#messages = new Messages(shared);
    this.#nick = new OwnNick(shared);
    this.people = new People(shared, (nick) => this.#nick.onFree(nick));
    this.history = new History({
      requests: shared.requests,
      support: link.support,
      position: shared.position,
      fold: shared.fold,
      markers: () => this.offers.markers,
      now: () => shared.host.clock.now(),
      skew: () => link.skew,
      events: (lines, news) => eventsOf(lines, news ? 'missed' : 'past', shared),
      push: (events) => shared.push(events),
      room: () => shared.room(),
    });
  }

  get offers(): Offers {
    return offersOf(this.link, this.link.support);
  }

  /** `onCaughtUp` is called when what was missed is there; answers whether there is anything to wait for. */
  begin(own: OwnPresence | undefined, onCaughtUp: () => void): boolean {
    const { link, shared } = this;
    const { memory, sender, watch } = shared;
    memory.caseMapping = link.support.caseMapping;
    sender.flow = shared.patience.of(flowOf(link.version, memory.settings.pace));
    if (link.isSignedIn) memory.noteSasl(link.mechanism);
    for (const typed of memory.settings.commands) this.#perform(typed);
    shared.channels.rejoin();
    const tellsAway = link.has('extended-monitor') || link.has('draft/extended-monitor');
    watch.begin(link.support.monitor, tellsAway);
    if (link.mask === undefined) watch.ask([link.nick]);
    if (own) this.presence(own);
    this.#nick.reclaim();
    return this.#catchUp(onCaughtUp);
  }

  send(outgoing: Outgoing): Promise<Sent> {
    const { watch, sender } = this.shared;
    if (!isChannel(outgoing.target, this.link.support.channelTypes)) watch.add(outgoing.target);
    return sender.send(outgoing);
  }

  presence({ state, note }: OwnPresence): void {
    const words = oneLine(note ?? '', 300) || 'Away';
    const limit = this.link.support.awayLength;
    const away = Buffer.from(words)
      .subarray(0, limit)
      .toString('utf8')
      .replace(/\ufffd+$/, '');
    this.shared.sender.command(state === 'online' ? 'AWAY' : line('AWAY', [away]));
  }

  /** The link is gone. */
  end(why: string): void {
    this.#ended.abort();
    const { timers, sender, requests, channels, watch } = this.shared;
    timers.clear();
    sender.end(why);
    requests.end(why);
    channels.end(why);
    watch.end();
  }

  onMessage(message: IrcMessage): void {
    const { batches } = this.link;
    if (message.command === 'BATCH') this.#onBatch(message);
    else if (!batches.take(message))
      this.#dispatch(message, batches.isPlayback(message) ? this.#ageOf(message) : 'live');
  }

  #dispatch(message: IrcMessage, age: Age): void {
    this.shared.requests.onMessage(message, this.link.batches.labelOf(message));
    const said = past[message.command];
    const handle = handlers[message.command];
    if (said) said(this.#messages, message, age);
    else if (age !== 'live') return;
    else if (handle) handle(this.#inner, message);
    else if (/^[45]\d\d$/.test(message.command)) this.#onError(message);
  }

  /** Whether the person has seen what a playback nobody asked for tells: what is newer than all they had is news. */
  #ageOf(message: IrcMessage): Age {
    const at = rawTime(message.tags);
    const { seenBefore } = this;
    if (at === undefined || seenBefore === undefined) return 'past';
    // Some servers keep whole seconds; what was seen in this one already is known by its id.
    return (at % 1_000 === 0 ? at + 999 : at) > seenBefore ? 'missed' : 'past';
  }

  /** The newest message that was known when this connection began. */
  seenBefore: number | undefined;

  // ------------------------------------------------------------ what was missed

  #catchUp(onCaughtUp: () => void): boolean {
    const { shared, link } = this;
    const { position } = shared;
    this.seenBefore = position.since;
    const known = position.begin();
    // From now on whatever comes later than this is missing if we miss it.
    position.see(shared.host.clock.now() + link.skew);
    const fetching = known ? this.#fetch(this.seenBefore ?? 0) : undefined;
    if (!fetching) {
      position.finish();
      return false;
    }
    const done = () => {
      position.finish();
      this.#messages.onCaughtUp();
      onCaughtUp();
    };
    const failed = (error: unknown) => {
      if (this.#ended.signal.aborted) return;
      shared.host.log.warn('what was missed could not be fetched', {
        why: error instanceof Error ? error.message : '',
      });
      onCaughtUp();
    };
    fetching.then(done, failed);
    return true;
  }

  /** Asks for what was said since; nothing where the server keeps nothing. */
  #fetch(since: number): Promise<unknown> | undefined {
    const { requests, channels } = this.shared;
    const { signal } = this.#ended;
    if (this.offers.history) return this.history.catchUp(channels.names, signal);
    if (!this.link.has('znc.in/playback')) return undefined;
    const play = textLine('PRIVMSG', playback, `PLAY * ${(since / 1000).toFixed(3)}`);
    return requests.ask({ line: play, command: 'PRIVMSG', about: [], signal });
  }

  #perform(typed: string): void {
    const { settings } = this.shared.memory;
    const text = readCommand(typed, { nick: this.link.nick, account: settings.account ?? settings.nick });
    if (text !== undefined) this.shared.sender.command(text);
  }

  // ------------------------------------------------------------ batches

  #onBatch(message: IrcMessage): void {
    const { batches } = this.link;
    if (message.params[0]?.startsWith('+')) {
      try {
        batches.start(message);
      } catch (error) {
        this.link.drop({ next: 'retry', why: `the server ${error instanceof Error ? error.message : 'erred'}` });
      }
      return;
    }
    const batch = batches.end(message);
    if (batch) this.#onComplete(batch);
  }

  #onComplete(batch: Batch): void {
    const { requests, sender } = this.shared;
    const whole = batch.kind === 'multiline' ? joined(batch) : undefined;
    if (whole && !(batch.around && this.link.batches.add(batch.around, whole))) this.onMessage(whole);
    if (batch.kind === 'history' && !requests.onHistory(batch)) {
      this.shared.ids.restart();
      for (const one of batch.lines) past[one.command]?.(this.#messages, one, this.#ageOf(one));
    }
    const left = this.#split.get(batch);
    this.#split.delete(batch);
    if (left) this.people.onSplit(left, batch.params.slice(0, 2), batch.opening);
    if (batch.label === undefined || batch.around?.label === batch.label) return;
    sender.onLabelEnd(batch.label);
    requests.onLabelEnd(batch.label);
  }

  /** Answers whether a QUIT is one of many that are told together. */
  #inSplit(message: IrcMessage): boolean {
    const batch = this.link.batches.of(message);
    if (batch?.kind !== 'split') return false;
    const left = this.#split.get(batch) ?? [];
    if (left.length >= mostInSplit) return false;
    left.push(message);
    this.#split.set(batch, left);
    return true;
  }

  // ------------------------------------------------------------ what the table below may do

  readonly #inner: Inner = {
    people: () => this.people,
    quit: (message) => {
      if (!this.#inSplit(message)) this.people.onQuit(message);
    },
    nick: (message) => {
      const own = this.shared.isOwn(message.nick);
      this.people.onNick(message);
      if (own) this.#nick.reclaim();
    },
    topic: (channel, topic) => this.shared.channels.onTopic(channel, topic),
    marker: (message) => this.#messages.onMarker(message),
    names: (channel, names) => {
      this.shared.members.addNames(channel, names);
      for (const nick of names.split(' ')) this.shared.watch.seeHere(nickOf(nick.replace(/^[~&@%+!]+/, '')));
    },
    mode: (message) => this.shared.members.onMode(message),
    who: (nick, flags) => {
      if (/^[HG]/.test(flags)) this.shared.members.setAway(nick, flags.startsWith('G'));
    },
    here: (nicks) => {
      for (const nick of nicks) this.shared.watch.seeHere(nick);
    },
    gone: (nicks) => {
      for (const nick of nicks) {
        this.shared.watch.see(nick, 'offline');
        this.#nick.onFree(nick);
      }
    },
    userhost: (message) => this.#onUserhost(message),
    noUserhost: (message) => {
      if (message.params[1]?.toUpperCase() === 'USERHOST') this.shared.watch.stopAsking();
      else this.#onError(message);
    },
    pong: (token) => {
      this.shared.sender.onPong(token);
      this.shared.requests.onPong(token);
    },
    labelEnd: (label) => {
      this.shared.sender.onLabelEnd(label);
      this.shared.requests.onLabelEnd(label);
    },
    error: (message) => this.#onError(message),
  };

  #onError(message: IrcMessage): void {
    const { sender, channels, requests } = this.shared;
    const label = this.link.batches.labelOf(message);
    if (label !== undefined && (sender.onRefusal(message, label) || requests.onError(message, label))) return;
    const about = message.params[1] ?? '';
    if (joinErrors.has(message.command) && channels.onRefusal(about, message.params.at(-1) ?? '')) return;
    if (nickErrors.has(message.command)) return;
    if (askedErrors.has(message.command) && requests.onError(message, undefined)) return;
    if (!sender.onRefusal(message, undefined)) requests.onError(message, undefined);
  }

  #onUserhost(message: IrcMessage): void {
    const entries: { nick: string; away: boolean }[] = [];
    for (const entry of (message.params.at(-1) ?? '').split(' ')) {
      const [, nick, sign, mask] = /^([^*=]+)\*?=([+-])(.+)$/.exec(entry) ?? [];
      if (nick === undefined || mask === undefined) continue;
      if (this.shared.isOwn(nick)) this.link.mask ??= mask;
      entries.push({ nick, away: sign === '-' });
    }
    this.shared.watch.onUserhost(entries);
  }
}
