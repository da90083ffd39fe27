import type { PresenceActivity, PresenceState } from '../../sdk/index.js';
import type { PresenceView } from '../views.js';

/** Most available first. Unknown stands before offline: a mailbox may be read any time, an offline nick is not there. */
const ORDER: PresenceState[] = ['online', 'away', 'dnd', 'unknown', 'offline'];

/** The lower, the more available. */
export const availability = (state: PresenceState): number => ORDER.indexOf(state);

export type Reachable = { id: string; presence: PresenceView };

/** The buddy a message would best go to; the first of equals. */
export function mostAvailable<B extends Reachable>(buddies: readonly B[]): B | undefined {
  let best: B | undefined;
  for (const buddy of buddies) {
    if (!best || availability(buddy.presence.state) < availability(best.presence.state)) best = buddy;
  }
  return best;
}

/** What is reported holds while its account is online and its lifetime lasts; after that nothing is known. */
export function believed(
  reported: {
    state: string;
    note: string | null;
    idleSince?: Date | null;
    activity?: string | null;
    until: Date | null;
  },
  accountOnline: boolean,
  now: number,
): PresenceView {
  const stale = reported.until !== null && reported.until.getTime() < now;
  if (!accountOnline || stale) return { state: 'unknown' };
  return {
    state: reported.state as PresenceState,
    ...(reported.note === null ? {} : { note: reported.note }),
    ...(reported.idleSince ? { idleSince: reported.idleSince.toISOString() } : {}),
    ...(reported.activity ? { activity: reported.activity as PresenceActivity } : {}),
  };
}
