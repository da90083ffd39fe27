import { Controller, Inject } from '@nestjs/common';
import type { Services } from '../../../core/services.js';
import type { Answer } from '../../contract/endpoints.js';
import { SERVICES } from '../../deps.js';
import { type Call, In } from '../call.js';
import { Route } from '../route.js';

/** What is sent to a user's own programs. */
@Controller()
export class WebhooksController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Route('listWebhooks')
  list(@In() { userId, query }: Call<'listWebhooks'>): Promise<Answer<'listWebhooks'>> {
    return this.services.webhooks.list(userId, query);
  }

  @Route('createWebhook')
  create(@In() { userId, body }: Call<'createWebhook'>): Promise<Answer<'createWebhook'>> {
    return this.services.webhooks.create(userId, body);
  }

  @Route('deleteWebhook')
  remove(@In() { userId, params }: Call<'deleteWebhook'>): Promise<void> {
    return this.services.webhooks.remove(userId, params.id);
  }
}
