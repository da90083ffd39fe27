import { Controller, Inject } from '@nestjs/common';
import type { Services } from '../../../core/services.js';
import type { Answer } from '../../contract/endpoints.js';
import { SERVICES } from '../../deps.js';
import { type Call, In } from '../call.js';
import { Route } from '../route.js';

@Controller()
export class QuarantineController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Route('listQuarantined')
  list(@In() { userId, query }: Call<'listQuarantined'>): Promise<Answer<'listQuarantined'>> {
    return this.services.quarantine.list(userId, query);
  }

  @Route('retryQuarantined')
  retry(@In() { userId, params }: Call<'retryQuarantined'>): Promise<void> {
    return this.services.quarantine.retry(userId, params.id);
  }

  @Route('discardQuarantined')
  discard(@In() { userId, params }: Call<'discardQuarantined'>): Promise<void> {
    return this.services.quarantine.discard(userId, params.id);
  }
}
