import type { Message } from '../../lib/api/types';
import { dayKey } from '../../lib/format';

/** How a message stands among its neighbours. */
export type Placed = {
  message: Message;
  /** Begins a day. */
  day: boolean;
  /** Begins what one person says in one go: gets the name and the time. */
  first: boolean;
  /** The first the person has not seen. */
  fresh: boolean;
};

const togetherMs = 5 * 60_000;

/** Days, groups and the "new" line of messages in time order. In a direct conversation every remote identity is one person. */
export function arrange(messages: Message[], direct: boolean, newFrom: string | null): Placed[] {
  return messages.map((message, index) => {
    const before = messages[index - 1];
    const day = !before || dayKey(before.sentAt) !== dayKey(message.sentAt);
    const fresh = message.id === newFrom;
    return { message, day, fresh, first: day || fresh || !continues(before, message, direct) };
  });
}

function continues(before: Message, message: Message, direct: boolean): boolean {
  if (speaker(before, direct) !== speaker(message, direct)) return false;
  if (standsAlone(before) || standsAlone(message)) return false;
  return Date.parse(message.sentAt) - Date.parse(before.sentAt) < togetherMs;
}

/** Whether a message of one's own, written at this time, goes on with what stands last. */
export const goesOn = (last: Message | undefined, at: string): boolean =>
  last?.direction === 'out' && !standsAlone(last) && Date.parse(at) - Date.parse(last.sentAt) < togetherMs;

const standsAlone = ({ format }: Message): boolean => format === 'system' || format === 'action';

function speaker({ direction, sender }: Message, direct: boolean): string {
  if (direction === 'out') return 'me';
  return direct ? 'them' : (sender.buddyId ?? sender.name);
}

/** The first of the last `unread` messages others wrote, if it is among these. */
export function firstUnread(messages: Message[], unread: number): string | null {
  let left = unread;
  for (let at = messages.length - 1; at >= 0 && left > 0; at -= 1) {
    const message = messages[at];
    if (message?.direction !== 'in') continue;
    left -= 1;
    if (left === 0) return message.id;
  }
  return null;
}
