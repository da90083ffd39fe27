import type { IrcMessage } from 'irc-framework';
import type { ChatEvent } from '../../sdk/index.js';
import { buddyOf, directChat, isChannel, maxName } from './ids.js';
import { maskOf } from './messages.js';
import { oneLine } from './reasons.js';
import type { Shared } from './shared.js';

const mostInvitations = 50;
const countEveryMs = { small: 2_000, large: 60_000 };
const largeChannel = 200;

/** People who come, go, change their names and ask us in. */
export class People {
  /** Channels we are asked into and have not answered, folded. */
  readonly #invited = new Set<string>();

  constructor(
    private readonly shared: Shared,
    /** A nick may have become free. */
    private readonly onFree: (nick: string) => void,
  ) {}

  onJoin(message: IrcMessage): void {
    const { shared } = this;
    const channel = shared.channelName(message.params[0]);
    if (channel === undefined) return;
    if (!shared.isOwn(message.nick)) {
      shared.members.add(channel, message.nick);
      // Who is away is said right after.
      if (shared.link.has('away-notify')) shared.members.setAway(message.nick, false);
      this.#recount(channel);
      shared.watch.seeHere(message.nick);
      return;
    }
    shared.link.mask = maskOf(message) ?? shared.link.mask;
    shared.members.enter(channel);
    this.#invited.delete(shared.fold(channel));
    shared.channels.onOwnJoin(channel);
  }

  onPart(message: IrcMessage): void {
    const { shared } = this;
    const channel = shared.channelName(message.params[0]);
    if (channel === undefined) return;
    if (shared.isOwn(message.nick)) this.#onOut(channel);
    else this.#onGone(channel, message.nick);
  }

  onKick(message: IrcMessage): void {
    const { shared } = this;
    const channel = shared.channelName(message.params[0]);
    const who = message.params[1] ?? '';
    if (channel === undefined || who === '') return;
    if (!shared.isOwn(who)) return void this.#onGone(channel, who);
    const why = message.params.length > 2 ? oneLine(message.params.at(-1) ?? '', 300) : '';
    shared.system(shared.channels.chatOf(channel), message, `removed you from ${channel}${why && `: ${why}`}`);
    this.#onOut(channel);
  }

  onQuit(message: IrcMessage): void {
    const { shared } = this;
    if (shared.isOwn(message.nick)) return;
    const channels = shared.members.channelsOf(message.nick);
    shared.members.quit(message.nick);
    for (const channel of channels) this.#recount(channel);
    shared.watch.see(message.nick, 'offline');
    this.onFree(message.nick);
  }

  /** The old nick is free for others from now on: its chat says so, and stays the chat with whoever has that nick. */
  onNick(message: IrcMessage): void {
    const { shared } = this;
    const { watch, members, memory } = shared;
    const [to = ''] = message.params;
    if (to === '' || to.length > maxName) return;
    members.rename(message.nick, to);
    if (shared.isOwn(message.nick)) {
      shared.link.nick = to;
      return;
    }
    if (shared.fold(to) === shared.fold(message.nick)) return;
    if (watch.has(message.nick)) {
      const chat = directChat(message.nick, memory.caseMapping);
      shared.system(chat, message, `is now known as ${oneLine(to, maxName)}`);
      watch.see(message.nick, 'offline');
      watch.add(to);
      watch.see(to, 'online');
    }
    watch.lose(message.nick);
    this.onFree(message.nick);
  }

  onAway(nick: string, note: string): void {
    this.shared.members.setAway(nick, note !== '');
    this.shared.watch.see(nick, note === '' ? 'online' : 'away', note);
  }

  /** Our own host as others see it has changed. */
  onHost(message: IrcMessage): void {
    const { link } = this.shared;
    const own = message.command === 'CHGHOST';
    if (own && !this.shared.isOwn(message.nick)) return;
    const [user = '', host = ''] = own ? message.params : ['', message.params[1] ?? ''];
    const before = link.mask?.split('@')[0] ?? '';
    if (host.includes('@')) link.mask = host;
    else if (host !== '' && (user || before) !== '') link.mask = `${user || before}@${host}`;
  }

