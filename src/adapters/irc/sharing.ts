import { type Event, Timers } from '../../sdk/index.js';
import { Channels } from './channels.js';
import { flowOf } from './flood.js';
import { buddyOf, channelChat, directChat, fold, isChannel, maxName } from './ids.js';
import { rawTime, timeOf } from './inbound.js';
import type { Link } from './link.js';
import { Members } from './members.js';
import type { MultilineLimits } from './multiline.js';
import { Requests } from './requests.js';
import { type Outgoing, Sender } from './sender.js';
import type { Lasting, Shared } from './shared.js';
import { Watch } from './watch.js';

type SharedHooks = {
  multiline(): MultilineLimits | undefined;
  onLateProof(outgoing: Outgoing, id: string | undefined, at: number | undefined): void;
};

/** The parts of one connection, put together. */
export function sharedOf(link: Link, lasting: Lasting, hooks: SharedHooks): Shared {
  const { host, memory } = lasting;
  const timers = new Timers(host.clock);
  const folded = (name: string) => fold(name, memory.caseMapping);
  const isOwn = (nick: string) => nick !== '' && folded(nick) === folded(link.nick);
  const clocks = () => ({ now: host.clock.now(), skew: link.skew });
  const push = (events: Event[]) => lasting.push(events);
  const command = (text: string) => sender.command(text);
  const common = { command, push: (event: Event) => push([event]), fold: folded, timers };
  const sender = new Sender(link, host.clock, flowOf('', memory.settings.pace), {
    fold: folded,
    setSent: (key, sent) => memory.setSent(key, sent),
    onOwnId: (id) => lasting.recent.addOwn(id),
    ...hooks,
  });
  const channels = new Channels(memory, common);
  const isChannelName = (name: string) => isChannel(name, link.support.channelTypes);
  return {
    ...lasting,
    ...{ link, timers, channels, sender, push, isOwn, clocks },
    fold: folded,
    members: new Members(link.support, folded),
    watch: new Watch(memory, common),
    requests: new Requests({ command, hasLabels: () => link.has('labeled-response'), fold: folded, timers }),
    isIgnored: (message) => !isOwn(message.nick) && lasting.ignored.has({ ...message, account: message.tags.account }),
    chatWith: (target) => {
      if (!isChannelName(target)) return directChat(target, memory.caseMapping);
      return channels.isIn(target) ? channels.chatOf(target) : channelChat(target, memory.caseMapping);
    },
    system: (chat, message, text) => {
      const from = message.nick === '' ? message.prefix.slice(0, maxName) || 'server' : message.nick;
      const timed = rawTime(message.tags) !== undefined;
      push([
        {
          type: 'message',
          chat,
          id: lasting.ids.of({ ...message, params: [chat.id, ...message.params, text] }, timed),
          from: buddyOf(from, memory.caseMapping),
          text,
          format: 'system',
          at: timeOf(message, clocks()),
        },
      ]);
    },
    channelName: (name) => (name !== undefined && name.length <= maxName && isChannelName(name) ? name : undefined),
  };
}
