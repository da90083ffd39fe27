import { notFound } from '../errors.js';
import type { Page, PageRequest } from '../views.js';
import type { Dispatcher } from './dispatcher.js';
import type { WebhookStore } from './store.js';
import type { WebhookEvent, WebhookView } from './views.js';

/** A user's webhooks. Every call names the user it acts for; another user's id is `not-found`. */
export interface WebhookService {
  /** The answer alone holds the secret. Throws `invalid` for an address that is never called, `conflict` past the limit. */
  create(userId: string, webhook: { url: string; events: WebhookEvent[] }): Promise<WebhookView>;
  list(userId: string, page: PageRequest): Promise<Page<WebhookView>>;
  /** After it resolves nothing more is called. */
  remove(userId: string, id: string): Promise<void>;
}

const MOST_WEBHOOKS = 20;

export class Webhooks implements WebhookService {
  constructor(
    private readonly store: WebhookStore,
    private readonly dispatcher: Dispatcher,
    /** Throws `invalid` for an address that can be told from its looks alone to be forbidden. */
    private readonly checkUrl: (url: string) => void,
  ) {}

  async create(userId: string, { url, events }: { url: string; events: WebhookEvent[] }): Promise<WebhookView> {
    this.checkUrl(url);
    const made = await this.store.create(userId, { url, events: [...new Set(events)] }, MOST_WEBHOOKS);
    this.dispatcher.add(made.webhook);
    return made.view;
  }

  list(userId: string, page: PageRequest): Promise<Page<WebhookView>> {
    return this.store.list(userId, page);
  }

  async remove(userId: string, id: string): Promise<void> {
    if (!(await this.store.remove(userId, id))) throw notFound('webhook');
    await this.dispatcher.remove(id);
  }
}
