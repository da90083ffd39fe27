import { limits, type Member } from '../../sdk/index.js';
import { DomainError } from '../errors.js';
import { cleanLine } from '../messages/inbound.js';

const ROLES = ['owner', 'admin', 'moderator', 'voice', 'member'] as const;
type Role = (typeof ROLES)[number];

/** Somebody in a room, as a network has listed them. */
export type Listed = {
  remoteId: string;
  address: string;
  name: string;
  role: Role;
  presence: NonNullable<Member['presence']>;
};

/** By role, then name; whoever is in twice is listed once. */
export function listed(members: readonly Member[]): Listed[] {
  const known = new Map<string, Listed>();
  for (const { buddy, role = 'member', presence = 'unknown' } of members.slice(0, limits.members)) {
    const address = cleanLine(buddy.address, 320);
    const name = cleanLine(buddy.name ?? '') || address;
    if (!known.has(buddy.id)) known.set(buddy.id, { remoteId: buddy.id, address, name, role, presence });
  }
  return [...known.values()].sort(compare);
}

/** The members after a cursor. It names a place, not a number: who comes or goes meanwhile shifts nothing. */
export function memberPage(
  members: readonly Listed[],
  { limit, cursor }: { limit: number; cursor?: string },
): { items: Listed[]; nextCursor: string | null } {
  const after = cursor === undefined ? undefined : decode(cursor);
  const start = after === undefined ? 0 : members.findIndex((member) => compare(member, after) > 0);
  const items = start === -1 ? [] : members.slice(start, start + limit);
  const last = items.at(-1);
  const more = start !== -1 && start + limit < members.length;
  return { items, nextCursor: more && last ? encode(last) : null };
}

type Place = Pick<Listed, 'role' | 'name' | 'remoteId'>;

const compare = (a: Place, b: Place): number =>
  ROLES.indexOf(a.role) - ROLES.indexOf(b.role) || order(a.name, b.name) || order(a.remoteId, b.remoteId);
const order = (a: string, b: string): number => {
  const [low, high] = [a.toLowerCase(), b.toLowerCase()];
  return low < high ? -1 : low > high ? 1 : 0;
};

const encode = ({ role, name, remoteId }: Place): string =>
  Buffer.from(JSON.stringify([ROLES.indexOf(role), name, remoteId])).toString('base64url');

function decode(cursor: string): Place {
  try {
    const [role, name, remoteId] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    const known = typeof role === 'number' ? ROLES[role] : undefined;
    if (known !== undefined && typeof name === 'string' && typeof remoteId === 'string')
      return { role: known, name, remoteId };
  } catch {
    // Falls through to the error below.
  }
  throw new DomainError('invalid', 'invalid-cursor', 'This cursor is not one of ours.', {
    fields: { cursor: 'must be a nextCursor' },
  });
}
