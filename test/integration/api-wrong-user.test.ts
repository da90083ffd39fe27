import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DomainError, notFound } from '../../src/core/errors.js';
import { newId } from '../../src/core/ids.js';
import type { Services } from '../../src/core/services.js';
import { startApi, type TestApi } from '../support/api.js';
import { caller, tokenOf } from '../support/caller.js';
import { type OwnIds, type Person, triesOn, walk, walkByRole } from '../support/wrong-user.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let api: TestApi;
let ann: Person;
let bob: Person;
const owners = new Map<string, string>();

beforeAll(async () => {
  api = await startApi();
  guard(api.services);
  const admin = await api.setup();
  ann = await person('ann', admin);
  bob = await person('bob', admin);
});
afterAll(() => api.stop());

/** Stands where the core is: it knows whose each row is, refuses strangers and says 409 to the owner. */
function guard(services: Services): void {
  for (const service of Object.values<object>(services))
    for (const verb of Object.keys(service))
      Reflect.set(service, verb, async (userId: string, ...args: unknown[]) => {
        const ids = uuidsIn(args);
        if (ids.some((id) => owners.get(id) !== userId)) throw notFound('row');
        if (ids.length > 0) throw new DomainError('conflict', 'yours', 'It is yours.');
        return { items: [], nextCursor: null };
      });
}

function uuidsIn(value: unknown): string[] {
  if (typeof value === 'string') return UUID.test(value) ? [value] : [];
  // Bytes that come in name nothing.
  if (value instanceof Readable) return [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(uuidsIn) : [];
}

async function person(name: string, admin: string): Promise<Person> {
  const call = caller(api.baseUrl);
  const json = { email: `${name}@example.org`, password: 'a long password', name };
  const user = (await call('POST', '/users', { json, token: admin })).json as { id: string };
  const token = tokenOf((await call('POST', '/sessions', { json })).json);
  const personal = (await call('POST', '/tokens', { json: { name }, token })).json as { id: string };
  const mint = (): string => {
    const id = newId();
    owners.set(id, user.id);
    return id;
  };
  const ids: OwnIds = {
    token: personal.id,
    login: mint(),
    account: mint(),
    profile: mint(),
    contact: mint(),
    buddy: mint(),
    conversation: mint(),
    group: mint(),
    chat: mint(),
    message: mint(),
    delivery: mint(),
    attachment: mint(),
    upload: mint(),
    template: mint(),
    route: mint(),
    webhook: mint(),
    device: mint(),
    broadcast: mint(),
    quarantined: mint(),
  };
  return { token, ids };
}

test("another user's rows are as unknown as rows that never were", async () => {
  const answers = await walk(api.baseUrl, bob.token, triesOn(bob.ids, ann.ids));
  expect(answers.length).toBeGreaterThan(35);
  expect(answers.filter(({ status }) => status !== 404 && status !== 422).map(({ line }) => line)).toEqual([]);
  // The tries were well-formed: with own rows they all get through, but for contacts, which the users' part looks up.
  const own = await walk(api.baseUrl, bob.token, triesOn(bob.ids, bob.ids));
  const refused = own.filter(
    ({ status, line }) => (status === 404 || status === 422) && !line.startsWith('putAudiences'),
  );
  expect(refused.map(({ line }) => line)).toEqual([]);
});

test('a row named in the path is 404, whatever else is wrong', async () => {
  const paths = triesOn(bob.ids, ann.ids).filter(({ where }) => where === 'path');
  const answers = await walk(api.baseUrl, bob.token, paths);
  expect(answers.filter(({ status }) => status !== 404).map(({ line }) => line)).toEqual([]);
});

test('without credentials nothing but the front door answers', async () => {
  for (const token of [undefined, 'wrong', `ply_${'x'.repeat(43)}`]) {
    const answers = await walkByRole(api.baseUrl, 'user', token);
    expect(answers.length).toBeGreaterThan(40);
    expect(answers.filter((line) => !line.endsWith(': 401'))).toEqual([]);
  }
});

test('what is for admins is for admins alone', async () => {
  const answers = await walkByRole(api.baseUrl, 'admin', ann.token);
  expect(answers).toContain('createUser: 403');
  expect(answers.filter((line) => !line.endsWith(': 403'))).toEqual([]);
});
