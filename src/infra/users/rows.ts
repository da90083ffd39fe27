import { z } from 'zod';
import type { AudienceView, TokenView, UserView } from '../../core/users/views.js';
import type { PresenceView } from '../../core/views.js';
import type { ApiToken, Audience, Profile, User } from '../database/generated/client.js';

const role = z.enum(['admin', 'user']);
const scopes = z.array(z.enum(['read', 'write', 'admin']));
const state = z.enum(['online', 'away', 'dnd', 'offline', 'unknown']);

const presence = (value: string, note: string | null): PresenceView => ({
  state: state.parse(value),
  ...(note === null ? {} : { note }),
});

export const userView = (row: User & { profiles: Profile[] }): UserView => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: role.parse(row.role),
  presence: presence(row.presence, row.presenceNote),
  sendTyping: row.sendTyping,
  sendReceipts: row.sendReceipts,
  undoSeconds: row.undoSeconds,
  undoFor: row.undoFor === 'all' ? 'all' : 'lasting',
  profiles: row.profiles.map(({ id, name, isDefault, routeId }) => ({ id, name, isDefault, routeId })),
  rev: Number(row.rev),
});

export const tokenView = (row: ApiToken): TokenView => ({
  id: row.id,
  name: row.name,
  scopes: scopes.parse(row.scopes),
  createdAt: row.createdAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
});

export const audienceView = (row: Audience): AudienceView => ({
  id: row.id,
  name: row.name,
  contactIds: row.contactIds,
  presence: row.presence === null ? null : presence(row.presence, row.note),
});
