import { call } from '../../lib/api/client';
import type { BodyInput, Contact } from '../../lib/api/types';
import { applyChange } from '../../lib/sync/apply';

export async function patchContact(contact: Contact, body: BodyInput<'patchContact'>): Promise<void> {
  const value = await call('patchContact', { params: { id: contact.id }, body });
  applyChange({ kind: 'contact', id: value.id, rev: value.rev, value });
}
