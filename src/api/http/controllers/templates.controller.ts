import { Controller, Inject } from '@nestjs/common';
import type { Services } from '../../../core/services.js';
import type { Answer } from '../../contract/endpoints.js';
import { SERVICES } from '../../deps.js';
import { type Call, In } from '../call.js';
import { Route } from '../route.js';

/** Messages that people save to use again. */
@Controller()
export class TemplatesController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Route('listTemplates')
  list(@In() { userId, query }: Call<'listTemplates'>): Promise<Answer<'listTemplates'>> {
    return this.services.templates.list(userId, query);
  }

  @Route('createTemplate')
  create(@In() { userId, body }: Call<'createTemplate'>): Promise<Answer<'createTemplate'>> {
    return this.services.templates.create(userId, body);
  }

  @Route('patchTemplate')
  patch(@In() { userId, params, body }: Call<'patchTemplate'>): Promise<Answer<'patchTemplate'>> {
    return this.services.templates.patch(userId, params.id, body);
  }

  @Route('deleteTemplate')
  remove(@In() { userId, params }: Call<'deleteTemplate'>): Promise<void> {
    return this.services.templates.remove(userId, params.id);
  }
}
