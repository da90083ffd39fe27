import type { Change } from '../sync/change.js';

/** The user's own settings are of no use to another program. */
export type WebhookEvent = Exclude<Change['kind'], 'user'>;

export type WebhookView = {
  id: string;
  url: string;
  events: WebhookEvent[];
  createdAt: string;
  /** The revision up to which everything was taken. */
  sentRev: number;
  /** Tries in a row that failed. */
  failures: number;
  /** Why the last of them failed. */
  lastError: string | null;
  /** What its calls are signed with; only in the answer that made it. */
  secret?: string;
};
