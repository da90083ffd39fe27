import type { IconName } from '../ui/icons';
import type { Contact, Conversation } from './api/types';

/** The picture a person is shown with: that of the most available buddy, else any. */
export function pictureOf(contact: Contact | undefined): string | undefined {
  const best = contact?.buddies.find((buddy) => buddy.id === contact.bestBuddyId);
  return best?.avatarUrl ?? contact?.buddies.find((buddy) => buddy.avatarUrl)?.avatarUrl;
}

/** What stands for a conversation that is with no one person: a room of a network, or people of several. */
export const markOf = ({ kind, group }: Conversation): IconName | undefined =>
  group ? 'people' : kind === 'direct' ? undefined : 'hash';

/** How somebody is drawn: the same wherever they are seen. */
export type Face = { seed: string; url?: string };

/** By name, for those of whom no more is known: the first of the contacts who is called so, here or by a network. */
export function facesByName(contacts: Iterable<Contact>): Map<string, Face> {
  const faces = new Map<string, Face>();
  for (const contact of contacts) {
    const face = { seed: contact.id, url: pictureOf(contact) };
    for (const name of [contact.name, ...contact.buddies.map((buddy) => buddy.name)])
      if (!faces.has(name)) faces.set(name, face);
  }
  return faces;
}

/** By buddy, for the names beside messages of a room and in its list of members. */
export function facesOf(contacts: Iterable<Contact>): Map<string, Face> {
  const faces = new Map<string, Face>();
  for (const contact of contacts) for (const [id, face] of ownFaces(contact)) faces.set(id, face);
  return faces;
}

const known = new WeakMap<Contact, [string, Face][]>();

/** Looked up anew only for those that changed. */
function ownFaces(contact: Contact): [string, Face][] {
  const before = known.get(contact);
  if (before) return before;
  const faces = contact.buddies.map(({ id, avatarUrl }): [string, Face] => [
    id,
    { seed: contact.id, url: avatarUrl ?? pictureOf(contact) },
  ]);
  known.set(contact, faces);
  return faces;
}
