import { Controller, Inject } from '@nestjs/common';
import type { Services } from '../../../core/services.js';
import type { Answer } from '../../contract/endpoints.js';
import { SERVICES } from '../../deps.js';
import { type Call, In } from '../call.js';
import { Route } from '../route.js';

/** What administrators see and do: how sending fares, and what it could not bring. */
@Controller()
export class AdminController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Route('adminOverview')
  overview(): Promise<Answer<'adminOverview'>> {
    return this.services.admin.overview();
  }

  @Route('metrics')
  metrics(@In() { reply }: Call<'metrics'>): Promise<string> {
    reply.headers({ 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' });
    return this.services.metrics.text();
  }

  @Route('listDeadLetters')
  deadLetters(@In() { query }: Call<'listDeadLetters'>): Promise<Answer<'listDeadLetters'>> {
    return this.services.admin.deadLetters(query);
  }

  @Route('replayDeadLetters')
  replay(@In() { userId, body }: Call<'replayDeadLetters'>): Promise<Answer<'replayDeadLetters'>> {
    return this.services.admin.replay(userId, body);
  }
}
