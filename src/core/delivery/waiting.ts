/** When a message that waits is to go, and how its timeline stands. */
export type Waiting = {
  sentAt: number;
  /** Until then it is held back, so that it can be taken back. */
  undoUntil: number | undefined;
};

export type Moved = {
  /** Where it stands in the timeline. */
  sentAt: number;
  /** By how much every step of it moves. */
  byMs: number;
  /** It was for later and is not any more, or the other way round. */
  becomes: 'current' | 'scheduled' | undefined;
};

/** What waits for `undo`, or is due already, stands where it was written; what is scheduled stands where it will go. */
export function move({ sentAt, undoUntil }: Waiting, to: number, now: number): Moved {
  const goes = Math.max(to, now);
  const went = undoUntil !== undefined && undoUntil > sentAt ? undoUntil : sentAt;
  const scheduled = sentAt > now;
  if (goes > now) return { sentAt: goes, byMs: goes - went, becomes: scheduled ? undefined : 'scheduled' };
  if (scheduled) return { sentAt: now, byMs: now - went, becomes: 'current' };
  return { sentAt, byMs: went > now ? now - went : 0, becomes: undefined };
}
