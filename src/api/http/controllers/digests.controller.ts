import { Controller, Inject } from '@nestjs/common';
import type { Services } from '../../../core/services.js';
import type { Answer } from '../../contract/endpoints.js';
import { SERVICES } from '../../deps.js';
import { type Call, In } from '../call.js';
import { Route } from '../route.js';

/** Missed messages by mail or SMS. */
@Controller()
export class DigestsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Route('getDigest')
  get(@In() { userId }: Call<'getDigest'>): Promise<Answer<'getDigest'>> {
    return this.services.digests.get(userId);
  }

  @Route('putDigest')
  put(@In() { userId, body }: Call<'putDigest'>): Promise<Answer<'putDigest'>> {
    return this.services.digests.put(userId, body);
  }

  @Route('sendDigest')
  send(@In() { userId }: Call<'sendDigest'>): Promise<Answer<'sendDigest'>> {
    return this.services.digests.sendNow(userId);
  }
}
