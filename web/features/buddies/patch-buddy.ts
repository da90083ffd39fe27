import { call } from '../../lib/api/client';

export async function setBlocked(buddyId: string, on: boolean): Promise<void> {
  await call('patchBuddy' as never, { params: { id: buddyId }, body: { blocked: on } } as never);
}
