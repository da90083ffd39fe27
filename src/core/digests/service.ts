import type { QuietHours } from '../routing/quiet.js';

/** When and where the user's missed messages are sent. */
export type DigestRules = {
  enabled: boolean;
  /** The user's own account that sends them. */
  accountId: string;
  address: string;
  awayMinutes: number;
  everyMinutes: number;
  include: 'direct' | 'all';
  /** None is sent then; the next one has what was missed. */
  quiet: QuietHours | null;
  /** The time zone that letters tell times in. */
  zone: string;
};

/** `problem`: why none can be sent now, or why the last one did not arrive. */
export type DigestView = Omit<DigestRules, 'accountId'> & {
  accountId: string | null;
  lastSentAt: string | null;
  problem?: string;
};

/** Missed messages by mail or SMS while the user is away; an answer to one goes to who wrote them. */
export interface DigestService {
  get(userId: string): Promise<DigestView>;
  /** What came before they are switched on is not missed. */
  put(userId: string, rules: DigestRules): Promise<DigestView>;
  /** Sends what is unread and in no digest yet, whatever the rules say; where that is nothing, a letter that says so. */
  sendNow(userId: string): Promise<DigestView>;
  /** A person is at a client of theirs. Never rejects; kept to the minute. */
  active(userId: string): void;
}
