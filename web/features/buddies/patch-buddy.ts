import { call } from '../../lib/api/client';
import type { BodyInput } from '../../lib/api/types';
import { store } from '../../lib/sync/store';

/** Changes what the network keeps of a person. Shown at once; the stream says the same a moment later. */
export async function patchBuddy(id: string, body: BodyInput<'patchBuddy'>): Promise<void> {
  const buddy = await call('patchBuddy', { params: { id }, body });
  for (const contact of store.contacts.values()) {
    if (!contact.buddies.some((one) => one.id === id)) continue;
    store.contacts.set(contact.id, {
      ...contact,
      buddies: contact.buddies.map((one) => (one.id === id ? buddy : one)),
    });
    store.touch('contacts');
  }
}
