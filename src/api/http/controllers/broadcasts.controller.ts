import { Controller, Inject } from '@nestjs/common';
import type { Services } from '../../../core/services.js';
import type { Answer } from '../../contract/endpoints.js';
import { SERVICES } from '../../deps.js';
import { type Call, In } from '../call.js';
import { Route } from '../route.js';

/** One message to each of many people. */
@Controller()
export class BroadcastsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Route('createBroadcast')
  create(@In() { userId, body, onceKey }: Call<'createBroadcast'>): Promise<Answer<'createBroadcast'>> {
    return this.services.broadcasts.create(userId, { ...body, onceKey });
  }

  @Route('listBroadcasts')
  list(@In() { userId, query }: Call<'listBroadcasts'>): Promise<Answer<'listBroadcasts'>> {
    return this.services.broadcasts.list(userId, query);
  }

  @Route('getBroadcast')
  get(@In() { userId, params }: Call<'getBroadcast'>): Promise<Answer<'getBroadcast'>> {
    return this.services.broadcasts.get(userId, params.id);
  }

  @Route('listBroadcastRecipients')
  recipients(
    @In() { userId, params, query }: Call<'listBroadcastRecipients'>,
  ): Promise<Answer<'listBroadcastRecipients'>> {
    return this.services.broadcasts.recipients(userId, params.id, query);
  }

  @Route('pauseBroadcast')
  pause(@In() { userId, params }: Call<'pauseBroadcast'>): Promise<Answer<'pauseBroadcast'>> {
    return this.services.broadcasts.pause(userId, params.id);
  }

  @Route('resumeBroadcast')
  resume(@In() { userId, params }: Call<'resumeBroadcast'>): Promise<Answer<'resumeBroadcast'>> {
    return this.services.broadcasts.resume(userId, params.id);
  }

  @Route('cancelBroadcast')
  cancel(@In() { userId, params }: Call<'cancelBroadcast'>): Promise<Answer<'cancelBroadcast'>> {
    return this.services.broadcasts.cancel(userId, params.id);
  }
}
