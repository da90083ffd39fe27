import type { IrcMessage } from 'irc-framework';
import type { ChatInfo, Event, Host, PresenceState, Sent } from '../../sdk/index.js';
import { Channels } from './channels.js';
import { buddyOf, directChat, fold, isChannel, type MessageIds, maxName } from './ids.js';
import { messageEvent, type Names, readSaid, type Said, serverTime, timeOf } from './inbound.js';
import type { Link } from './link.js';
import type { Memory } from './memory.js';
import { oneLine } from './reasons.js';
import { type Outgoing, Sender } from './sender.js';
import { Timers } from './timers.js';
import { Watch } from './watch.js';
import { line, textLine } from './wire.js';

export type TalkPorts = { host: Host; memory: Memory; ids: MessageIds; push(...events: Event[]): void };
export type OwnPresence = { state: PresenceState; note?: string };

const reclaimMs = 60_000;
const ctcpPauseMs = 2_000;

/** Everything that happens on one connection once the server has taken us in. */
export class Talk {
  readonly channels: Channels;
  readonly watch: Watch;
  readonly sender: Sender;
  readonly #timers: Timers;
  #answersCtcp = true;

  constructor(
    readonly link: Link,
    private readonly ports: TalkPorts,
  ) {
    const { host, memory } = ports;
    const timers = new Timers(host.clock);
    this.#timers = timers;
    const common = {
      command: (text: string) => this.sender.command(text),
      push: (event: Event) => ports.push(event),
      fold: (name: string) => this.fold(name),
      timers,
    };
    this.channels = new Channels(memory, common);
    this.watch = new Watch(memory, common);
    this.sender = new Sender(link, host.clock, memory.settings.pace, {
      fold: common.fold,
      setSent: (key, sent) => memory.setSent(key, sent),
      onLateProof: (outgoing, id, at) => this.#onLateProof(outgoing, id, at),
    });
  }

  fold(name: string): string {
    return fold(name, this.ports.memory.caseMapping);
  }

  begin(own: OwnPresence | undefined): void {
    const { link, ports } = this;
    ports.memory.caseMapping = link.support.caseMapping;
    if (link.isSignedIn) ports.memory.noteSasl();
    this.channels.rejoin();
    const tellsAway = link.hasCap('extended-monitor') || link.hasCap('draft/extended-monitor');
    this.watch.begin(link.support.monitor, tellsAway);
    if (link.mask === undefined) this.watch.ask([link.nick]);
    if (own) this.presence(own);
    this.#reclaim();
  }

  send(outgoing: Outgoing): Promise<Sent> {
    if (!isChannel(outgoing.target, this.link.support.channelTypes)) this.watch.add(outgoing.target);
    return this.sender.send(outgoing);
  }

  presence({ state, note }: OwnPresence): void {
    const words = oneLine(note ?? '', 300) || 'Away';
    const limit = this.link.support.awayLength;
    const away = Buffer.from(words)
      .subarray(0, limit)
      .toString('utf8')
      .replace(/\ufffd+$/, '');
    this.sender.command(state === 'online' ? 'AWAY' : line('AWAY', [away]));
  }

  /** The link is gone. */
  end(why: string): void {
    this.#timers.clear();
    this.sender.end(why);
    this.channels.end(why);
    this.watch.end();
  }

  onMessage(message: IrcMessage): void {
    const handle = handlers[message.command];
    if (handle) handle(this.#inner, message);
    else if (/^[45]\d\d$/.test(message.command)) this.#onError(message);
  }

  // ------------------------------------------------------------ what the table below may do

  readonly #inner: Inner = {
    said: (message) => this.#onSaid(message),
    typing: (message) => this.#onTyping(message),
    join: (message) => this.#onJoin(message),
    part: (message) => this.#onPart(message),
    kick: (message) => this.#onKick(message),
    quit: (message) => this.#onQuit(message),
    nick: (message) => this.#onNick(message),
    topic: (channel, topic) => this.channels.onTopic(channel, topic),
    invite: (message) => this.#onInvite(message),
    away: (nick, note) => this.watch.see(nick, note === '' ? 'online' : 'away', note),
    here: (nicks) => {
      for (const nick of nicks) this.watch.seeHere(nick);
    },
    gone: (nicks) => {
      for (const nick of nicks) {
        this.watch.see(nick, 'offline');
        this.#onFree(nick);
      }
    },
    userhost: (message) => this.#onUserhost(message),
    noUserhost: (message) => {
      if (message.params[1]?.toUpperCase() === 'USERHOST') this.watch.stopAsking();
      else this.#onError(message);
    },
    host: (message) => this.#onHost(message),
    pong: (token) => this.sender.onPong(token),
    labelEnd: (label) => this.sender.onLabelEnd(label),
    batch: (message) => this.#onBatch(message),
    error: (message) => this.#onError(message),
  };

