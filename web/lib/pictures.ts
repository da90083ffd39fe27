import type { Contact } from './api/types';

/** The picture a person is shown with: that of the most available buddy, else any. */
export function pictureOf(contact: Contact | undefined): string | undefined {
  const best = contact?.buddies.find((buddy) => buddy.id === contact.bestBuddyId);
  return best?.avatarUrl ?? contact?.buddies.find((buddy) => buddy.avatarUrl)?.avatarUrl;
}

/** By buddy, for the names beside messages of a room. */
export function picturesOf(contacts: Contact[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { buddies } of contacts) for (const { id, avatarUrl } of buddies) if (avatarUrl) found.set(id, avatarUrl);
  return found;
}
