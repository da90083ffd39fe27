import { call, messageOf } from '../../lib/api/client';
import type { BodyInput } from '../../lib/api/types';
import { applyChange } from '../../lib/sync/apply';
import { notify } from '../../ui/notice';

export async function patchChat(id: string, body: BodyInput<'patchConversation'>): Promise<void> {
  try {
    const value = await call('patchConversation', { params: { id }, body });
    applyChange({ kind: 'conversation', id, rev: value.rev, value });
  } catch (error) {
    notify(messageOf(error));
  }
}
