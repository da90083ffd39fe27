import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { caller, tokenOf } from '../support/caller.js';
import { startDatabase } from '../support/database.js';
import { eventually, OWNER, Parley } from '../support/parley.js';
import { IrcLedger } from './irc-ledger.js';

export const USERS = 6;
/** What the scaled mode promises; the test itself only waits within bounds. */
const MOVE_LIMIT_MS = 60_000;

type Person = {
  nick: string;
  token: string;
  userId: string;
  accountId: string;
  conversationId: string;
  stream: Stream;
};
type Sending = { person: Person; text: string; messageId: string };

/** A client of the stream, at whichever process, that goes on from where it was. */
class Stream {
  readonly texts = new Map<string, string>();
  readonly revs: number[] = [];
  #socket: WebSocket | undefined;

  constructor(
    private url: string,
    private readonly token: string,
  ) {}

  open(url = this.url): void {
    this.url = url;
    const since = this.revs.at(-1) ?? 0;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/stream?since=${since}`, {
      headers: { authorization: `Bearer ${this.token}` },
    });
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const frame = JSON.parse(data.toString());
      if (frame.type !== 'changes') return;
      this.revs.push(frame.rev);
      for (const { kind, id, value } of frame.changes) if (kind === 'message' && value) this.texts.set(id, value.text);
    });
    socket.once('close', () => {
      if (this.#socket === socket) setTimeout(() => this.#socket === socket && this.open(), 200).unref();
    });
  }

  move(url: string): void {
    const before = this.#socket;
    this.open(url);
    before?.terminate();
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
  }
}

export type Cluster = Awaited<ReturnType<typeof startCluster>>;

/**
 * Several real processes on one PostgreSQL and one Redis, with people on an IRC server that writes down who is connected
 * and what they say. It is at `host`, an address of this machine.
 */
export async function startCluster(redisUrl: string, host = '127.0.0.1') {
  const database = await startDatabase();
  const sql = new pg.Pool({ connectionString: database.url });
  sql.on('error', () => {});
  const redis = new Redis(redisUrl);
  redis.on('error', () => {});
  const irc = await IrcLedger.start(host);
  const files = mkdtempSync(path.join(os.tmpdir(), 'parley-files-'));
  const key = randomBytes(32).toString('base64');
  const node = async (roles: string, env: Record<string, string> = {}, inside: readonly string[] = []) => {
    const parley = await Parley.fresh(
      {
        ...{ DATABASE_URL: database.url, REDIS_URL: redisUrl, PARLEY_ROLES: roles, PARLEY_FILES: files },
        ...{ PARLEY_SECRET_KEY: key, PARLEY_PUBLIC_URL: 'http://parley.test', ...env },
      },
      undefined,
      inside,
    );
    await parley.up();
    return parley;
  };
  const api = await node('api');
  const connectors = [await node('api,connector,worker')];
  const people: Person[] = [];
  const sent: Sending[] = [];
  let count = 0;
  await api.setUp();
  for (let n = 0; n < USERS; n += 1) people.push(await person(`user${n}`));

  async function person(nick: string): Promise<Person> {
    const email = `${nick}@example.org`;
    const { id: userId } = await api.ok('POST', '/users', { ...OWNER, email, name: nick });
    const as = caller(api.url);
    const token = tokenOf((await as('POST', '/sessions', { json: { email, password: OWNER.password } })).json);
    // biome-ignore lint/suspicious/noExplicitAny: an outside caller sees JSON, not our types
    const call = async (method: string, address: string, json?: unknown): Promise<any> => {
      const answer = await as(method, address, { json, token });
      if (answer.status >= 400) throw new Error(`${method} ${address}: ${answer.status} ${answer.text}`);
      return answer.json;
    };
    const login = await call('POST', '/logins', { network: 'irc', flow: 'server' });
    const input = { server: host, port: String(irc.port), tls: 'off', nick, pace: '50' };
    const { step } = await call('POST', `/logins/${login.id}`, { input });
    await eventually(() => irc.present.get(nick) === 1 || undefined, 30_000);
    const opened = await eventually(() =>
      call('POST', '/chats', { accountId: step.account.id, address: 'friend' }).catch(() => undefined),
    );
    const stream = new Stream(api.url, token);
    stream.open();
    return { nick, token, userId, accountId: step.account.id, conversationId: opened.conversation.id, stream };
  }

  /** One message of everybody, by way of `at`; what is refused for now is asked again under the same key. */
  async function sendAll(at = api): Promise<void> {
    await Promise.all(
      people.map(async (person) => {
        count += 1;
        const text = `message ${count}`;
        const idempotencyKey = randomBytes(16).toString('hex');
        // biome-ignore lint/suspicious/noExplicitAny: as above
        const answer = await eventually<any>(async () => {
          const {
            status,
            json,
            text: said,
          } = await caller(at.url)('POST', `/conversations/${person.conversationId}/messages`, {
            json: { text },
            token: person.token,
            headers: { 'idempotency-key': idempotencyKey },
          });
          if (status >= 400) throw new Error(`${status} ${said}`);
          return json;
        }, MOVE_LIMIT_MS);
        sent.push({ person, text, messageId: answer.message.id });
      }),
    );
  }

  const holders = async (): Promise<Map<string, string>> => {
    const { rows } = await sql.query<{ id: string; url: string }>(
      'SELECT u.id, n.url FROM users u JOIN nodes n ON n.id = u.holder',
    );
    return new Map(rows.map(({ id, url }) => [id, url]));
  };
  const nicksOf = async ({ url }: Parley): Promise<Set<string>> => {
    const held = await holders();
    return new Set(people.filter(({ userId }) => held.get(userId) === url).map(({ nick }) => nick));
  };
  /** Resolves once everybody is there; answers how long that took, in ms. */
  async function everybodyBack(since: number, who: Iterable<string> = people.map(({ nick }) => nick)): Promise<number> {
    const nicks = [...who];
    await eventually(() => nicks.every((nick) => irc.present.get(nick) === 1) || undefined, MOVE_LIMIT_MS);
    return Math.round(performance.now() - since);
  }
  /** Resolves once these, whom `from` held, are there by way of another; answers how long that took, in ms. */
  async function taken(nicks: ReadonlySet<string>, from: Parley, since: number): Promise<number> {
    await eventually(async () => {
      const left = await nicksOf(from);
      return [...nicks].every((nick) => !left.has(nick)) || undefined;
    }, MOVE_LIMIT_MS);
    return everybodyBack(since, nicks);
  }
  const shared = (...parts: number[]) =>
    eventually(async () => {
      const sizes = await Promise.all(connectors.map(async (one) => (await nicksOf(one)).size));
      if (sizes.join() !== parts.join()) throw new Error(`shared ${sizes.join()}`);
      // A user that has just moved connects a moment later.
      if (people.some(({ nick }) => irc.present.get(nick) !== 1)) throw new Error('not everybody is there');
      return true;
    }, MOVE_LIMIT_MS);

  /** Nothing lost, nothing doubled, nobody there twice; the streams have what the database has. */
  async function allWell(): Promise<void> {
    const ids = sent.map(({ messageId }) => messageId);
    const statuses = await eventually(async () => {
      const { rows } = await sql.query<{ id: string; status: string }>(
        'SELECT message_id AS id, status FROM deliveries WHERE message_id = ANY($1)',
        [ids],
      );
      const open = rows.filter(({ status }) => status === 'queued' || status === 'sending');
      if (open.length > 0 || rows.length < ids.length) throw new Error(`${open.length} are still open`);
      return new Map(rows.map(({ id, status }) => [id, status]));
    }, MOVE_LIMIT_MS);
    for (const { text, messageId } of sent) {
      const status = statuses.get(messageId);
      expect.soft(irc.times(text), `${text} is ${status}`).toBeLessThanOrEqual(1);
      if (status === 'sent') expect.soft(irc.times(text), text).toBe(1);
      expect.soft(status, text).toMatch(/^(sent|unknown)$/);
    }
    expect(irc.twice).toEqual([]);
    expect(irc.late).toEqual([]);
    for (const { userId, stream, nick } of people) {
      const { rows } = await sql.query<{ id: string }>('SELECT id FROM messages WHERE user_id = $1', [userId]);
      await eventually(() => rows.every(({ id }) => stream.texts.has(id)) || undefined, 30_000).catch(() => {
        throw new Error(`the stream of ${nick} has ${stream.texts.size} of ${rows.length}`);
      });
    }
  }

  async function stop(): Promise<void> {
    for (const { stream } of people) stream.close();
    for (const parley of connectors) parley.signal('SIGCONT');
    await Promise.all([...connectors, api].map((parley) => parley.remove()));
    await irc.stop();
    redis.disconnect();
    await sql.end();
    await database.stop();
    rmSync(files, { recursive: true, force: true });
  }

  return {
    ...{ database, redis, irc, key, api, connectors, people, node },
    ...{ sendAll, nicksOf, everybodyBack, taken, shared, allWell, stop },
  };
}
