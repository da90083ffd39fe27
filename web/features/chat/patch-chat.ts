import { call, messageOf } from '../../lib/api/client';
import type { BodyInput } from '../../lib/api/types';
import { takeConversation } from '../../lib/sync/apply';
import { notify } from '../../ui/notice';

export async function patchChat(id: string, body: BodyInput<'patchConversation'>): Promise<void> {
  try {
    const value = await call('patchConversation', { params: { id }, body });
    takeConversation(value);
  } catch (error) {
    notify(messageOf(error));
  }
}
