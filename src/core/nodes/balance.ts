/** A living node that may hold users, and how many it holds. */
export type Member = { id: string; held: number };
/** What a node does next: takes so many of the users nobody holds, or lets go of so many of its own. */
export type Move = { take: number; release: number };

/** Users let go of at once: each is away from its networks until the next node has it. */
const MOST_RELEASED = 50;

/**
 * Users are shared evenly: each node takes its part of those nobody holds. It lets go of some only where another has
 * less than its part, and not for small differences: to move a user costs a reconnection.
 * @param free how many nobody holds
 */
export function nextMove(me: string, members: readonly Member[], free: number): Move {
  const own = members.find(({ id }) => id === me);
  if (own === undefined) return { take: 0, release: 0 };
  const total = members.reduce((sum, { held }) => sum + held, free);
  const part = Math.ceil(total / members.length);
  const missing = part - own.held;
  if (missing > 0) return { take: Math.min(free, missing), release: 0 };
  const least = Math.floor(total / members.length);
  const lacking = members.reduce((sum, { held }) => sum + Math.max(0, least - held), 0) - free;
  const tolerated = Math.floor(part / 10);
  const release = own.held > part + tolerated ? Math.min(own.held - part, lacking, MOST_RELEASED) : 0;
  return { take: 0, release: Math.max(0, release) };
}
