import type { IrcMessage } from 'irc-framework';
import type { Event } from '../../sdk/index.js';
import { Ctcp } from './ctcp.js';
import { buddyOf, fold, isNetworkId } from './ids.js';
import { messageEvent, type Names, rawTime, reactionOf, readSaid, type Said, serverTime, timeOf } from './inbound.js';
import { oneLine } from './reasons.js';
import type { Outgoing } from './sender.js';
import type { Shared } from './shared.js';

/** Whom ZNC's playback is asked from: what we say to it is nobody's message. */
export const playback = '*playback';

/** A line of now; of the past, but not seen by the person yet; of the past. */
export type Age = 'live' | 'missed' | 'past';

/** What is said: messages, reactions, typing, what is taken back and how far it was read. */
export class Messages {
  readonly #ctcp: Ctcp;

  constructor(private readonly shared: Shared) {
    const { host, timers, sender } = shared;
    this.#ctcp = new Ctcp(host.clock, timers, (text) => sender.command(text));
  }

  /** PRIVMSG and NOTICE. */
  onSaid(message: IrcMessage, age: Age): void {
    const { shared } = this;
    const said = readSaid(message, this.#names);
    if (!said || shared.isIgnored(message) || said.target === playback) return;
    if (!said.from && age === 'live' && this.#onOwn(said, message)) return;
    // What we write to ourselves comes a second time, as everybody's.
    if (!said.from && shared.isOwn(said.target)) said.from = buddyOf(message.nick, shared.memory.caseMapping);
    if (said.ctcp !== undefined && !/^ACTION(?: |$)/.test(said.ctcp)) this.#onCtcp(said, message, age);
    else this.#tell(said, message, age);
  }

  /** TAGMSG: no text, only tags. */
  onTags(message: IrcMessage, age: Age): void {
    const { shared } = this;
    const said = readSaid({ ...message, params: [message.params[0] ?? '', ''] }, this.#names);
    if (!said || shared.isIgnored(message)) return;
    const typing = message.tags['+typing'] ?? message.tags['+draft/typing'];
    if (typing !== undefined && said.from && age === 'live') {
      shared.push([{ type: 'typing', chat: said.chat, from: said.from, on: typing === 'active' }]);
    }
    const reaction = reactionOf(message.tags);
    if (!reaction) return;
    const at = timeOf(message, shared.clocks());
    shared.push([{ type: 'reaction', chat: said.chat, ...(said.from && { from: said.from }), ...reaction, at }]);
  }

  /** REDACT: taken back by its writer, or by somebody who may. */
  onRedact(message: IrcMessage): void {
    const { shared } = this;
    const [target = '', id = ''] = message.params;
    const said = readSaid({ ...message, params: [target, ''] }, this.#names);
    if (!said || !isNetworkId(id)) return;
    shared.push([{ type: 'deletion', chat: said.chat, target: id, at: timeOf(message, shared.clocks()) }]);
  }

  /** MARKREAD: how far another client of ours has read. */
  onMarker({ params: [target = '', value = ''] }: IrcMessage): void {
    const { shared } = this;
    const at = rawTime({ time: /^timestamp=(.+)$/.exec(value)?.[1] ?? '' });
    if (target === '' || target.length > 200 || at === undefined) return;
    shared.recent.mark(shared.chatWith(target).id, at);
    this.#tellMarker(target, at);
  }

  /** What was missed is there: markers that came before their messages are told now. */
  onCaughtUp(): void {
    for (const [chat, at] of this.shared.recent.markers) this.#tellMarker(chat, at);
  }

  #tellMarker(target: string, at: number): void {
    const { shared } = this;
    const chat = shared.chatWith(target);
    const id = shared.recent.upTo(chat.id, at);
    const seen = serverTime({ time: new Date(at).toISOString() }, shared.clocks());
    if (id !== undefined) shared.push([{ type: 'seen', chat, target: id, at: seen ?? shared.clocks().now }]);
  }

  /** All of a message that was given up as doubtful has been taken. */
  onLateProof({ target, text, key, action }: Outgoing, id: string | undefined, at: number | undefined): void {
    const { shared } = this;
    shared.push([
      {
        type: 'message',
        chat: shared.chatWith(target),
        id: id ?? `sent:${key}`.slice(0, 256),
        key,
        text,
        format: action ? 'action' : 'plain',
        at: at ?? shared.clocks().now,
      },
    ]);
  }

  /** Our own line: an echo of what we wait for, or written with another client. */
  #onOwn(said: Said, message: IrcMessage): boolean {
    const { link, sender, recent, position } = this.shared;
    link.mask = maskOf(message) ?? link.mask;
    const at = serverTime(message.tags, this.shared.clocks());
    const label = link.batches.labelOf(message);
    const target = this.shared.fold(said.target);
    const echo = { label, target, wire: said.wire, ...(at !== undefined && { at }) };
    if (!sender.onEcho(message, echo)) return false;
    const raw = rawTime(message.tags);
    if (raw === undefined || at === undefined) return true;
    position.see(raw);
    if (message.tags.msgid) recent.add(said.chat.id, message.tags.msgid, raw);
    return true;
  }

  #onCtcp(said: Said, message: IrcMessage, age: Age): void {
    const { ctcp = '' } = said;
    if (!said.from) return;
    const asked = message.command === 'PRIVMSG';
    if (asked && age !== 'live') return;
    if (asked && this.#ctcp.onQuestion(message, ctcp, this.shared.memory.settings.ctcp)) return;
    const words = oneLine(ctcp, 300);
    if (words === '') return;
    const shown = { ...said, ctcp: undefined, wire: asked ? `CTCP ${words}` : `CTCP answer: ${words}` };
    this.#tell(shown, { ...message, command: 'NOTICE' }, age);
  }

  #tell(said: Said, message: IrcMessage, age: Age): void {
    const { shared } = this;
    const { ids, recent, position, watch } = shared;
    const clock = shared.clocks();
    const event = messageEvent(said, message, { ids, clock, past: age === 'past' });
    if (!event || (age !== 'live' && recent.isOwn(event.id))) return;
    const raw = rawTime(message.tags);
    if (raw !== undefined && serverTime(message.tags, clock) !== undefined) {
      recent.add(event.chat.id, event.id, raw);
      if (age === 'live') position.see(raw);
    }
    shared.push([event]);
    if (age !== 'live' || event.format === 'notice') return;
    if (said.chat.kind === 'channel') {
      if (said.from) watch.meet(message.nick);
      return;
    }
    watch.add(said.from ? message.nick : said.target);
    if (said.from) watch.seeHere(message.nick);
  }

  get #names(): Names {
    const { link, memory } = this.shared;
    const { channelTypes, statusPrefixes } = link.support;
    const { caseMapping } = memory;
    const same = (one: string, other: string) => fold(one, caseMapping) === fold(other, caseMapping);
    return { nick: link.nick, caseMapping, channelTypes, statusPrefixes, same };
  }
}

export function maskOf({ ident, hostname }: IrcMessage): string | undefined {
  return ident !== '' && hostname !== '' && hostname.length <= 300 ? `${ident}@${hostname}` : undefined;
}

/** The events of lines of the past, for whoever asked for them. */
export function eventsOf(lines: IrcMessage[], age: Age, shared: Shared): Event[] {
  const events: Event[] = [];
  const messages = new Messages({ ...shared, push: (more) => void events.push(...more) });
  shared.ids.restart();
  for (const message of lines) past[message.command]?.(messages, message, age);
  return events;
}

/** What of the past is shown; who came and went is not. */
export const past: Partial<Record<string, (messages: Messages, message: IrcMessage, age: Age) => void>> = {
  PRIVMSG: (messages, message, age) => messages.onSaid(message, age),
  NOTICE: (messages, message, age) => messages.onSaid(message, age),
  TAGMSG: (messages, message, age) => messages.onTags(message, age),
  REDACT: (messages, message) => messages.onRedact(message),
};
