import { z } from 'zod';
import { broadcast } from './broadcasts.js';
import { id, rev } from './common.js';
import { contact, presence } from './contacts.js';
import { conversation } from './conversations.js';
import { delivery, message } from './messages.js';
import { account } from './networks.js';
import { alert } from './reminders.js';
import { user } from './users.js';

/** A row as it is now, or its tombstone (`value: null`). Applying one twice changes nothing. */
export const change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('account'), id, rev, value: account.nullable() }),
  z.object({ kind: z.literal('contact'), id, rev, value: contact.nullable() }),
  z.object({ kind: z.literal('conversation'), id, rev, value: conversation.nullable() }),
  z.object({ kind: z.literal('message'), id, rev, value: message.nullable() }),
  z.object({ kind: z.literal('delivery'), id, rev, value: delivery.nullable() }),
  z.object({ kind: z.literal('broadcast'), id, rev, value: broadcast.nullable() }),
  z.object({ kind: z.literal('user'), id, rev, value: user.nullable() }),
]);
export type Change = z.infer<typeof change>;

/** Without `since`: no changes and the newest revision, for a client that is about to load the lists. */
export const syncQuery = z.object({
  since: z.coerce.number().int().nonnegative().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(500),
});
export const syncPage = z.object({ changes: z.array(change), rev, more: z.boolean() });
export type SyncPage = z.infer<typeof syncPage>;

/** What the WebSocket at `/api/v1/stream?since=` says. After `changes` the client is complete up to `rev`. */
export const frame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('changes'), changes: z.array(change), rev }),
  z.object({ type: z.literal('typing'), conversationId: id, buddyId: id, name: z.string(), on: z.boolean() }),
  z.object({
    type: z.literal('presence'),
    buddies: z.array(presence.extend({ id, contactId: id.nullable() })),
  }),
  z.object({ type: z.literal('alerts'), alerts: z.array(alert) }),
  z.object({ type: z.literal('ping') }),
]);
export type Frame = z.infer<typeof frame>;
