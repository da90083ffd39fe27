import type { ResolvedChat, Sent } from '../../sdk/index.js';
import type { Content, Fitter } from '../messages/content.js';
import type { Place } from './lanes.js';
import type { Outcome } from './retry.js';

export type Claim = {
  deliveryId: string;
  attemptId: string;
  userId: string;
  accountId: string;
  chatRemoteId: string;
  /** What the network knows it by. */
  key: string;
  fence: number;
  tries: number;
  content: Content;
};

export type ClaimResult =
  | { is: 'claimed'; claim: Claim }
  /** Nothing is due before `at`. */
  | { is: 'later'; at: number }
  | { is: 'empty' }
  /** Another drain is sending in this chat right now; it goes on by itself. */
  | { is: 'busy' }
  /** One that failed, or is in doubt, holds the others back until a person has decided. */
  | { is: 'held' }
  /** The head was settled without being sent: it expired, or is no longer needed. */
  | { is: 'skipped'; userId: string; deliveryId: string }
  /** The network has not been asked yet which chat this address is. */
  | { is: 'unopened'; address: string };

export type Settled = { deliveryId: string; userId: string };
/** `at`: when the chat has something to do. */
export type Due = Place & { at: number };

/**
 * The queue. A chat's head is the oldest delivery that is due: what is scheduled for later holds back nothing. What a
 * head that waits for its retry, or one that failed, does to those behind it is the conversation's to say: by default
 * the first holds them back, so that nothing overtakes, and the second is passed. One that is being sent always holds
 * back, one that expired or was cancelled never does.
 */
export interface DeliveryStore extends Fitter {
  /** Whose the chat is, and whether a person waits for what it has to send. */
  placeOf(chatId: string): Promise<Place | undefined>;
  /**
   * Takes the head of the chat's queue: `sending`, with an attempt and a new fence.
   * @param freshOf the user, where there is something to take for all that is known: then no look goes before
   */
  claim(chatId: string, freshOf?: string): Promise<ClaimResult>;
  /** The chat is known now; answers the one that has its queue, which may have been there before. */
  opened(chatId: string, resolved: ResolvedChat): Promise<{ userId: string; chatId: string } | undefined>;
  /** The chat can never be opened: what waits for it fails. Answers those deliveries. */
  refused(chatId: string, reason: string): Promise<Settled[]>;
  /** Both answer false where the claim is no longer the newest and the answer told nothing new. */
  sent(claim: Claim, sent: Sent): Promise<boolean>;
  notSent(claim: Claim, outcome: Outcome): Promise<boolean>;
  /** The chat's head cannot be taken, by a fault of ours: it fails, and is kept apart. Undefined where nothing is due. */
  setAside(chatId: string, cause: unknown): Promise<Settled | undefined>;
  /**
   * Deliveries left in `sending` that are not in `inFlight`: back to the queue where a repeat is safe, else unknown.
   */
  recover(accountId: string, idempotent: boolean, inFlight: readonly string[]): Promise<Settled[]>;
  /** Accounts, whatever their state, that have deliveries in `sending`: of these users, or of all this process holds. */
  sendingAccounts(userIds?: readonly string[]): Promise<{ accountId: string; network: string }[]>;
  /** Fails at most `limit` deliveries that are past their age limit, whatever state their account is in. */
  expire(limit: number): Promise<Settled[]>;
  /** Chats of these accounts with something to do now, at most `limit`: users take turns, people go before bulk. */
  due(accountIds: readonly string[], limit: number): Promise<Place[]>;
  /** Chats of the account with something to do, now or later, at most `limit`. */
  dueOfAccount(accountId: string, limit: number): Promise<Due[]>;
  /** Looks again at the fallback the delivery belongs to; answers chats to ring, and when. */
  advance(deliveryId: string): Promise<{ userId: string; chats: { chatId: string; at: number }[] } | undefined>;
  /** The account is seen anew by clients; answers whose it is. */
  announce(accountId: string): Promise<string | undefined>;
  /** Accounts that have a standby and something due, with what their connection last said of its trouble. */
  inNeed(): Promise<{ accountId: string; why: string | undefined }[]>;
  /** The account's standby, that one's standby and so on, each once. */
  standbysOf(accountId: string): Promise<string[]>;
  /** Moves at most `limit` due deliveries; see `TakeOver`. */
  takeOver(from: TakeOver, limit: number): Promise<{ settled: Settled[]; places: Place[] }>;
}

/**
 * An account that cannot send gives what is due to its standby: each delivery ends there, and a new one begins in its
 * place. Never one that may have gone out already, wholly or in part, nor one that this standby has failed with.
 */
export type TakeOver = { accountId: string; standbyId: string; why: string };

/** Rings for a chat: a job that may be lost or doubled without harm. */
export interface Bell {
  ring(chatId: string, delayMs?: number, bulk?: boolean): Promise<void>;
}
