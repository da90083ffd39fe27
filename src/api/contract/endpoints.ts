import { z } from 'zod';
import { id, page, pageQuery } from './common.js';
import * as contacts from './contacts.js';
import * as conversations from './conversations.js';
import * as messages from './messages.js';
import * as networks from './networks.js';
import * as sync from './sync.js';
import * as system from './system.js';
import * as users from './users.js';
import * as webhooks from './webhooks.js';

export type Endpoint = {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below `/api/v1`, parameters in braces. */
  path: string;
  summary: string;
  /** `none`: anyone; `user`: signed in; `admin`: signed in as an admin. */
  auth: 'none' | 'user' | 'admin';
  tag: string;
  query?: z.ZodType;
  body?: z.ZodType;
  /** `multipart` for uploads. */
  bodyType?: 'json' | 'multipart';
  /** 303: a page to go on to. */
  status: 200 | 201 | 204 | 303;
  response?: z.ZodType;
};

const items = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });
const define = <const T extends Record<string, Endpoint>>(table: T): T => table;

/** Every call of the HTTP API: the OpenAPI document, the server's validation and the web client's types come from here. */
export const endpoints = define({
  health: {
    method: 'GET',
    path: '/health',
    summary: 'Liveness',
    auth: 'none',
    tag: 'System',
    status: 200,
    response: system.health,
  },
  ready: {
    method: 'GET',
    path: '/ready',
    summary: 'Readiness, one entry per dependency',
    auth: 'none',
    tag: 'System',
    status: 200,
    response: system.ready,
  },

  setup: {
    method: 'POST',
    path: '/setup',
    summary: 'Make the first admin; 409 once a user exists',
    auth: 'none',
    tag: 'Users',
    body: users.setupBody,
    status: 201,
    response: users.session,
  },
  signIn: {
    method: 'POST',
    path: '/sessions',
    summary: 'Sign in',
    auth: 'none',
    tag: 'Users',
    body: users.signInBody,
    status: 201,
    response: users.session,
  },
  signOut: {
    method: 'DELETE',
    path: '/sessions/current',
    summary: 'Sign out',
    auth: 'user',
    tag: 'Users',
    status: 204,
  },
  createToken: {
    method: 'POST',
    path: '/tokens',
    summary: 'Make a personal API token, shown once',
    auth: 'user',
    tag: 'Users',
    body: users.createTokenBody,
    status: 201,
    response: users.token,
  },
  listTokens: {
    method: 'GET',
    path: '/tokens',
    summary: 'List personal API tokens',
    auth: 'user',
    tag: 'Users',
    query: pageQuery,
    status: 200,
    response: page(users.token),
  },
  deleteToken: {
    method: 'DELETE',
    path: '/tokens/{id}',
    summary: 'Revoke a personal API token',
    auth: 'user',
    tag: 'Users',
    status: 204,
  },
  createUser: {
    method: 'POST',
    path: '/users',
    summary: 'Make a user',
    auth: 'admin',
    tag: 'Users',
    body: users.createUserBody,
    status: 201,
    response: users.user,
  },
  me: {
    method: 'GET',
    path: '/me',
    summary: 'The signed-in user',
    auth: 'user',
    tag: 'Users',
    status: 200,
    response: users.user,
  },
  patchMe: {
    method: 'PATCH',
    path: '/me',
    summary: 'What others learn of the user: typing, read receipts',
    auth: 'user',
    tag: 'Users',
    body: users.patchMeBody,
    status: 200,
    response: users.user,
  },
  setPresence: {
    method: 'PUT',
    path: '/presence',
    summary: 'Set own presence, for all or for one audience',
    auth: 'user',
    tag: 'Users',
    body: users.setPresenceBody,
    status: 200,
    response: users.user,
  },
  listAudiences: {
    method: 'GET',
    path: '/audiences',
    summary: 'List audiences',
    auth: 'user',
    tag: 'Users',
    status: 200,
    response: items(users.audience),
  },
  putAudiences: {
    method: 'PUT',
    path: '/audiences',
    summary: 'Replace the audiences',
    auth: 'user',
    tag: 'Users',
    body: users.putAudiencesBody,
    status: 200,
    response: items(users.audience),
  },

  listNetworks: {
    method: 'GET',
    path: '/networks',
    summary: 'Networks an account can be added on',
    auth: 'user',
    tag: 'Networks',
    query: pageQuery,
    status: 200,
    response: page(networks.network),
  },
  startLogin: {
    method: 'POST',
    path: '/logins',
    summary: 'Begin a sign-in to a network',
    auth: 'user',
    tag: 'Networks',
    body: networks.startLoginBody,
    status: 201,
    response: networks.startedLogin,
  },
  answerLogin: {
    method: 'POST',
    path: '/logins/{id}',
    summary: 'Answer a sign-in step',
    auth: 'user',
    tag: 'Networks',
    body: networks.answerLoginBody,
    status: 200,
    response: networks.answeredLogin,
  },
  getLogin: {
    method: 'GET',
    path: '/logins/{id}',
    summary: 'Where a sign-in stands',
    auth: 'user',
    tag: 'Networks',
    status: 200,
    response: networks.currentLogin,
  },
  loginCallback: {
    method: 'GET',
    path: '/logins/callback',
    summary: 'Where a browser comes back to from a redirect step; leads on to the web client',
    auth: 'user',
    tag: 'Networks',
    query: networks.loginCallbackQuery,
    status: 303,
  },
  cancelLogin: {
    method: 'DELETE',
    path: '/logins/{id}',
    summary: 'Cancel a sign-in',
    auth: 'user',
    tag: 'Networks',
    status: 204,
  },
  listAccounts: {
    method: 'GET',
    path: '/accounts',
    summary: 'List accounts with their state',
    auth: 'user',
    tag: 'Networks',
    query: pageQuery,
    status: 200,
    response: page(networks.account),
  },
  getAccount: {
    method: 'GET',
    path: '/accounts/{id}',
    summary: 'One account',
    auth: 'user',
    tag: 'Networks',
    status: 200,
    response: networks.account,
  },
  patchAccount: {
    method: 'PATCH',
    path: '/accounts/{id}',
    summary: 'Rename, switch on or off',
    auth: 'user',
    tag: 'Networks',
    body: networks.patchAccountBody,
    status: 200,
    response: networks.account,
  },
  deleteAccount: {
    method: 'DELETE',
    path: '/accounts/{id}',
    summary: 'Sign out of a network and erase its secrets; history stays',
    auth: 'user',
    tag: 'Networks',
    status: 204,
  },
  reconnectAccount: {
    method: 'POST',
    path: '/accounts/{id}/reconnect',
    summary: 'Try to connect now',
    auth: 'user',
    tag: 'Networks',
    status: 200,
    response: networks.account,
  },

  listContacts: {
    method: 'GET',
    path: '/contacts',
    summary: 'The merged buddy list',
    auth: 'user',
    tag: 'Contacts',
    query: contacts.listContactsQuery,
    status: 200,
    response: page(contacts.contact),
  },
  createContact: {
    method: 'POST',
    path: '/contacts',
    summary: 'Make a contact',
    auth: 'user',
    tag: 'Contacts',
    body: contacts.createContactBody,
    status: 201,
    response: contacts.contact,
  },
  suggestContacts: {
    method: 'GET',
    path: '/contacts/suggestions',
    summary: 'Contacts that are likely one person',
    auth: 'user',
    tag: 'Contacts',
    status: 200,
    response: contacts.suggestions,
  },
  getContact: {
    method: 'GET',
    path: '/contacts/{id}',
    summary: 'One contact',
    auth: 'user',
    tag: 'Contacts',
    status: 200,
    response: contacts.contact,
  },
  patchContact: {
    method: 'PATCH',
    path: '/contacts/{id}',
    summary: 'Rename a contact, change addresses or note',
    auth: 'user',
    tag: 'Contacts',
    body: contacts.patchContactBody,
    status: 200,
    response: contacts.contact,
  },
  deleteContact: {
    method: 'DELETE',
    path: '/contacts/{id}',
    summary: 'Remove a contact from the list; history stays',
    auth: 'user',
    tag: 'Contacts',
    status: 204,
  },
  mergeContact: {
    method: 'POST',
    path: '/contacts/{id}/merge',
    summary: 'Link another contact into this one',
    auth: 'user',
    tag: 'Contacts',
    body: contacts.mergeBody,
    status: 200,
    response: contacts.contact,
  },
  splitContact: {
    method: 'POST',
    path: '/contacts/{id}/split',
    summary: 'Take a buddy out again; answers the contact it goes to',
    auth: 'user',
    tag: 'Contacts',
    body: contacts.splitBody,
    status: 200,
    response: contacts.contact,
  },

  openChat: {
    method: 'POST',
    path: '/chats',
    summary: 'Open a direct chat or join a channel',
    auth: 'user',
    tag: 'Conversations',
    body: conversations.openChatBody,
    status: 201,
    response: conversations.openedChat,
  },
  listConversations: {
    method: 'GET',
    path: '/conversations',
    summary: 'Conversations, latest first',
    auth: 'user',
    tag: 'Conversations',
    query: conversations.listConversationsQuery,
    status: 200,
    response: page(conversations.conversation),
  },
  getConversation: {
    method: 'GET',
    path: '/conversations/{id}',
    summary: 'One conversation',
    auth: 'user',
    tag: 'Conversations',
    status: 200,
    response: conversations.conversation,
  },
  patchConversation: {
    method: 'PATCH',
    path: '/conversations/{id}',
    summary: 'Pin, archive, mute, read marker, draft, topic',
    auth: 'user',
    tag: 'Conversations',
    body: conversations.patchConversationBody,
    status: 200,
    response: conversations.conversation,
  },
  acceptConversation: {
    method: 'POST',
    path: '/conversations/{id}/accept',
    summary: 'Accept a message request or an invitation',
    auth: 'user',
    tag: 'Conversations',
    status: 200,
    response: conversations.conversation,
  },
  declineConversation: {
    method: 'POST',
    path: '/conversations/{id}/decline',
    summary: 'Decline a message request or an invitation',
    auth: 'user',
    tag: 'Conversations',
    status: 200,
    response: conversations.conversation,
  },
  leaveConversation: {
    method: 'POST',
    path: '/conversations/{id}/leave',
    summary: 'Leave a group or channel; history stays',
    auth: 'user',
    tag: 'Conversations',
    status: 200,
    response: conversations.conversation,
  },
  setTyping: {
    method: 'PUT',
    path: '/conversations/{id}/typing',
    summary: 'Say that the user types, or stopped',
    auth: 'user',
    tag: 'Conversations',
    body: conversations.typingBody,
    status: 204,
  },
  listMembers: {
    method: 'GET',
    path: '/conversations/{id}/members',
    summary: 'Who is in a group or channel',
    auth: 'user',
    tag: 'Conversations',
    query: conversations.listMembersQuery,
    status: 200,
    response: page(conversations.member),
  },
  inviteMember: {
    method: 'POST',
    path: '/conversations/{id}/members',
    summary: 'Ask somebody into a group or channel',
    auth: 'user',
    tag: 'Conversations',
    body: conversations.inviteBody,
    status: 204,
  },
  listMessages: {
    method: 'GET',
    path: '/conversations/{id}/messages',
    summary: 'The merged timeline, newest first',
    auth: 'user',
    tag: 'Messages',
    query: messages.listMessagesQuery,
    status: 200,
    response: messages.messagePage,
  },
  sendMessage: {
    method: 'POST',
    path: '/conversations/{id}/messages',
    summary: 'Send, by one account or by a route',
    auth: 'user',
    tag: 'Messages',
    body: messages.sendBody,
    status: 201,
    response: messages.sent,
  },
  sendMessages: {
    method: 'POST',
    path: '/messages',
    summary: 'One message to many people over many channels',
    auth: 'user',
    tag: 'Messages',
    body: messages.sendManyBody,
    status: 201,
    response: messages.sentMany,
  },
  getMessage: {
    method: 'GET',
    path: '/messages/{id}',
    summary: 'One message',
    auth: 'user',
    tag: 'Messages',
    status: 200,
    response: messages.message,
  },
  editMessage: {
    method: 'PATCH',
    path: '/messages/{id}',
    summary: 'Edit an own message',
    auth: 'user',
    tag: 'Messages',
    body: messages.editBody,
    status: 200,
    response: messages.message,
  },
  deleteMessage: {
    method: 'DELETE',
    path: '/messages/{id}',
    summary: 'Delete an own message, or cancel one not yet sent',
    auth: 'user',
    tag: 'Messages',
    status: 200,
    response: messages.message,
  },
  addReaction: {
    method: 'PUT',
    path: '/messages/{id}/reactions/{emoji}',
    summary: 'React',
    auth: 'user',
    tag: 'Messages',
    status: 200,
    response: messages.message,
  },
  removeReaction: {
    method: 'DELETE',
    path: '/messages/{id}/reactions/{emoji}',
    summary: 'Take a reaction back',
    auth: 'user',
    tag: 'Messages',
    status: 200,
    response: messages.message,
  },
  listDeliveries: {
    method: 'GET',
    path: '/messages/{id}/deliveries',
    summary: 'The delivery ledger of a message',
    auth: 'user',
    tag: 'Messages',
    status: 200,
    response: items(messages.delivery),
  },
  retryDelivery: {
    method: 'POST',
    path: '/deliveries/{id}/retry',
    summary: 'Try a failed, unknown or cancelled delivery again',
    auth: 'user',
    tag: 'Messages',
    status: 200,
    response: messages.delivery,
  },
  upload: {
    method: 'POST',
    path: '/attachments',
    summary: 'Upload a file',
    auth: 'user',
    tag: 'Messages',
    bodyType: 'multipart',
    status: 201,
    response: messages.attachment,
  },
  download: {
    method: 'GET',
    path: '/attachments/{id}',
    summary: 'Download a file',
    auth: 'user',
    tag: 'Messages',
    status: 200,
  },
  search: {
    method: 'GET',
    path: '/search',
    summary: 'Search all history',
    auth: 'user',
    tag: 'Messages',
    query: messages.searchQuery,
    status: 200,
    response: page(messages.message),
  },

  sync: {
    method: 'GET',
    path: '/sync',
    summary: 'What changed since a revision',
    auth: 'user',
    tag: 'Sync',
    query: sync.syncQuery,
    status: 200,
    response: sync.syncPage,
  },
  listWebhooks: {
    method: 'GET',
    path: '/webhooks',
    summary: 'List webhooks and how their calls fare',
    auth: 'user',
    tag: 'Sync',
    query: pageQuery,
    status: 200,
    response: page(webhooks.webhook),
  },
  createWebhook: {
    method: 'POST',
    path: '/webhooks',
    summary: 'Have changes sent to an address, signed; the secret is shown once',
    auth: 'user',
    tag: 'Sync',
    body: webhooks.createWebhookBody,
    status: 201,
    response: webhooks.webhook,
  },
  deleteWebhook: {
    method: 'DELETE',
    path: '/webhooks/{id}',
    summary: 'Stop a webhook',
    auth: 'user',
    tag: 'Sync',
    status: 204,
  },
});

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
