import { call } from '../../lib/api/client';
import type { BodyInput } from '../../lib/api/types';
import { takeConversation } from '../../lib/sync/apply';

export async function patchSending(id: string, body: BodyInput<'patchConversation'>): Promise<void> {
  const value = await call('patchConversation', { params: { id }, body });
  takeConversation(value);
}
