export type { Channel, PresenceState, Problem } from '@contract/common.js';
export type { Buddy, Contact } from '@contract/contacts.js';
export type { Chat, Conversation, Member } from '@contract/conversations.js';
export type { Answer, BodyInput, EndpointName, endpoints, QueryInput } from '@contract/endpoints.js';
export type { Attachment, Delivery, DeliveryStatus, Message, Route, SendBody } from '@contract/messages.js';
export type { Account, AccountState, Capabilities, FormField, LoginStep, Network } from '@contract/networks.js';
export type { Change, Frame } from '@contract/sync.js';
export type { Audience, Token, User } from '@contract/users.js';
