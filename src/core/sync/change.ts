import type { Alert } from '../attention/alert.js';
import type { UserView } from '../users/views.js';
import type {
  AccountView,
  BroadcastView,
  ContactView,
  ConversationView,
  DeliveryView,
  MessageView,
  PresenceView,
} from '../views.js';

/** A row as a client sees it, or that it is gone. */
export type Change =
  | { kind: 'account'; id: string; rev: number; value: AccountView | null }
  | { kind: 'contact'; id: string; rev: number; value: ContactView | null }
  | { kind: 'conversation'; id: string; rev: number; value: ConversationView | null }
  | { kind: 'message'; id: string; rev: number; value: MessageView | null }
  | { kind: 'delivery'; id: string; rev: number; value: DeliveryView | null }
  | { kind: 'broadcast'; id: string; rev: number; value: BroadcastView | null }
  | { kind: 'user'; id: string; rev: number; value: UserView | null };

export type SyncPage = { changes: Change[]; rev: number; more: boolean };

export type Frame =
  | { type: 'changes'; changes: Change[]; rev: number }
  | { type: 'typing'; conversationId: string; buddyId: string; name: string; on: boolean }
  | { type: 'presence'; buddies: ({ id: string; contactId: string | null } & PresenceView)[] }
  | { type: 'alerts'; alerts: Alert[] }
  | { type: 'ping' };
