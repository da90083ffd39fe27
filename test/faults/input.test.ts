import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Endpoint, endpoints } from '../../src/api/contract/endpoints.js';
import type { Event } from '../../src/sdk/index.js';
import { fromSchema } from '../fuzz/from-schema.js';
import { seed, text } from '../fuzz/hostile.js';
import { type Places, setTheStage } from '../support/everything.js';
import { eventually, Parley } from '../support/parley.js';
import { person, Stage, said } from '../support/stage.js';
import { Client } from './client.js';
import { brokenRows, embeddedUrl } from './invariants.js';

/**
 * A whole Parley with something of everything in it: events of any kind from a network, and calls of any kind at each
 * route. It goes on, says no where it has to, and what comes next is shown. `FUZZ_EVENTS` events (200 by default) and
 * `FUZZ_CALLS` calls a route (3), made from `FUZZ_SEED`.
 */
const events = Number(process.env.FUZZ_EVENTS ?? 200);
const calls = Number(process.env.FUZZ_CALLS ?? 3);

let parley: Parley;
let stage: Stage;
let places: Places;
let client: Client;

beforeAll(async () => {
  stage = await Stage.make();
  parley = await Parley.start(stage.env);
  await parley.setUp();
  client = new Client(parley);
  places = await setTheStage(parley, stage);
});
afterAll(async () => {
  client.leave();
  await parley.remove();
});

async function whole(): Promise<void> {
  await eventually(async () => (await client.missing()).length === 0 || undefined).catch(() => undefined);
  expect({ faults: client.faults, missing: await client.missing() }).toEqual({ faults: [], missing: [] });
  expect(await brokenRows(embeddedUrl(parley.folder))).toEqual([]);
}

const buddy = fc.record({ id: text, address: text, name: text }, { requiredKeys: ['id', 'address'] });
const chat = fc.oneof(
  fc.constantFrom({ id: 'ada', kind: 'direct' as const }, { id: '#boats', kind: 'group' as const }),
  fc.record(
    {
      id: text,
      kind: fc.constantFrom('direct', 'group', 'channel'),
      name: text,
      topic: text,
      subject: text,
      memberCount: fc.double(),
    },
    { requiredKeys: ['id', 'kind'] },
  ),
);
const at = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, 4e12, -4e12, 1e300));
const target = fc.oneof(text, fc.constantFrom('morning', 'root', 'typo', ''));
const attachment = fc.record({
  name: text,
  type: text,
  size: fc.nat(3),
  content: fc.constant(Buffer.from('abc')),
  contentId: text,
});
const message = fc.record(
  {
    type: fc.constant('message'),
    chat,
    id: text,
    from: buddy,
    to: buddy,
    key: text,
    text,
    html: text,
    format: fc.constantFrom('plain', 'html', 'action', 'notice', 'system'),
    at,
    replyTo: target,
    thread: target,
    attachments: fc.array(attachment, { maxLength: 2 }),
    unreadable: text,
  },
  { requiredKeys: ['type', 'chat', 'id', 'text', 'format', 'at'] },
);
const event = fc.oneof(
  { weight: 4, arbitrary: message },
  fc.record({ type: fc.constant('edit'), chat, target, text, html: text, at }),
  fc.record({ type: fc.constant('deletion'), chat, target, at }),
  fc.record({ type: fc.constant('reaction'), chat, target, from: buddy, emoji: text, on: fc.boolean(), at }),
  fc.record({
    type: fc.constant('receipt'),
    target,
    proves: fc.constantFrom('sent', 'delivered', 'read', 'failed'),
    from: buddy,
    reason: text,
    at,
  }),
  fc.record({ type: fc.constant('seen'), chat, target, at }),
  fc.record({ type: fc.constant('typing'), chat, from: buddy, on: fc.boolean() }),
  fc.record({
    type: fc.constant('presence'),
    buddy,
    state: fc.constantFrom('online', 'away', 'offline'),
    note: text,
    idleSince: at,
    ttlMs: at,
  }),
  fc.record({
    type: fc.constant('contact'),
    buddy,
    groups: fc.array(text, { maxLength: 3 }),
    listed: fc.boolean(),
    blocked: fc.boolean(),
    timeZone: text,
  }),
  fc.record({ type: fc.constant('chat'), chat, joined: fc.boolean(), invite: fc.record({ from: buddy, text }) }),
);

