import { Controller, Inject } from '@nestjs/common';
import type { Services } from '../../../core/services.js';
import type { Answer } from '../../contract/endpoints.js';
import { SERVICES } from '../../deps.js';
import { type Call, In } from '../call.js';
import { Route } from '../route.js';

/** Groups over several networks; what is said in them goes by the calls of conversations. */
@Controller()
export class GroupsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Route('createGroup')
  create(@In() { userId, body }: Call<'createGroup'>): Promise<Answer<'createGroup'>> {
    return this.services.groups.create(userId, body);
  }

  @Route('patchGroup')
  patch(@In() { userId, params, body }: Call<'patchGroup'>): Promise<Answer<'patchGroup'>> {
    return this.services.groups.patch(userId, params.id, body);
  }

  @Route('listGroupMembers')
  async members(@In() { userId, params }: Call<'listGroupMembers'>): Promise<Answer<'listGroupMembers'>> {
    return { items: await this.services.groups.members(userId, params.id) };
  }

  @Route('deleteGroup')
  remove(@In() { userId, params }: Call<'deleteGroup'>): Promise<void> {
    return this.services.groups.remove(userId, params.id);
  }

  @Route('moveMessage')
  move(@In() { userId, params, body }: Call<'moveMessage'>): Promise<Answer<'moveMessage'>> {
    return this.services.groups.move(userId, params.id, body.conversationId);
  }

  @Route('listRecipients')
  async recipients(@In() { userId, params }: Call<'listRecipients'>): Promise<Answer<'listRecipients'>> {
    return { items: await this.services.groups.recipients(userId, params.id) };
  }
}
