import type { Contact } from '../../lib/api/types';

/** Every group the networks' own contact lists have, or one account's; in order. */
export function groupsOf(contacts: Contact[], accountId?: string): string[] {
  const groups = new Set<string>();
  for (const { buddies } of contacts) {
    for (const buddy of buddies) {
      if (accountId === undefined || buddy.accountId === accountId)
        for (const one of buddy.groups ?? []) groups.add(one);
    }
  }
  return [...groups].sort((a, b) => a.localeCompare(b));
}

export const isIn = ({ buddies }: Contact, group: string): boolean =>
  buddies.some((buddy) => buddy.groups?.includes(group));

/** Blocked wherever they are known. */
export const isBlocked = ({ buddies }: Contact): boolean =>
  buddies.length > 0 && buddies.every((buddy) => buddy.blocked === true);
