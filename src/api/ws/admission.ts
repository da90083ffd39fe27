import type { IncomingMessage } from 'node:http';
import { NODE_HEADER, type Peers } from '../../core/nodes/peers.js';
import type { Identity, Principal } from '../../core/users/identity.js';
import { type Credential, credentialOf } from '../auth/credential.js';
import { isOwnPage } from '../auth/origin.js';
import { syncQuery } from '../contract/sync.js';
import type { ApiConfig } from '../deps.js';

export type Refusal = { status: number; code: string; detail: string };
export type Guest = {
  principal: Principal;
  credential: Credential;
  since: number | undefined;
  /** Another node passes it on. */
  fromNode: boolean;
};

const PER_USER = 50;

const guests = new WeakMap<IncomingMessage, Guest>();
const sockets = new Map<string, number>();

export const guestOf = (request: IncomingMessage): Guest | undefined => guests.get(request);

/**
 * Who may open a stream: a signed-in user, by Bearer token or, from our own page, by cookie; with fewer than 50
 * streams open. Answers why not, or undefined.
 */
export async function admit(
  request: IncomingMessage,
  identity: Identity,
  config: ApiConfig,
  peers: Peers,
): Promise<Refusal | undefined> {
  const fromNode = peers.proves(request.headers[NODE_HEADER], 'GET', request.url ?? '');
  if (!peers.isOpen && !fromNode) return refusals.closed;
  const credential = credentialOf(request.headers);
  // A page can open a socket to anywhere, and browsers always name the page.
  const ours = request.headers.origin === undefined || isOwnPage(request.headers, config.publicUrl);
  if (credential?.by !== 'bearer' && !ours) return refusals.foreign;
  const principal = credential && (await identity.authenticate(credential.value));
  if (credential === undefined || principal === undefined) return refusals.stranger;
  if (!principal.scopes.includes('read')) return refusals.scope;
  if ((sockets.get(principal.userId) ?? 0) >= PER_USER) return refusals.many;
  const since = new URL(request.url ?? '/', 'ws://parley.invalid').searchParams.get('since');
  const query = syncQuery.safeParse(since === null ? {} : { since: since === '' ? 'none' : since });
  if (!query.success) return refusals.since;
  guests.set(request, { principal, credential, since: query.data.since, fromNode });
  return undefined;
}

const refusals = {
  closed: { status: 404, code: 'not-found', detail: 'There is nothing at this address.' },
  foreign: { status: 403, code: 'foreign-origin', detail: 'This request comes from a page of another site.' },
  stranger: { status: 401, code: 'unauthenticated', detail: 'Sign in first, or send a valid token.' },
  scope: { status: 403, code: 'missing-scope', detail: 'This token lacks the scope "read".' },
  many: { status: 429, code: 'too-many-streams', detail: `A user can have ${PER_USER} streams open.` },
  since: { status: 422, code: 'invalid', detail: '"since" must be a whole number, 0 or more.' },
} satisfies Record<string, Refusal>;

/** Counts an open stream; the answer counts it out again, once. Answers undefined when there are too many. */
export function countIn(userId: string): (() => void) | undefined {
  const open = sockets.get(userId) ?? 0;
  if (open >= PER_USER) return undefined;
  sockets.set(userId, open + 1);
  let counted = true;
  return () => {
    if (!counted) return;
    counted = false;
    const left = (sockets.get(userId) ?? 1) - 1;
    if (left > 0) sockets.set(userId, left);
    else sockets.delete(userId);
  };
}
