import type { IrcMessage } from 'irc-framework';
import type { ChatInfo, Event, Host, Timers } from '../../sdk/index.js';
import type { Channels } from './channels.js';
import type { Patience } from './flood.js';
import type { MessageIds } from './ids.js';
import type { Ignored } from './ignore.js';
import type { Clocks } from './inbound.js';
import type { Link } from './link.js';
import type { Members } from './members.js';
import type { Memory } from './memory.js';
import type { Position } from './position.js';
import type { Recent } from './recent.js';
import type { Requests } from './requests.js';
import type { Sender } from './sender.js';
import type { Watch } from './watch.js';

/** What the account keeps from one connection to the next. */
export type Lasting = {
  host: Host;
  memory: Memory;
  ids: MessageIds;
  position: Position;
  recent: Recent;
  ignored: Ignored;
  patience: Patience;
  push(events: Event[]): void;
  /** Resolves when there is room for a page of history. */
  room(): Promise<void>;
};

/** What the parts of one connection share. */
export interface Shared extends Lasting {
  readonly link: Link;
  readonly timers: Timers;
  readonly channels: Channels;
  readonly members: Members;
  readonly watch: Watch;
  readonly sender: Sender;
  readonly requests: Requests;
  fold(name: string): string;
  isOwn(nick: string): boolean;
  isIgnored(message: IrcMessage): boolean;
  clocks(): Clocks;
  /** The chat with a channel or a nick. */
  chatWith(target: string): ChatInfo;
  /** A line of the timeline that nobody said. */
  system(chat: ChatInfo, message: IrcMessage, text: string): void;
  /** The channel a parameter names; nothing for what is none. */
  channelName(name: string | undefined): string | undefined;
}
