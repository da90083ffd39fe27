import { z } from 'zod';
import { id } from './common.js';
import { adminEndpoints } from './endpoints/admin.js';
import { attentionEndpoints } from './endpoints/attention.js';
import { contactsEndpoints } from './endpoints/contacts.js';
import { conversationsEndpoints } from './endpoints/conversations.js';
import { groupsEndpoints } from './endpoints/groups.js';
import { messagesEndpoints } from './endpoints/messages.js';
import { networksEndpoints } from './endpoints/networks.js';
import { quarantineEndpoints } from './endpoints/quarantine.js';
import { routingEndpoints } from './endpoints/routing.js';
import { syncEndpoints } from './endpoints/sync.js';
import { systemEndpoints } from './endpoints/system.js';
import { usersEndpoints } from './endpoints/users.js';

export type { Endpoint } from './endpoints/endpoint.js';

/** Every call of the HTTP API: the OpenAPI document, the server's validation and the web client's types come from here. */
export const endpoints = {
  ...systemEndpoints,
  ...usersEndpoints,
  ...networksEndpoints,
  ...contactsEndpoints,
  ...conversationsEndpoints,
  ...messagesEndpoints,
  ...attentionEndpoints,
  ...quarantineEndpoints,
  ...routingEndpoints,
  ...groupsEndpoints,
  ...syncEndpoints,
  ...adminEndpoints,
};

export type EndpointName = keyof typeof endpoints;
/** Parsed input of an endpoint, as a handler sees it. */
export type Body<N extends EndpointName> = (typeof endpoints)[N] extends { body: infer B extends z.ZodType }
  ? z.output<B>
  : undefined;
/** Input of an endpoint, as a client writes it. */
export type BodyInput<N extends EndpointName> = (typeof endpoints)[N] extends { body: infer B extends z.ZodType }
  ? z.input<B>
  : undefined;
export type Query<N extends EndpointName> = (typeof endpoints)[N] extends { query: infer Q extends z.ZodType }
  ? z.output<Q>
  : undefined;
export type QueryInput<N extends EndpointName> = (typeof endpoints)[N] extends { query: infer Q extends z.ZodType }
  ? z.input<Q>
  : undefined;
export type Answer<N extends EndpointName> = (typeof endpoints)[N] extends { response: infer R extends z.ZodType }
  ? z.output<R>
  : undefined;

export const pathParams = z.object({ id });
export const emojiParams = z.object({
  id,
  emoji: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[^\u0000-\u0020\u007f]*$/, 'must be an emoji'),
});
