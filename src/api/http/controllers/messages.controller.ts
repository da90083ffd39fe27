import { Controller, Inject, type StreamableFile } from '@nestjs/common';
import type { Services } from '../../../core/services.js';
import type { Answer } from '../../contract/endpoints.js';
import { SERVICES } from '../../deps.js';
import { type Call, In } from '../call.js';
import { showImage } from '../images.js';
import { Route } from '../route.js';

/** Messages and the deliveries they become. */
@Controller()
export class MessagesController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Route('listMessages')
  timeline(@In() { userId, params, query }: Call<'listMessages'>): Promise<Answer<'listMessages'>> {
    return this.services.messages.timeline(userId, params.id, query);
  }

  @Route('fetchHistory')
  history(@In() { userId, params }: Call<'fetchHistory'>): Promise<Answer<'fetchHistory'>> {
    return this.services.messages.fetchOlder(userId, params.id);
  }

  @Route('sendMessage')
  send(@In() { userId, params, body, onceKey }: Call<'sendMessage'>): Promise<Answer<'sendMessage'>> {
    return this.services.messages.send(userId, params.id, { ...body, onceKey });
  }

  @Route('sendMessages')
  async sendMany(@In() { userId, body, onceKey }: Call<'sendMessages'>): Promise<Answer<'sendMessages'>> {
    return { messages: await this.services.messages.sendMany(userId, { ...body, onceKey }) };
  }

  @Route('getMessage')
  get(@In() { userId, params }: Call<'getMessage'>): Promise<Answer<'getMessage'>> {
    return this.services.messages.get(userId, params.id);
  }

  @Route('listThread')
  thread(@In() { userId, params, query }: Call<'listThread'>): Promise<Answer<'listThread'>> {
    return this.services.messages.thread(userId, params.id, query);
  }

  @Route('messageImage')
  image(@In() call: Call<'messageImage'>): Promise<StreamableFile> {
    return showImage(this.services.images, call);
  }

  @Route('previewLinks')
  previewLinks(@In() { userId, params }: Call<'previewLinks'>): Promise<Answer<'previewLinks'>> {
    return this.services.linkPreviews.look(userId, params.id);
  }

  @Route('editMessage')
  edit(@In() { userId, params, body }: Call<'editMessage'>): Promise<Answer<'editMessage'>> {
    return this.services.messages.edit(userId, params.id, body);
  }

  @Route('deleteMessage')
  remove(@In() { userId, params }: Call<'deleteMessage'>): Promise<Answer<'deleteMessage'>> {
    return this.services.messages.remove(userId, params.id);
  }

  @Route('addReaction')
  addReaction(@In() { userId, params }: Call<'addReaction'>): Promise<Answer<'addReaction'>> {
    return this.services.messages.react(userId, params.id, params.emoji, true);
  }

  @Route('removeReaction')
  removeReaction(@In() { userId, params }: Call<'removeReaction'>): Promise<Answer<'removeReaction'>> {
    return this.services.messages.react(userId, params.id, params.emoji, false);
  }

  @Route('listEdits')
  async edits(@In() { userId, params }: Call<'listEdits'>): Promise<Answer<'listEdits'>> {
    return { items: await this.services.marks.edits(userId, params.id) };
  }

  @Route('markMessage')
  mark(@In() { userId, params, body }: Call<'markMessage'>): Promise<Answer<'markMessage'>> {
    return this.services.marks.set(userId, params.id, body);
  }

  @Route('listStarred')
  starred(@In() { userId, query }: Call<'listStarred'>): Promise<Answer<'listStarred'>> {
    return this.services.marks.starred(userId, query);
  }

  @Route('listPins')
  async pins(@In() { userId, params }: Call<'listPins'>): Promise<Answer<'listPins'>> {
    return { items: await this.services.marks.pins(userId, params.id) };
  }

  @Route('forwardMessage')
  async forward(@In() { userId, params, body, onceKey }: Call<'forwardMessage'>): Promise<Answer<'forwardMessage'>> {
    return { items: await this.services.forwards.forward(userId, params.id, { ...body, onceKey }) };
  }

  @Route('previewForward')
  async previewForward(@In() { userId, params, body }: Call<'previewForward'>): Promise<Answer<'previewForward'>> {
    return { items: await this.services.forwards.preview(userId, params.id, body) };
  }

  @Route('listDeliveries')
  async deliveries(@In() { userId, params }: Call<'listDeliveries'>): Promise<Answer<'listDeliveries'>> {
    return { items: await this.services.messages.deliveries(userId, params.id) };
  }

  @Route('listScheduled')
  scheduled(@In() { userId, query }: Call<'listScheduled'>): Promise<Answer<'listScheduled'>> {
    return this.services.messages.scheduled(userId, query);
  }

  @Route('retryDelivery')
  retry(@In() { userId, params }: Call<'retryDelivery'>): Promise<Answer<'retryDelivery'>> {
    return this.services.deliveries.retry(userId, params.id);
  }

  @Route('cancelDelivery')
  cancelDelivery(@In() { userId, params }: Call<'cancelDelivery'>): Promise<Answer<'cancelDelivery'>> {
    return this.services.deliveries.cancel(userId, params.id);
  }

  @Route('resolveDelivery')
  resolve(@In() { userId, params, body }: Call<'resolveDelivery'>): Promise<Answer<'resolveDelivery'>> {
    return this.services.deliveries.resolve(userId, params.id, body.outcome);
  }

  @Route('search')
  search(@In() { userId, query }: Call<'search'>): Promise<Answer<'search'>> {
    return this.services.messages.search(userId, query);
  }
}
