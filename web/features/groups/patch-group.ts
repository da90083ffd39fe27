import { call } from '../../lib/api/client';
import type { BodyInput } from '../../lib/api/types';
import { applyChange } from '../../lib/sync/apply';

export const mostMembers = 200;

export async function patchGroup(id: string, body: BodyInput<'patchGroup'>): Promise<void> {
  const value = await call('patchGroup', { params: { id }, body });
  applyChange({ kind: 'conversation', id, rev: value.rev, value });
}