test('events of any kind are stored or set aside where they are seen, and what comes after them is shown', async () => {
  const all = fc.sample(event, { seed, numRuns: events }) as Event[];
  const refused: string[] = [];
  for (let from = 0; from < all.length; from += 5) {
    const some = all.slice(from, from + 5);
    await stage
      .deliver('robin', ...some)
      .catch((error: Error) => refused.push(`${error.message} ${JSON.stringify(some).slice(0, 300)}`));
  }
  expect(refused).toEqual([]);
  await stage.deliver('robin', said('and on we go', 'ada', { from: person('ada') }));
  const { items } = await parley.ok('GET', `/conversations/${places.ada}/messages`);
  expect(items.map((one: { text: string }) => one.text)).toContain('and on we go');
  await whole();
  const notes = (await parley.ok('GET', '/search?q=could%20not%20be%20stored&limit=200')).items.length;
  console.log(`events: ${events}, set aside ${notes}`);
}, 300_000);

/** Calls that would end the session, wait for somebody, or stay open. */
const left = new Set(['endSession', 'signOut', 'stream', 'setup', 'deleteUser', 'receiveHook']);

test('calls of any kind are answered, with a problem of the caller or none', async () => {
  const { items } = await parley.ok('GET', '/accounts');
  const ids = [
    ...Object.values(places).filter((one): one is string => /^[0-9a-f-]{36}$/.test(String(one))),
    ...items.map(({ id }: { id: string }) => id),
  ];
  const wrong: string[] = [];
  let made = 0;
  for (const [name, endpoint] of Object.entries<Endpoint>(endpoints)) {
    if (left.has(name) || endpoint.path.startsWith('/sessions')) continue;
    const query = endpoint.query ? fromSchema(schemaOf(endpoint.query), ids) : fc.constant({});
    const body = endpoint.body ? fromSchema(schemaOf(endpoint.body), ids) : fc.constant(undefined);
    const param = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...ids) }, text);
    const call = fc.tuple(query, body, fc.array(param, { minLength: 3, maxLength: 3 }));
    for (const [asked, json, params] of fc.sample(call, { seed, numRuns: calls })) {
      const path = endpoint.path.replace(/\{\w+\}/g, () =>
        encodeURIComponent((params.pop() ?? 'x').slice(0, 200).toWellFormed()),
      );
      const search = new URLSearchParams(
        Object.entries(Object(asked)).map(([key, value]) => [
          key.toWellFormed(),
          String(JSON.stringify(value) ?? '')
            .replace(/^"|"$/g, '')
            .toWellFormed(),
        ]),
      );
      const headers = { 'idempotency-key': crypto.randomUUID() };
      const answer = await parley.call(
        endpoint.method,
        `${path}?${search}`,
        endpoint.method === 'GET' || endpoint.method === 'HEAD' ? undefined : json,
        headers,
      );
      made += 1;
      if (answer.status >= 500 && answer.status !== 503)
        wrong.push(
          `${name} ${answer.status} ${path.slice(0, 200)}?${String(search).slice(0, 300)} ${JSON.stringify(json)?.slice(0, 500)}`,
        );
    }
  }
  console.log(`calls: ${made}`);
  expect(wrong, parley.said.slice(-4_000)).toEqual([]);
  await whole();
  expect((await fetch(`${parley.url}/api/v1/ready`)).status).toBe(200);
}, 600_000);

const schemaOf = (schema: z.ZodType) =>
  z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as Parameters<typeof fromSchema>[0];
