import { setTimeout as sleep } from 'node:timers/promises';
import { type LoadRun, nowNs } from './load-irc.ts';

export const textBytes = 100;

let runs = 0;

/**
 * Writes stamped messages evenly, or all at once where no rate is given. What falls due while the process is held up goes
 * out late, not never.
 */
export async function writeStamped(
  count: number,
  perSecond: number | undefined,
  write: (text: string) => Promise<void>,
): Promise<LoadRun> {
  const result: LoadRun = { run: ++runs, sent: 0, deliveries: 0, startedNs: nowNs(), endedNs: 0n };
  const begin = performance.now();
  const writes: Promise<void>[] = [];
  while (result.sent < count) {
    const early = perSecond === undefined ? 0 : begin + (result.sent * 1_000) / perSecond - performance.now();
    if (early > 0) await sleep(early);
    else {
      const text = `load:${result.run}:${result.sent++}:${nowNs()}: `.padEnd(textBytes, 'lorem ipsum ').trim();
      const written = write(text);
      if (perSecond === undefined) await written;
      else writes.push(written);
    }
  }
  await Promise.all(writes);
  result.deliveries = result.sent;
  result.endedNs = nowNs();
  return result;
}
