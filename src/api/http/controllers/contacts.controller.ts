import { Controller, Inject } from '@nestjs/common';
import type { Services } from '../../../core/services.js';
import type { Answer } from '../../contract/endpoints.js';
import { SERVICES } from '../../deps.js';
import { type Call, In } from '../call.js';
import { Route } from '../route.js';

@Controller()
export class ContactsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Route('listContacts')
  list(@In() { userId, query }: Call<'listContacts'>): Promise<Answer<'listContacts'>> {
    return this.services.contacts.list(userId, query);
  }

  @Route('createContact')
  create(@In() { userId, body }: Call<'createContact'>): Promise<Answer<'createContact'>> {
    return this.services.contacts.create(userId, body);
  }

  @Route('suggestContacts')
  async suggestions(@In() { userId }: Call<'suggestContacts'>): Promise<Answer<'suggestContacts'>> {
    return { items: await this.services.contacts.suggestions(userId), nextCursor: null };
  }

  @Route('getContact')
  get(@In() { userId, params }: Call<'getContact'>): Promise<Answer<'getContact'>> {
    return this.services.contacts.get(userId, params.id);
  }

  @Route('patchContact')
  patch(@In() { userId, params, body }: Call<'patchContact'>): Promise<Answer<'patchContact'>> {
    return this.services.contacts.patch(userId, params.id, body);
  }

  @Route('patchBuddy')
  patchBuddy(@In() { userId, params, body }: Call<'patchBuddy'>): Promise<Answer<'patchBuddy'>> {
    return this.services.contacts.patchBuddy(userId, params.id, body);
  }

  @Route('deleteContact')
  remove(@In() { userId, params }: Call<'deleteContact'>): Promise<void> {
    return this.services.contacts.remove(userId, params.id);
  }

  @Route('mergeContact')
  merge(@In() { userId, params, body }: Call<'mergeContact'>): Promise<Answer<'mergeContact'>> {
    return this.services.contacts.merge(userId, params.id, body.contactId);
  }

  @Route('unmergeContact')
  unmerge(@In() { userId, params, body }: Call<'unmergeContact'>): Promise<Answer<'unmergeContact'>> {
    return this.services.contacts.unmerge(userId, params.id, body.contactId);
  }

  @Route('splitContact')
  split(@In() { userId, params, body }: Call<'splitContact'>): Promise<Answer<'splitContact'>> {
    return this.services.contacts.split(userId, params.id, body.buddyId);
  }
}
