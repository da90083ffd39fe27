import type { Role, Scope } from './views.js';

/** Who asks, as proven by a credential. */
export type Principal = {
  userId: string;
  role: Role;
  kind: 'session' | 'token';
  scopes: readonly Scope[];
  /** Sessions only: the session just got a new lease of 30 days, so its cookie should too. */
  renewed: boolean;
};

export type Opened = { userId: string; token: string };
export type Origin = { ip: string; userAgent: string | undefined };

/**
 * Proves who somebody is. Sessions last 30 days from their last use; a personal token lasts until it is revoked.
 * Rejects with whatever the database says while it is away.
 */
export interface Identity {
  /** True until the first user exists. */
  needsSetup(): Promise<boolean>;
  /** Makes the first admin with a default profile, and a session. Throws `conflict` once any user exists; race-safe. */
  setup(person: { email: string; password: string; name: string }, from: Origin): Promise<Opened>;
  /** Answers undefined for a wrong address or password, taking equally long for both. */
  signIn(credentials: { email: string; password: string }, from: Origin): Promise<Opened | undefined>;
  /** Ends the session in the database and, at once, in this process. */
  signOut(sessionToken: string): Promise<void>;
  /** Forgets what is remembered of a user's personal tokens, after one was revoked; streams look again. */
  forgetTokens(userId: string): void;
  /** Another process ended a session or a token of the user: nothing remembered of them is believed, streams look again. */
  doubt(userId: string): void;
  /** Who holds this session token or personal token. Answers of the last seconds are remembered. */
  authenticate(credential: string): Promise<Principal | undefined>;
  /** The remembered answer, if there is one. */
  remembered(credential: string): Principal | undefined;
  /** Calls `listener` with each credential that this process ended; the answer stops that. */
  onEnd(listener: (credential: string) => void): () => void;
  /** Calls `listener` whenever something of the user's may have ended; the answer stops that. */
  onDoubt(userId: string, listener: () => void): () => void;
}
