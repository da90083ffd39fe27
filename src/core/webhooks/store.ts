import type { Page, PageRequest } from '../views.js';
import type { WebhookEvent, WebhookView } from './views.js';

/** A webhook as its calls need it. */
export type Webhook = {
  id: string;
  userId: string;
  url: string;
  events: WebhookEvent[];
  /** Undefined where the key that sealed it is not there. */
  secret: string | undefined;
  sentRev: number;
  failures: number;
};

/** Where webhooks are kept. Their cursor is a column: what was sent survives a restart with what was not. */
export interface WebhookStore {
  /** Starts at the user's newest revision. Throws `conflict` where the user has `most` already; race-safe. */
  create(
    userId: string,
    webhook: { url: string; events: WebhookEvent[] },
    most: number,
  ): Promise<{ webhook: Webhook; view: WebhookView }>;
  list(userId: string, page: PageRequest): Promise<Page<WebhookView>>;
  /** Answers whether it was there and the user's. */
  remove(userId: string, id: string): Promise<boolean>;
  all(userIds?: readonly string[]): Promise<Webhook[]>;
  /** Ids of webhooks whose user has newer revisions, at most `limit`. */
  behind(limit: number): Promise<string[]>;
  /** Everything up to `rev` was taken (`called`), or held nothing for this webhook. */
  moved(id: string, rev: number, called: boolean): Promise<void>;
  failed(id: string, failures: number, why: string): Promise<void>;
}
