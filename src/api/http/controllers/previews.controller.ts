import { Controller, Inject } from '@nestjs/common';
import type { Services } from '../../../core/services.js';
import type { Answer } from '../../contract/endpoints.js';
import { SERVICES } from '../../deps.js';
import { type Call, In } from '../call.js';
import { Route } from '../route.js';

/** What a message would be for each person. */
@Controller()
export class PreviewsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Route('previewMessage')
  conversation(@In() { userId, params, body }: Call<'previewMessage'>): Promise<Answer<'previewMessage'>> {
    return this.services.previews.conversation(userId, params.id, body);
  }

  @Route('previewMany')
  many(@In() { userId, body }: Call<'previewMany'>): Promise<Answer<'previewMany'>> {
    return this.services.previews.many(userId, body);
  }
}
