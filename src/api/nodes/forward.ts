import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Agent, request as call, type Dispatcher } from 'undici';
import { FencedError } from '../../core/nodes/fenced.js';
import { type Home, MOVED_HEADER, NODE_HEADER, type Peers } from '../../core/nodes/peers.js';
import type { Identity } from '../../core/users/identity.js';
import { credentialOf } from '../auth/credential.js';
import { API_PREFIX } from '../deps.js';
import { sendProblem } from '../http/problem.filter.js';
import { HttpProblem, problemOf } from '../http/problem.js';

/** While nobody holds the user, so long; longer than a handover takes, shorter than people wait. */
const WAIT_MS = 5_000;
const STEP_MS = 150;
/** The longest a call takes is what it asks of a network. */
const ANSWER_MS = 75_000;

/** Calls that any process answers from the database; all others are the user's, and go to who holds them. */
const ANYWHERE = new Set(
  'health ready metrics setup sessions tokens users admin attachments networks docs openapi.json'.split(' '),
);
/** What a process that people do not talk to answers to anybody. */
const PROBES = /^\/api\/v1\/(?:health|ready|metrics)(?:\?|$)/;
const HOOK = /^\/api\/v1\/hooks\/([0-9a-f-]{36})(?:[/?]|$)/;
/** Said anew by each connection. */
const HOP = new Set('connection keep-alive transfer-encoding upgrade proxy-connection te trailer expect'.split(' '));

const fromNode = new WeakMap<FastifyRequest, boolean>();

/** Whether another node sends it on for the user. */
export function isFromNode(peers: Peers, request: FastifyRequest): boolean {
  const known = fromNode.get(request);
  if (known !== undefined) return known;
  const proven = peers.proves(request.headers[NODE_HEADER], request.method, request.url);
  fromNode.set(request, proven);
  return proven;
}

/** Brings each call to the process that holds its user, whichever process it came to. */
export function forwardCalls(fastify: FastifyInstance, peers: Peers, identity: Identity): void {
  const agent = new Agent({
    connections: 64,
    connectTimeout: 2_000,
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
  });
  fastify.addHook('onClose', () => agent.close());
  fastify.addHook('onRequest', async (request, reply) => {
    if (peers.isOpen || PROBES.test(request.url) || isFromNode(peers, request)) return;
    return sendProblem(reply, problemOf(new HttpProblem(404, 'not-found', 'There is nothing at this address.')));
  });
  fastify.addHook('preHandler', async (request, reply) => {
    if (!isForHome(request.url)) return;
    const userId = await userOf(peers, identity, request);
    if (userId === undefined) return;
    if (isFromNode(peers, request)) {
      if ((await peers.homeOf(userId)).is === 'here') return;
      reply.header(MOVED_HEADER, '1');
      return sendProblem(reply, problemOf(new FencedError()));
    }
    try {
      return await forward(agent, peers, userId, request, reply);
    } catch (error) {
      return sendProblem(reply, problemOf(error));
    }
  });
}

function isForHome(url: string): boolean {
  if (!url.startsWith(`${API_PREFIX}/`)) return false;
  return !ANYWHERE.has(/^[^/?]*/.exec(url.slice(API_PREFIX.length + 1))?.[0] ?? '');
}

async function userOf(peers: Peers, identity: Identity, request: FastifyRequest): Promise<string | undefined> {
  const accountId = HOOK.exec(request.url)?.[1];
  if (accountId !== undefined) return peers.userOfAccount(accountId);
  const credential = credentialOf(request.headers);
  return credential && (await identity.authenticate(credential.value))?.userId;
}

/** Answers nothing where the user is held here after all. */
async function forward(
  agent: Agent,
  peers: Peers,
  userId: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  for (const end = performance.now() + WAIT_MS; ; ) {
    const home = await peers.homeOf(userId);
    if (home.is === 'here') return undefined;
    if (home.is === 'there') {
      const answer = await ask(agent, peers, home, request);
      if (answer !== undefined) return passOn(answer, reply);
    } else peers.ask();
    if (performance.now() > end || !canRepeat(request)) throw new FencedError();
    await sleep(STEP_MS);
  }
}

/** Undefined where nothing was done: nobody is there, or the user is not there any more. */
async function ask(
  agent: Agent,
  peers: Peers,
  { nodeId, url }: Extract<Home, { is: 'there' }>,
  request: FastifyRequest,
): Promise<Dispatcher.ResponseData | undefined> {
  const gone = new AbortController();
  const offGone = peers.onGone(nodeId, () => gone.abort());
  try {
    const answer = await call(new URL(request.url, url), {
      dispatcher: agent,
      signal: gone.signal,
      method: methodOf(request),
      headers: {
        ...headersOf(request.headers),
        'x-forwarded-for': request.ip,
        [NODE_HEADER]: peers.seal(request.method, request.url),
      },
      body: bodyOf(request),
    });
    if (answer.headers[MOVED_HEADER] === undefined) return answer;
    await answer.body.dump();
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_THERE.has(String(error.code))) return undefined;
    // To read does no harm twice.
    if (gone.signal.aborted && request.method === 'GET') return undefined;
    throw new HttpProblem(504, 'no-answer', 'The server that has this user did not answer. Look before you repeat it.');
  } finally {
    offGone();
  }
}

const NOT_THERE = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT']);

const methodOf = ({ method }: FastifyRequest): Dispatcher.HttpMethod =>
  (['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const).find((known) => known === method) ?? 'GET';

/** A body that is read as it comes can be read once. */
const canRepeat = ({ body }: FastifyRequest): boolean => body === undefined || body === null || Buffer.isBuffer(body);

function bodyOf({ body }: FastifyRequest): Buffer | Readable | null {
  if (Buffer.isBuffer(body)) return body.length === 0 ? null : body;
  return body instanceof Readable ? body : null;
}

function headersOf(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || HOP.has(name) ? [] : [[name, value] as const],
  );
  return Object.fromEntries(kept);
}

function passOn({ statusCode, headers, body }: Dispatcher.ResponseData, reply: FastifyReply): FastifyReply {
  reply.code(statusCode);
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !HOP.has(name)) reply.header(name, value);
  return reply.send(body);
}
