import { call } from '../../lib/api/client';
import type { BodyInput } from '../../lib/api/types';
import { takeConversation } from '../../lib/sync/apply';

export const mostMembers = 200;

export async function patchGroup(id: string, body: BodyInput<'patchGroup'>): Promise<void> {
  const value = await call('patchGroup', { params: { id }, body });
  takeConversation(value);
}