  /** NAMES of a channel are complete. */
  onNamesEnd(channel: string): void {
    if (this.shared.members.has(channel)) this.#tellCount(channel);
  }

  /** Topics of others come with who set them and when; the line says so. */
  onTopic(message: IrcMessage): void {
    const { shared } = this;
    const channel = shared.channelName(message.params[0]);
    if (channel === undefined || !shared.channels.isIn(channel)) return;
    const topic = oneLine(message.params[1] ?? '', 1000);
    shared.channels.onTopic(channel, topic);
    if (message.nick === '' || shared.isOwn(message.nick)) return;
    shared.system(
      shared.channels.chatOf(channel),
      message,
      topic === '' ? 'took the topic away' : `changed the topic to: ${topic}`,
    );
  }

  /** INVITE: of us, or (invite-notify) of somebody else into a channel of ours. */
  onInvite(message: IrcMessage): void {
    const { shared } = this;
    const [who = '', name] = message.params;
    const channel = shared.channelName(name);
    if (channel === undefined || message.nick === '' || shared.isIgnored(message)) return;
    if (!shared.isOwn(who)) {
      if (who.length > maxName || !shared.channels.isIn(channel) || shared.isOwn(message.nick)) return;
      shared.system(shared.channels.chatOf(channel), message, `invited ${oneLine(who, maxName)}`);
      return;
    }
    const folded = shared.fold(channel);
    if (shared.channels.isIn(channel) || this.#invited.has(folded) || this.#invited.size >= mostInvitations) return;
    this.#invited.add(folded);
    const from = buddyOf(message.nick, shared.memory.caseMapping);
    const event: ChatEvent = {
      type: 'chat',
      chat: shared.channels.chatOf(channel),
      invite: { from, text: `${message.nick} invites you to ${channel}` },
    };
    shared.push([event]);
  }

  /** The person said no; the network is told nothing, as it has no word for it. */
  decline(channel: string): void {
    this.#invited.delete(this.shared.fold(channel));
  }

  /** Many left or came at once: one line a channel says so. */
  onSplit(lines: readonly IrcMessage[], servers: string[], opening: IrcMessage): void {
    const { shared } = this;
    const counts = new Map<string, number>();
    for (const { nick } of lines) {
      for (const channel of shared.members.channelsOf(nick)) counts.set(channel, (counts.get(channel) ?? 0) + 1);
    }
    for (const message of lines) this.onQuit(message);
    const between = servers.map((one) => oneLine(one, 64)).join(' and ');
    for (const [channel, count] of counts) {
      const who = count === 1 ? 'One person was' : `${count} people were`;
      shared.system(shared.chatWith(channel), opening, `${who} cut off: the network was split between ${between}`);
    }
  }

  #onOut(channel: string): void {
    const { members, channels, watch } = this.shared;
    const gone = members.list(channel, 'ascii').map((one) => one.buddy.address);
    members.leave(channel);
    for (const nick of gone) if (members.channelsOf(nick).length === 0) watch.lose(nick);
    channels.onOwnPart(channel);
  }

  #onGone(channel: string, nick: string): void {
    const { members, watch } = this.shared;
    members.remove(channel, nick);
    this.#recount(channel);
    if (members.channelsOf(nick).length === 0) watch.lose(nick);
  }

  /** Said soon, but in a large channel, where somebody comes or goes each second, once a minute at most. */
  #recount(channel: string): void {
    const { timers, members } = this.shared;
    const name = `count ${this.shared.fold(channel)}`;
    if (!members.has(channel) || timers.has(name)) return;
    const wait = members.count(channel) > largeChannel ? countEveryMs.large : countEveryMs.small;
    timers.set(name, wait, () => this.#tellCount(channel));
  }

  #tellCount(channel: string): void {
    const { members, channels, link } = this.shared;
    if (!members.has(channel) || !link.isReady || !isChannel(channel, link.support.channelTypes)) return;
    this.shared.push([{ type: 'chat', chat: { ...channels.chatOf(channel), memberCount: members.count(channel) } }]);
  }
}
