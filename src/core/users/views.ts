import type { PresenceView } from '../views.js';

export type Role = 'admin' | 'user';
/** `read`: what changes nothing; `write`: everything else; `admin`: the administration besides. */
export type Scope = 'read' | 'write' | 'admin';

export type UserView = {
  id: string;
  email: string;
  name: string;
  role: Role;
  presence: PresenceView;
  /** Whether others learn that the user types, and what they have read. */
  sendTyping: boolean;
  sendReceipts: boolean;
  /** Sending can be undone for so long, and for which messages the web client asks for it. */
  undoSeconds: number;
  undoFor: 'lasting' | 'all';
  /** What the web client keeps for the user; the contract of the API says what there is. */
  settings: Record<string, unknown>;
  profiles: { id: string; name: string; isDefault: boolean; routeId: string | null }[];
  rev: number;
};

export type TokenView = {
  id: string;
  name: string;
  scopes: Scope[];
  createdAt: string;
  lastUsedAt: string | null;
  /** Only in the answer that made it. */
  token?: string;
};

export type AudienceView = { id: string; name: string; contactIds: string[]; presence: PresenceView | null };
