import { call } from '../../lib/api/client';
import { go, link } from '../../lib/router';
import { store } from '../../lib/sync/store';

/** Opens a chat and goes there. `before`: what has to be ready when it is shown. */
export async function openChat(
  accountId: string,
  target: { address: string } | { join: string },
  before?: (conversationId: string) => void,
): Promise<void> {
  const { conversation } = await call('openChat', { body: { accountId, ...target } });
  store.conversations.set(conversation.id, conversation);
  store.touch('conversations');
  before?.(conversation.id);
  go(link.conversation(conversation.id));
}
