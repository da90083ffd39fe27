import { availability } from '../presence/availability.js';
import { type Candidate, unreachable } from './candidate.js';

/** An answer goes where they wrote so lately. */
const STICKY_MS = 10 * 60_000;

export type Choice = { candidate: Candidate; why: string };

/**
 * The rule where no route says otherwise: where they wrote in the last ten minutes; else the most available buddy, by an
 * account that is connected, typed addresses last; of equals the one last used. All are open. `who` is their name.
 */
export function byRule(open: readonly Candidate[], who: string, now: number): Choice {
  const there = lastHeard(open, now);
  if (there)
    return { candidate: there, why: `${there.label}: ${who} wrote there ${ago(now - (there.heardAt ?? now))}` };
  const [best, next] = [...open].sort(byAvailability);
  if (!best) throw unreachable(['im', 'email', 'sms']);
  return { candidate: best, why: `${best.label}: ${reasonFor(best, next, who)}` };
}

function lastHeard(open: readonly Candidate[], now: number): Candidate | undefined {
  return open
    .filter(({ online, presence }) => online && presence.state !== 'offline')
    .filter(({ heardAt }) => heardAt !== undefined && now - heardAt <= STICKY_MS)
    .sort((a, b) => (b.heardAt ?? 0) - (a.heardAt ?? 0))[0];
}

/** Connected accounts first, typed addresses last, then by how available they are, then the one last used. */
const byAvailability = (a: Candidate, b: Candidate): number =>
  Number(b.online) - Number(a.online) ||
  Number(a.typed) - Number(b.typed) ||
  availability(a.presence.state) - availability(b.presence.state) ||
  b.lastActiveAt - a.lastActiveAt;

/** The best way by one channel. */
export const bestOf = (open: readonly Candidate[], channel: Candidate['channel']): Candidate | undefined =>
  open.filter((way) => way.channel === channel).sort(byAvailability)[0];

/** Why the first of them stands before the next. */
function reasonFor(best: Candidate, next: Candidate | undefined, who: string): string {
  if (!next) return `the only way to ${who}`;
  const { state } = best.presence;
  if (!best.online) return 'no account is connected; this one was used last';
  if (!next.online) return 'the only account that is connected';
  if (state !== 'unknown' && state !== 'offline') return `${who} is ${state} there`;
  if (next.presence.state !== state) return `${who} is ${next.presence.state} elsewhere`;
  if (best.typed !== next.typed) return `${who} is known there`;
  return state === 'offline' ? `${who} is offline everywhere; used last` : `used last; nothing says where ${who} is`;
}

function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'just now';
  return `${minutes} minute${minutes === 1 ? '' : 's'} ago`;
}
