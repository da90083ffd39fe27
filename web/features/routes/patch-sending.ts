import { call } from '../../lib/api/client';
import type { BodyInput } from '../../lib/api/types';
import { applyChange } from '../../lib/sync/apply';

export async function patchSending(id: string, body: BodyInput<'patchConversation'>): Promise<void> {
  const value = await call('patchConversation', { params: { id }, body });
  applyChange({ kind: 'conversation', id, rev: value.rev, value });
}
