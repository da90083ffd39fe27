import { type Endpoint, type EndpointName, endpoints } from '../../src/api/contract/endpoints.js';
import { caller } from './caller.js';

/** Rows of one user: something of every kind that a call can name. `profile` may be any of the user's own. */
export type OwnIds = Record<
  | 'token'
  | 'login'
  | 'account'
  | 'profile'
  | 'contact'
  | 'buddy'
  | 'conversation'
  | 'group'
  | 'chat'
  | 'message'
  | 'delivery'
  | 'attachment'
  | 'upload'
  | 'template'
  | 'route'
  | 'webhook'
  | 'device'
  | 'broadcast'
  | 'quarantined',
  string
>;
export type Person = { token: string; ids: OwnIds };
export type Try = {
  name: EndpointName;
  where: 'path' | 'body';
  method: string;
  path: string;
  json?: unknown;
  headers?: Record<string, string>;
};

const KIND_BY_PATH: Record<string, keyof OwnIds> = {
  '/tokens/': 'token',
  '/logins/': 'login',
  '/accounts/': 'account',
  '/contacts/': 'contact',
  '/buddies/': 'buddy',
  '/conversations/': 'conversation',
  '/groups/': 'group',
  '/messages/': 'message',
  '/deliveries/': 'delivery',
  '/attachments/': 'attachment',
  '/uploads/': 'upload',
  '/templates/': 'template',
  '/routes/': 'route',
  '/profiles/': 'profile',
  '/webhooks/': 'webhook',
  '/push/subscriptions/': 'device',
  '/broadcasts/': 'broadcast',
  '/quarantine/': 'quarantined',
};

/** A valid body of each call whose path names a row. */
const bodies: Partial<Record<EndpointName, (own: OwnIds) => unknown>> = {
  answerLogin: () => ({ input: {} }),
  patchAccount: () => ({ name: 'renamed' }),
  patchContact: () => ({ name: 'renamed' }),
  patchBuddy: () => ({ blocked: true }),
  putAccountSettings: () => ({ input: {} }),
  mergeContact: (own) => ({ contactId: own.contact }),
  unmergeContact: (own) => ({ contactId: own.contact }),
  splitContact: (own) => ({ buddyId: own.buddy }),
  patchConversation: () => ({ pinned: true }),
  setTyping: () => ({ on: true }),
  inviteMember: () => ({ address: 'ann' }),
  sendMessage: () => ({ text: 'hello' }),
  patchGroup: () => ({ relay: true }),
  moveMessage: (own) => ({ conversationId: own.group }),
  previewMessage: () => ({ text: 'hello' }),
  patchTemplate: () => ({ name: 'renamed' }),
  patchRoute: () => ({ name: 'renamed' }),
  patchProfile: () => ({ routeId: null }),
  editMessage: () => ({ text: 'hello' }),
  remindMessage: () => ({ at: '2030-01-01T08:00:00.000Z' }),
  remindConversation: () => ({ at: '2030-01-01T08:00:00.000Z' }),
  markMessage: () => ({ starred: true }),
  forwardMessage: (own) => ({ conversationIds: [own.conversation] }),
  previewForward: (own) => ({ conversationIds: [own.conversation] }),
  resolveDelivery: () => ({ outcome: 'sent' }),
};

