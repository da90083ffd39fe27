/** Where a user is held now: by this process, by another node, or by none for a moment. */
export type Home = { is: 'here' } | { is: 'there'; nodeId: string; url: string } | { is: 'nowhere' };

/** The other processes of this Parley, for the part of it that people talk to. */
export interface Peers {
  /** Whether people may call this process, or only other nodes. */
  readonly isOpen: boolean;
  homeOf(userId: string): Promise<Home>;
  /** Whose account it is. */
  userOfAccount(accountId: string): Promise<string | undefined>;
  /** Nobody holds a user: whoever can take them is told. */
  ask(): void;
  /** Proves to another node, for some seconds, that this request comes from one. */
  seal(method: string, path: string): string;
  proves(seal: unknown, method: string, path: string): boolean;
  /** Calls `listener` when a node is gone, also one that hangs; the answer stops that. */
  onGone(nodeId: string, listener: () => void): () => void;
  /** Calls `listener` when this process lets go of a user; the answer stops that. */
  onLost(userId: string, listener: () => void): () => void;
}

/** Carries the seal. */
export const NODE_HEADER = 'x-parley-node';
/** Of an answer: the user is not here any more, and nothing was done. */
export const MOVED_HEADER = 'x-parley-moved';

/** There are no others. */
export const alone: Peers = {
  isOpen: true,
  homeOf: async () => ({ is: 'here' }),
  userOfAccount: async () => undefined,
  ask: () => {},
  seal: () => '',
  proves: () => false,
  onGone: () => () => {},
  onLost: () => () => {},
};
