import { Controller, Inject } from '@nestjs/common';
import type { Services } from '../../../core/services.js';
import type { Answer } from '../../contract/endpoints.js';
import { SERVICES } from '../../deps.js';
import { type Call, In } from '../call.js';
import { Route } from '../route.js';

@Controller()
export class AttentionController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Route('remindMessage')
  remindMessage(@In() { userId, params, body }: Call<'remindMessage'>): Promise<Answer<'remindMessage'>> {
    return this.services.reminders.ofMessage(userId, params.id, body.at);
  }

  @Route('forgetMessageReminder')
  forgetMessage(@In() { userId, params }: Call<'forgetMessageReminder'>): Promise<Answer<'forgetMessageReminder'>> {
    return this.services.reminders.ofMessage(userId, params.id, null);
  }

  @Route('remindConversation')
  remindConversation(
    @In() { userId, params, body }: Call<'remindConversation'>,
  ): Promise<Answer<'remindConversation'>> {
    return this.services.reminders.ofConversation(userId, params.id, body.at);
  }

  @Route('forgetConversationReminder')
  forgetConversation(
    @In() { userId, params }: Call<'forgetConversationReminder'>,
  ): Promise<Answer<'forgetConversationReminder'>> {
    return this.services.reminders.ofConversation(userId, params.id, null);
  }

  @Route('listReminders')
  reminders(@In() { userId, query }: Call<'listReminders'>): Promise<Answer<'listReminders'>> {
    return this.services.reminders.list(userId, query);
  }

  @Route('pushKey')
  async pushKey(): Promise<Answer<'pushKey'>> {
    return { publicKey: await this.services.push.publicKey() };
  }

  @Route('listDevices')
  async devices(@In() { userId }: Call<'listDevices'>): Promise<Answer<'listDevices'>> {
    return { items: await this.services.push.devices(userId) };
  }

  @Route('addDevice')
  addDevice(@In() { userId, body }: Call<'addDevice'>): Promise<Answer<'addDevice'>> {
    return this.services.push.subscribe(userId, body);
  }

  @Route('removeDevice')
  removeDevice(@In() { userId, params }: Call<'removeDevice'>): Promise<void> {
    return this.services.push.unsubscribe(userId, params.id);
  }
}
