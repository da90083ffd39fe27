import type { Channel } from '../../sdk/index.js';
import type { DigestLetter, Missed } from './letters.js';
import type { DigestRules } from './service.js';
import type { Addressed } from './typed.js';

/** A user's rules and what is known of the times. */
export type Digest = {
  userId: string;
  rules: DigestRules;
  /** The user's newest revision: while it stands, nothing new was missed. */
  rev: number;
  since: number;
  lastSeenAt: number | undefined;
  lastSentAt: number | undefined;
  problem: string | undefined;
};

/** The user's own account that digests go by, as far as it is there. */
export type DigestAccount = { network: string; channel: Channel };

/** A message in the chat of the digests that answers one. */
export type Reply = {
  messageId: string;
  userId: string;
  /** Where it can go, by number. */
  conversationIds: string[];
  text: string;
  files: string[];
  /** Written by a program, or not from where digests go: nothing is done about it. */
  ignored: boolean;
};

/** An answer that did not reach anybody, and was not reported yet. */
export type LostAnswer = { reply: Reply; conversationId: string | undefined; reason: string };

export interface DigestStore {
  find(userId: string): Promise<Digest | undefined>;
  save(userId: string, rules: DigestRules, now: number): Promise<void>;
  /** Those that are switched on and whose user is away, as far as the times alone say. */
  away(now: number): Promise<Digest[]>;
  account(userId: string, accountId: string): Promise<DigestAccount | undefined>;
  /** Why the newest letter did not arrive, or nothing. */
  lastFailure(userId: string): Promise<string | undefined>;
  setProblem(userId: string, problem: string | undefined): Promise<void>;
  /** The chat with the address, made where there is none. @throws DomainError where the network says no */
  openChat(userId: string, accountId: string, address: string): Promise<string>;
  /**
   * Stores what `compose` makes of all that was missed since, with its deliveries, in one transaction; a message that is
   * in a letter is missed no more. Answers how many letters there are.
   */
  make(
    userId: string,
    request: { chatId: string; include: DigestRules['include']; since: number; now: number },
    compose: (missed: Missed[]) => DigestLetter[],
  ): Promise<number>;
  /** Users to whose digests something may have been answered. */
  answered(): Promise<string[]>;
  /** What they wrote that nothing was done about yet, oldest first; `upTo`: there is no more up to there. */
  replies(userId: string): Promise<{ upTo: number | undefined; replies: Reply[] }>;
  looked(userId: string, upTo: number): Promise<void>;
  /** Sends the answer and notes that, in one transaction; twice does it once. @throws DomainError where it cannot go */
  answer(reply: Reply, to: Extract<Addressed, { is: 'answer' }>, now: number): Promise<void>;
  ignore(reply: Reply, now: number): Promise<void>;
  /** Tells the writer what became of an answer, in the same chat, and notes that; twice does it once. */
  report(reply: Reply, why: string, to: string | undefined, now: number): Promise<void>;
  /** Ends the watch over answers that arrived; answers those that did not. */
  lost(): Promise<LostAnswer[]>;
  seen(userId: string, at: number): Promise<void>;
}
