import type { Line } from './part.ts';
import type { Spread } from './statistics.ts';
import { both, kib, ms, whole } from './words.ts';

const goals = { openMs: 300, switchMs: 50, scriptKiB: 200, longTaskMs: 100 };

/** The web client in a browser whose processor is slowed down four times. Measured by itself: it takes minutes. */
export type ClientFigures = {
  contacts: number;
  messages: number;
  slowdown: number;
  /** From the start of the navigation, in ms. */
  cold: { firstPaint: Spread; listUsable: Spread };
  cached: {
    firstPaint: Spread;
    /** Its top is painted, and a press on a row leads to its conversation. */
    listUsable: Spread;
    /** All of it works: it is no longer what was kept of its look. */
    listWhole: Spread;
    /** From a press on a row, as soon as that is painted, until its conversation is. */
    pressed: Spread;
    conversationUsable: Spread;
  };
  /** From the click until the other conversation is painted: seen before in this page, and not; and until the list follows. */
  switching: { again: Spread; first: Spread; followed: Spread };
  /** From the key until its letter is painted. */
  keystroke: Spread;
  /** Time from frame to frame, and how many took longer than two of 60 Hz. */
  scroll: { list: Frames; conversation: Frames };
  /** While so many messages a second arrive, half in the open conversation, half in all others: tasks above 100 ms. */
  arriving: { perSecond: number; seconds: number; longTasks: number; longest: number };
  /** JavaScript's heap in MiB: with the lists there, and after so many messages. */
  memory: { before: number; after: number; messages: number; nodes: number };
  /** Of a first visit, as they are sent. */
  scriptBytes: number;
};
export type Frames = { frames: number; ms: Spread; dropped: number };

const frames = ({ ms: spread, frames: count, dropped }: Frames) =>
  `${both(spread)}; ${dropped} of ${count} took longer than two of 60 Hz`;

export function linesOf(figures: ClientFigures): Line[] {
  const { cold, cached, switching, keystroke, scroll, arriving, memory, scriptBytes } = figures;
  const scriptKiB = scriptBytes / 1_024;
  const switched = (what: string, spread: { p50: number; p99: number }): Line => ({
    what: `another conversation, ${what}: click → painted: p50, p99`,
    parley: both(spread),
    goal: `p50 ≤ ${goals.switchMs} ms`,
    met: spread.p50 <= goals.switchMs,
  });
  return [
    {
      what: 'first visit: first paint, list usable (p50)',
      parley: `${ms(cold.firstPaint.p50)}, ${ms(cold.listUsable.p50)}`,
    },
    { what: 'from the copy: first paint: p50, p99', parley: both(cached.firstPaint) },
    {
      what: 'from the copy: rows of the list can be read and pressed: p50, p99',
      parley: both(cached.listUsable),
      goal: `p50 ≤ ${goals.openMs} ms`,
      met: cached.listUsable.p50 <= goals.openMs,
    },
    { what: 'from the copy: search, filter and menus of the list work: p50, p99', parley: both(cached.listWhole) },
    {
      what: 'from the copy: a row pressed as soon as it is painted → its conversation: p50, p99',
      parley: both(cached.pressed),
    },
    {
      what: 'from the copy: conversation of 100,000 messages usable: p50, p99',
      parley: both(cached.conversationUsable),
    },
    switched('seen before', switching.again),
    switched('for the first time', switching.first),
    {
      what: 'another conversation, seen before: click → address and list follow: p50, p99',
      parley: both(switching.followed),
    },
    { what: 'key → letter painted: p50, p99', parley: both(keystroke) },
    { what: 'frame to frame, scrolling the list: p50, p99', parley: frames(scroll.list) },
    { what: 'frame to frame, scrolling back in a conversation: p50, p99', parley: frames(scroll.conversation) },
    {
      what: `${arriving.perSecond} messages a second for ${arriving.seconds} s: tasks above ${goals.longTaskMs} ms, the longest`,
      parley: `${arriving.longTasks}, ${ms(arriving.longest)}`,
      goal: 'none',
      met: arriving.longTasks === 0,
    },
    {
      what: `JavaScript's heap before and after ${whole(memory.messages)} more messages (an hour of 5 a second)`,
      parley: `${memory.before.toFixed(0)} MiB, ${memory.after.toFixed(0)} MiB; ${whole(memory.nodes)} nodes`,
    },
    {
      what: 'scripts of a first visit',
      parley: `${kib(scriptKiB)} sent`,
      goal: `≤ ${kib(goals.scriptKiB)}`,
      met: scriptKiB <= goals.scriptKiB,
    },
  ];
}