  get #names(): Names {
    const { link, ports } = this;
    const { channelTypes, statusPrefixes } = link.support;
    const { caseMapping } = ports.memory;
    const same = (one: string, other: string) => fold(one, caseMapping) === fold(other, caseMapping);
    return { nick: link.nick, caseMapping, channelTypes, statusPrefixes, same };
  }

  #isOwn(nick: string): boolean {
    return nick !== '' && this.fold(nick) === this.fold(this.link.nick);
  }

  // ------------------------------------------------------------ messages

  #onSaid(message: IrcMessage): void {
    const said = readSaid(message, this.#names);
    if (!said) return;
    const now = this.ports.host.clock.now();
    const history = this.link.batches.isHistory(message);
    if (!said.from) {
      this.link.mask = maskOf(message) ?? this.link.mask;
      const echo = { label: this.link.batches.labelOf(message), target: this.fold(said.target), wire: said.wire };
      if (!history && this.sender.onEcho(message, { ...echo, at: serverTime(message.tags, now) })) return;
      // What we write to ourselves comes a second time, as everybody's.
      if (this.#isOwn(said.target)) said.from = buddyOf(message.nick, this.ports.memory.caseMapping);
    }
    if (said.ctcp !== undefined && !/^ACTION(?: |$)/.test(said.ctcp)) return void this.#onCtcp(said, message);
    const event = messageEvent(said, message, { ids: this.ports.ids, now, history });
    if (!event) return;
    this.ports.push(event);
    if (history || said.chat.kind !== 'direct' || event.format === 'notice') return;
    this.watch.add(said.from ? message.nick : said.target);
    if (said.from) this.watch.seeHere(message.nick);
  }

  /** VERSION and PING are answered, at most one every other second: answering all of a flood would be one. */
  #onCtcp({ from, ctcp = '' }: Said, message: IrcMessage): void {
    const [, kind = '', rest = ''] = /^(VERSION|PING)(?: (.{1,100}))?$/.exec(ctcp) ?? [];
    if (!from || message.command !== 'PRIVMSG' || kind === '' || !this.#answersCtcp) return;
    this.#answersCtcp = false;
    this.#timers.set('ctcp', ctcpPauseMs, () => {
      this.#answersCtcp = true;
    });
    const answer = kind === 'PING' ? rest : 'Parley';
    this.sender.command(textLine('NOTICE', message.nick, `\x01${kind} ${answer}\x01`));
  }

  #onTyping(message: IrcMessage): void {
    const typing = message.tags['+typing'];
    const said = readSaid({ ...message, params: [message.params[0] ?? '', ''] }, this.#names);
    if (typing === undefined || !said?.from) return;
    this.ports.push({ type: 'typing', chat: said.chat, from: said.from, on: typing === 'active' });
  }

  #onLateProof(outgoing: Outgoing, id: string | undefined, at: number | undefined): void {
    const { target, text, key, action } = outgoing;
    const channel = isChannel(target, this.link.support.channelTypes);
    this.ports.push({
      type: 'message',
      chat: channel ? this.channels.chatOf(target) : directChat(target, this.ports.memory.caseMapping),
      id: id ?? `sent:${key}`.slice(0, 256),
      key,
      text,
      format: action ? 'action' : 'plain',
      at: at ?? this.ports.host.clock.now(),
    });
  }

  /** A line of the timeline that nobody said. */
  #system(chat: ChatInfo, message: IrcMessage, text: string): void {
    const { ids, memory, host } = this.ports;
    const from = message.nick === '' ? message.prefix.slice(0, maxName) || 'server' : message.nick;
    this.ports.push({
      type: 'message',
      chat,
      id: ids.of(message.tags),
      from: buddyOf(from, memory.caseMapping),
      text,
      format: 'system',
      at: timeOf(message, host.clock.now()),
    });
  }

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
    const label = batches.end(message);
    if (label !== undefined) this.sender.onLabelEnd(label);
  }

  #onError(message: IrcMessage): void {
    const label = this.link.batches.labelOf(message);
    if (label !== undefined && this.sender.onRefusal(message, label)) return;
    const about = message.params[1] ?? '';
    if (joinErrors.has(message.command) && this.channels.onRefusal(about, message.params.at(-1) ?? '')) return;
    if (!nickErrors.has(message.command)) this.sender.onRefusal(message, undefined);
  }

  // ------------------------------------------------------------ channels

  #onJoin(message: IrcMessage): void {
    const channel = this.#channelName(message.params[0]);
    if (channel === undefined) return;
    if (!this.#isOwn(message.nick)) return void this.watch.seeHere(message.nick);
    this.link.mask = maskOf(message) ?? this.link.mask;
    this.channels.onOwnJoin(channel);
  }

  #onPart(message: IrcMessage): void {
    const channel = this.#channelName(message.params[0]);
    if (channel !== undefined && this.#isOwn(message.nick)) this.channels.onOwnPart(channel);
  }

  #onKick(message: IrcMessage): void {
    const channel = this.#channelName(message.params[0]);
    if (channel === undefined || !this.#isOwn(message.params[1] ?? '')) return;
    const why = message.params.length > 2 ? oneLine(message.params.at(-1) ?? '', 300) : '';
    this.#system(this.channels.chatOf(channel), message, `removed you from ${channel}${why && `: ${why}`}`);
    this.channels.onOwnPart(channel);
  }

  #onInvite(message: IrcMessage): void {
    const channel = this.#channelName(message.params[1]);
    if (channel === undefined || !this.#isOwn(message.params[0] ?? '') || message.nick === '') return;
    const chat = directChat(message.nick, this.ports.memory.caseMapping);
    this.#system(chat, message, `invites you to ${channel}`);
  }

  #channelName(name: string | undefined): string | undefined {
    if (name === undefined || name.length > maxName) return undefined;
    return isChannel(name, this.link.support.channelTypes) ? name : undefined;
  }

  // ------------------------------------------------------------ people

  #onQuit(message: IrcMessage): void {
    if (this.#isOwn(message.nick)) return;
    this.watch.see(message.nick, 'offline');
    this.#onFree(message.nick);
  }

  /** The old nick is free for others from now on: its chat says so, and stays the chat with whoever has that nick. */
  #onNick(message: IrcMessage): void {
    const [to = ''] = message.params;
    if (to === '' || to.length > maxName) return;
    if (this.#isOwn(message.nick)) {
      this.link.nick = to;
      return void this.#reclaim();
    }
    if (this.fold(to) === this.fold(message.nick)) return;
    if (this.watch.has(message.nick)) {
      const chat = directChat(message.nick, this.ports.memory.caseMapping);
      this.#system(chat, message, `is now known as ${oneLine(to, maxName)}`);
      this.watch.see(message.nick, 'offline');
      this.watch.add(to);
      this.watch.see(to, 'online');
    }
    this.#onFree(message.nick);
  }

  /** Where we had to take another nick, asks for our own from time to time and when it is seen to be free. */
  #reclaim(): void {
    this.#timers.drop('reclaim');
    const { nick } = this.ports.memory.settings;
    if (this.#isOwn(nick)) return;
    if (this.link.support.monitor > 0) this.sender.command(line('MONITOR', ['+', nick]));
    const ask = () => {
      this.sender.command(line('NICK', [nick]));
      this.#timers.set('reclaim', reclaimMs, ask);
    };
    this.#timers.set('reclaim', reclaimMs, ask);
  }

  #onFree(nick: string): void {
    const wanted = this.ports.memory.settings.nick;
    if (this.fold(nick) === this.fold(wanted) && !this.#isOwn(wanted)) this.sender.command(line('NICK', [wanted]));
  }

  #onUserhost(message: IrcMessage): void {
    const entries: { nick: string; away: boolean }[] = [];
    for (const entry of (message.params.at(-1) ?? '').split(' ')) {
      const [, nick, sign, mask] = /^([^*=]+)\*?=([+-])(.+)$/.exec(entry) ?? [];
      if (nick === undefined || mask === undefined) continue;
      if (this.#isOwn(nick)) this.link.mask ??= mask;
      entries.push({ nick, away: sign === '-' });
    }
    this.watch.onUserhost(entries);
  }

  /** Our own host as others see it has changed. */
  #onHost(message: IrcMessage): void {
    const [user = '', host = ''] = message.command === 'CHGHOST' ? message.params : ['', message.params[1] ?? ''];
    if (message.command === 'CHGHOST' && !this.#isOwn(message.nick)) return;
    const before = this.link.mask?.split('@')[0] ?? '';
    if (host.includes('@')) this.link.mask = host;
    else if (host !== '' && (user || before) !== '') this.link.mask = `${user || before}@${host}`;
  }
}

