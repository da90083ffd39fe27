import { z } from 'zod';
import type { AudienceView, TokenView } from '../../core/users/views.js';
import type { ApiToken, Audience } from '../database/generated/client.js';
import { ownPresenceView } from '../database/views/users.js';

const scopes = z.array(z.enum(['read', 'write', 'admin']));

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
  presence: row.presence === null ? null : ownPresenceView(row.presence, row.note),
});