const tus = { 'tus-resumable': '1.0.0' };
/** What calls of another protocol say in headers. */
const headers: Partial<Record<EndpointName, Record<string, string>>> = {
  uploadState: tus,
  continueUpload: { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
  dropUpload: tus,
};

/** The query of a call that does not go without. */
const queries: Partial<Record<EndpointName, string>> = {
  messageImage: '?url=https%3A%2F%2Fexample.org%2Fa.png',
};

const im = { mode: 'all', channels: ['im'] };
const digest = {
  ...{ enabled: true, address: 'me@example.org', awayMinutes: 30, everyMinutes: 60 },
  ...{ include: 'direct', quiet: null },
};
/** Calls on own rows, or on none, that name another's row in the body. */
const bodyTries: [EndpointName, keyof OwnIds, (foreign: OwnIds) => unknown][] = [
  ['startLogin', 'login', (foreign) => ({ network: 'echo', accountId: foreign.account })],
  ['patchAccount', 'account', (foreign) => ({ profileId: foreign.profile })],
  ['patchAccount', 'account', (foreign) => ({ standbyId: foreign.account })],
  ['createContact', 'contact', (foreign) => ({ name: 'x', buddies: [foreign.buddy] })],
  ['createContact', 'contact', (foreign) => ({ name: 'x', buddies: [{ id: foreign.buddy }] })],
  ['createContact', 'contact', (foreign) => ({ name: 'x', buddies: [{ accountId: foreign.account, address: 'a' }] })],
  ['mergeContact', 'contact', (foreign) => ({ contactId: foreign.contact })],
  ['unmergeContact', 'contact', (foreign) => ({ contactId: foreign.contact })],
  ['splitContact', 'contact', (foreign) => ({ buddyId: foreign.buddy })],
  ['openChat', 'account', (foreign) => ({ accountId: foreign.account, address: 'a' })],
  ['openChat', 'account', (foreign) => ({ accountId: foreign.account, join: 'a' })],
  ['patchConversation', 'conversation', (foreign) => ({ readMessageId: foreign.message })],
  ['patchConversation', 'conversation', (foreign) => ({ routeId: foreign.route })],
  ['patchConversation', 'conversation', (foreign) => ({ via: foreign.account })],
  ['patchContact', 'contact', (foreign) => ({ routeId: foreign.route })],
  ['patchProfile', 'profile', (foreign) => ({ routeId: foreign.route })],
  ['sendMessage', 'conversation', (foreign) => ({ text: 'x', route: { id: foreign.route } })],
  ['createGroup', 'contact', (foreign) => ({ name: 'x', contactIds: [foreign.contact] })],
  ['moveMessage', 'message', (foreign) => ({ conversationId: foreign.group })],
  ['patchGroup', 'group', (foreign) => ({ contactIds: [foreign.contact] })],
  ['inviteMember', 'conversation', (foreign) => ({ address: 'ann', chatId: foreign.chat })],
  ['sendMessage', 'conversation', (foreign) => ({ text: 'x', via: foreign.account })],
  ['sendMessage', 'conversation', (foreign) => ({ text: 'x', replyTo: foreign.message })],
  ['sendMessage', 'conversation', (foreign) => ({ text: 'x', attachments: [foreign.attachment] })],
  ['forwardMessage', 'message', (foreign) => ({ conversationIds: [foreign.conversation] })],
  ['previewForward', 'message', (foreign) => ({ conversationIds: [foreign.conversation] })],
  ['sendMessages', 'contact', (foreign) => ({ to: [foreign.contact], text: 'x', route: im })],
  ['createBroadcast', 'contact', (foreign) => ({ to: [foreign.contact], text: 'x' })],
  ['createBroadcast', 'group', (foreign) => ({ groupId: foreign.group, text: 'x' })],
  ['createBroadcast', 'route', (foreign) => ({ to: [foreign.contact], text: 'x', route: { id: foreign.route } })],
  ['putDigest', 'account', (foreign) => ({ ...digest, accountId: foreign.account })],
  ['previewMessage', 'conversation', (foreign) => ({ text: 'x', via: foreign.account })],
  ['previewMessage', 'conversation', (foreign) => ({ text: 'x', replyTo: foreign.message })],
  ['previewMessage', 'conversation', (foreign) => ({ text: 'x', attachments: [foreign.attachment] })],
  ['previewMany', 'contact', (foreign) => ({ to: [foreign.contact], text: 'x' })],
  ['previewMany', 'group', (foreign) => ({ groupId: foreign.group, text: 'x' })],
  ['putAudiences', 'contact', (foreign) => ({ items: [{ name: 'x', contactIds: [foreign.contact] }] })],
];

/** Every call of the table that names a row, each naming `foreign`'s where `own`'s should be. */
export function triesOn(own: OwnIds, foreign: OwnIds): Try[] {
  const byPath = entries().filter(([, { path }]) => path.includes('{id}'));
  return [
    ...byPath.map(([name, entry]): Try => {
      const json = bodies[name]?.(own);
      if (entry.body !== undefined && json === undefined) throw new Error(`${name} needs a sample body`);
      const path = filled(entry, foreign) + (queries[name] ?? '');
      return { name, where: 'path', method: entry.method, path, json, headers: headers[name] };
    }),
    ...bodyTries.map(([name, , json]): Try => {
      const entry: Endpoint = endpoints[name];
      return { name, where: 'body', method: entry.method, path: filled(entry, own), json: json(foreign) };
    }),
  ];
}

const entries = (): [EndpointName, Endpoint][] =>
  Object.entries<Endpoint>(endpoints).flatMap(([name, entry]) => (isName(name) ? [[name, entry]] : []));
const isName = (name: string): name is EndpointName => Object.hasOwn(endpoints, name);

function filled({ path }: Endpoint, ids: OwnIds): string {
  if (!path.includes('{id}')) return path;
  const kind = Object.entries(KIND_BY_PATH).find(([prefix]) => path.startsWith(prefix))?.[1];
  if (kind === undefined) throw new Error(`${path}: whose id is it?`);
  return path.replace('{id}', ids[kind]).replace('{emoji}', encodeURIComponent('👍'));
}

/** What the server answers each try, as `name (where): status code`. */
export async function walk(baseUrl: string, token: string, tries: Try[]): Promise<{ status: number; line: string }[]> {
  const call = caller(baseUrl);
  const answers = [];
  for (const { name, where, method, path, json, headers } of tries) {
    const { status, text } = await call(method, path, { token, json, headers });
    answers.push({ status, line: `${name} (${where}): ${status} ${text.slice(0, 120)}` });
  }
  return answers;
}

/** Every call that needs a user, made without one or with too little. */
export async function walkByRole(
  baseUrl: string,
  auth: 'user' | 'admin',
  token: string | undefined,
): Promise<string[]> {
  const call = caller(baseUrl);
  const answers = [];
  for (const [name, entry] of entries().filter(([, { auth: needed }]) =>
    auth === 'user' ? needed !== 'none' : needed === 'admin',
  )) {
    const path = entry.path.replace('{id}', crypto.randomUUID()).replace('{emoji}', 'x');
    const json = ['GET', 'HEAD', 'DELETE'].includes(entry.method) ? undefined : {};
    const { status } = await call(entry.method, path, { token, json });
    answers.push(`${name}: ${status}`);
  }
  return answers;
}