function maskOf({ ident, hostname }: IrcMessage): string | undefined {
  return ident !== '' && hostname !== '' && hostname.length <= 300 ? `${ident}@${hostname}` : undefined;
}

type Inner = {
  said(message: IrcMessage): void;
  typing(message: IrcMessage): void;
  join(message: IrcMessage): void;
  part(message: IrcMessage): void;
  kick(message: IrcMessage): void;
  quit(message: IrcMessage): void;
  nick(message: IrcMessage): void;
  topic(channel: string, topic: string): void;
  invite(message: IrcMessage): void;
  away(nick: string, note: string): void;
  here(nicks: string[]): void;
  gone(nicks: string[]): void;
  userhost(message: IrcMessage): void;
  noUserhost(message: IrcMessage): void;
  host(message: IrcMessage): void;
  pong(token: string): void;
  labelEnd(label: string): void;
  batch(message: IrcMessage): void;
  error(message: IrcMessage): void;
};

const last = (message: IrcMessage): string => message.params.at(-1) ?? '';
const nickOf = (mask: string): string => mask.split('!')[0] ?? '';

/** One entry a command or numeric; error numerics not named here go to `error`. */
const handlers: Partial<Record<string, (talk: Inner, message: IrcMessage) => void>> = {
  PRIVMSG: (talk, message) => talk.said(message),
  NOTICE: (talk, message) => talk.said(message),
  TAGMSG: (talk, message) => talk.typing(message),
  JOIN: (talk, message) => talk.join(message),
  PART: (talk, message) => talk.part(message),
  KICK: (talk, message) => talk.kick(message),
  QUIT: (talk, message) => talk.quit(message),
  NICK: (talk, message) => talk.nick(message),
  TOPIC: (talk, message) => talk.topic(message.params[0] ?? '', message.params[1] ?? ''),
  INVITE: (talk, message) => talk.invite(message),
  AWAY: (talk, message) => talk.away(message.nick, message.params[0] ?? ''),
  CHGHOST: (talk, message) => talk.host(message),
  PONG: (talk, message) => talk.pong(last(message)),
  ACK: (talk, message) => talk.labelEnd(message.tags.label ?? ''),
  BATCH: (talk, message) => talk.batch(message),
  FAIL: (talk, message) => talk.error(message),
  /** RPL_AWAY */
  '301': (talk, message) => talk.away(message.params[1] ?? '', last(message) || 'Away'),
  /** RPL_USERHOST */
  '302': (talk, message) => talk.userhost(message),
  /** RPL_NOTOPIC, RPL_TOPIC */
  '331': (talk, message) => talk.topic(message.params[1] ?? '', ''),
  '332': (talk, message) => talk.topic(message.params[1] ?? '', last(message)),
  /** RPL_NAMREPLY: of any length, so nothing of it is kept. */
  '353': (talk, message) =>
    talk.here(
      last(message)
        .split(' ')
        .map((name) => nickOf(name.replace(/^[~&@%+!]+/, ''))),
    ),
  /** RPL_VISIBLEHOST */
  '396': (talk, message) => talk.host(message),
  /** ERR_UNKNOWNCOMMAND */
  '421': (talk, message) => talk.noUserhost(message),
  /** RPL_TARGUMODEG: not delivered, they take messages only from people they have let in. */
  '716': (talk, message) => talk.error(message),
  /** RPL_MONONLINE, RPL_MONOFFLINE */
  '730': (talk, message) => talk.here(last(message).split(',').map(nickOf)),
  '731': (talk, message) => talk.gone(last(message).split(',').map(nickOf)),
};

/** Errors that answer JOIN or PART. */
const joinErrors = new Set(
  '403 405 407 437 442 448 461 470 471 473 474 475 476 477 479 480 485 489 495 500 520 544'.split(' '),
);
/** Errors that answer NICK. */
const nickErrors = new Set('431 432 433 436 447'.split(' '));
