import path from 'node:path';
import type { ClientFigures, Frames } from './figures.ts';
import { type Conditions, conditions, keep, type Line, ms, replace, table } from './report.ts';

const figuresFile = path.resolve('test/bench/client-figures.json');
const goals = { openMs: 300, switchMs: 50, scriptKiB: 200, longTaskMs: 100 };

const both = ({ p50, p99 }: { p50: number; p99: number }) => `${ms(p50)}, ${ms(p99)}`;
const frames = ({ ms: spread, frames: count, dropped }: Frames) =>
  `${both(spread)}; ${dropped} of ${count} took longer than two of 60 Hz`;

function linesOf(figures: ClientFigures): Line[] {
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
      what: 'from the copy: list usable: p50, p99',
      parley: both(cached.listUsable),
      goal: `p50 ≤ ${goals.openMs} ms`,
      met: cached.listUsable.p50 <= goals.openMs,
    },
    {
      what: 'from the copy: conversation of 100,000 messages usable: p50, p99',
      parley: both(cached.conversationUsable),
    },
    switched('seen before', switching.again),
    switched('for the first time', switching.first),
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
      what: `JavaScript's heap before and after ${memory.messages.toLocaleString('en-US')} more messages (an hour of 5 a second)`,
      parley: `${memory.before.toFixed(0)} MiB, ${memory.after.toFixed(0)} MiB; ${memory.nodes.toLocaleString('en-US')} nodes`,
    },
    {
      what: 'scripts of a first visit',
      parley: `${scriptKiB.toFixed(0)} KiB sent`,
      goal: `≤ ${goals.scriptKiB} KiB`,
      met: scriptKiB <= goals.scriptKiB,
    },
  ];
}

export const clientTable = (figures: ClientFigures): string => table(linesOf(figures));

/** Whether a goal was not reached. */
export const clientMissed = (figures: ClientFigures): boolean => linesOf(figures).some(({ met }) => met === false);

export function writeClient(figures: ClientFigures, at: Conditions): void {
  const { contacts, messages, slowdown } = figures;
  const seeded = `${contacts.toLocaleString('en-US')} people, ${messages.toLocaleString('en-US')} messages, Chromium with its processor slowed down ${slowdown} times.`;
  replace('client', `${conditions(at)}\n${seeded}\n\n${table(linesOf(figures))}`);
  keep(figures, figuresFile);
}
