import type { Place } from '../delivery/lanes.js';

export type Running = { id: string; userId: string };

/** `after`: nothing more can be made just now. */
export type Batch = { made: number; after?: 'room' | 'end'; places: Place[] };

export interface BroadcastStore {
  /** Those that have people to write to now, the oldest first. */
  running(): Promise<Running[]>;
  /** Those whose numbers may still move: under way, paused, being cancelled; with `late`, those that ended lately too. */
  counted(late: boolean): Promise<Running[]>;
  /** How many more of the user's messages in bulk may wait at accounts that are connected. */
  room(userId: string): Promise<number>;
  /** Makes messages for the next people, at most `limit`: each exactly once, whatever happens meanwhile. */
  make(broadcast: Running, limit: number): Promise<Batch>;
  /** Ends what a cancelled broadcast has in the queue, as what was being sent when it was cancelled may come back. */
  endCancelled(): Promise<string[]>;
  /** Counts anew; answers whether something moved. */
  count(broadcast: Running): Promise<boolean>;
}
