import { Controller, Inject } from '@nestjs/common';
import type { Services } from '../../../core/services.js';
import type { Answer } from '../../contract/endpoints.js';
import { SERVICES } from '../../deps.js';
import { type Call, In } from '../call.js';
import { Route } from '../route.js';

@Controller()
export class ConversationsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Route('openChat')
  openChat(@In() { userId, body }: Call<'openChat'>): Promise<Answer<'openChat'>> {
    return this.services.conversations.openChat(userId, body);
  }

  @Route('listConversations')
  list(@In() { userId, query }: Call<'listConversations'>): Promise<Answer<'listConversations'>> {
    const { archived, ...rest } = query;
    return this.services.conversations.list(userId, { ...rest, ...(archived && { archived: archived === 'true' }) });
  }

  @Route('getConversation')
  get(@In() { userId, params }: Call<'getConversation'>): Promise<Answer<'getConversation'>> {
    return this.services.conversations.get(userId, params.id);
  }

  @Route('patchConversation')
  patch(@In() { userId, params, body }: Call<'patchConversation'>): Promise<Answer<'patchConversation'>> {
    return this.services.conversations.patch(userId, params.id, body);
  }

  @Route('acceptConversation')
  accept(@In() { userId, params }: Call<'acceptConversation'>): Promise<Answer<'acceptConversation'>> {
    return this.services.conversations.accept(userId, params.id);
  }

  @Route('declineConversation')
  decline(@In() { userId, params }: Call<'declineConversation'>): Promise<Answer<'declineConversation'>> {
    return this.services.conversations.decline(userId, params.id);
  }

  @Route('leaveConversation')
  leave(@In() { userId, params }: Call<'leaveConversation'>): Promise<Answer<'leaveConversation'>> {
    return this.services.conversations.leave(userId, params.id);
  }

  @Route('setTyping')
  typing(@In() { userId, params, body }: Call<'setTyping'>): Promise<void> {
    return this.services.rooms.typing(userId, params.id, body.on);
  }

  @Route('listMembers')
  members(@In() { userId, params, query }: Call<'listMembers'>): Promise<Answer<'listMembers'>> {
    return this.services.rooms.members(userId, params.id, query);
  }

  @Route('inviteMember')
  invite(@In() { userId, params, body }: Call<'inviteMember'>): Promise<void> {
    return this.services.rooms.invite(userId, params.id, body);
  }

  @Route('sync')
  sync(@In() { userId, query }: Call<'sync'>): Promise<Answer<'sync'>> {
    return this.services.sync.since(userId, query.since, query.limit);
  }
}
