import { z } from 'zod';
import type { UserView } from '../../../core/users/views.js';
import type { Profile, User } from '../generated/client.js';
import type { PrismaClient } from '../prisma.js';

const role = z.enum(['admin', 'user']);
const state = z.enum(['online', 'away', 'dnd', 'offline', 'unknown']);
const settings = z.record(z.string(), z.unknown());

export const withProfiles = { profiles: { orderBy: { id: 'asc' } } } as const;

export const ownPresenceView = (value: string, note: string | null): UserView['presence'] => ({
  state: state.parse(value),
  ...(note === null ? {} : { note }),
});

export const userView = (row: User & { profiles: Profile[] }): UserView => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: role.parse(row.role),
  presence: ownPresenceView(row.presence, row.presenceNote),
  sendTyping: row.sendTyping,
  sendReceipts: row.sendReceipts,
  undoSeconds: row.undoSeconds,
  undoFor: row.undoFor === 'all' ? 'all' : 'lasting',
  settings: settings.parse(row.settings),
  profiles: row.profiles.map(({ id, name, isDefault, routeId }) => ({ id, name, isDefault, routeId })),
  rev: Number(row.rev),
});

/** The one user, as the others of a change log are read: by who may see them. */
export async function userViews(prisma: PrismaClient, id: string): Promise<UserView[]> {
  return (await prisma.user.findMany({ where: { id }, include: withProfiles })).map(userView);
}
