import { nowNs, readStamp } from '../bench/load-irc.ts';

/** A message that came somewhere: which, when on the clock that all processes share, and under which name. */
export type Came = { key: string; atMs: number; sentMs: number; id?: string };

export type Way = 'in' | 'out';

/** Names one message of a run: both ways of a chat have numbers of their own. */
export const keyOf = (way: Way, chat: number, sequence: number): string => `${runOf(way, chat)}:${sequence}`;

const runOf = (way: Way, chat: number): number => chat * 2 + (way === 'out' ? 1 : 0);

const words = 'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt';

/** The text of a message that is handed over now. */
export const stamped = (way: Way, chat: number, sequence: number): string =>
  `load:${runOf(way, chat)}:${sequence}:${nowNs()}: ${words.slice(0, 20 + ((chat * 7 + sequence * 13) % 60))}`;

export const nowMs = (): number => Number(nowNs()) / 1e6;

export function readKey(text: string): Pick<Came, 'key' | 'sentMs'> | undefined {
  const stamp = readStamp(text);
  return stamp && { key: `${stamp.run}:${stamp.sequence}`, sentMs: Number(stamp.sentNs) / 1e6 };
}

/** Waits until it is time for each, in order of `at`, and does it; what is late is done at once, never left out. */
export async function inTime<T extends { at: number }>(
  acts: readonly T[],
  startMs: number,
  act: (one: T) => void,
): Promise<void> {
  let done = 0;
  for (const one of acts) {
    const early = startMs + one.at - nowMs();
    // A breath now and then lets what was written go out.
    if (early > 1 || ++done % 50 === 0) await new Promise((resolve) => setTimeout(resolve, Math.max(0, early)));
    act(one);
  }
}
