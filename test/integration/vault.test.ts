import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SecretBox } from '../../src/infra/crypto/secret-box.js';
import { createPool } from '../../src/infra/database/pool.js';
import { PgVault, resealVaults } from '../../src/infra/database/vault.js';
import { PushKeys } from '../../src/infra/push/keys.js';
import { makeAccount, makeUser, startWorld, until, type World } from '../support/sending.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (secrets: ReadonlyMap<string, Uint8Array>) =>
  Object.fromEntries([...secrets].map(([key, value]) => [key, new TextDecoder().decode(value)]).sort());
const changes = (entries: Record<string, string | null>) =>
  new Map(Object.entries(entries).map(([key, value]) => [key, value === null ? null : bytes(value)]));

async function account() {
  return makeAccount(world, await makeUser(world.prisma), 'talk');
}

const stored = async (id: string) =>
  (
    await world.pool.query<{ key: string; value: Buffer }>(
      'SELECT key, value FROM account_secrets WHERE account_id = $1 ORDER BY key',
      [id],
    )
  ).rows;

test('keeps what a connection wrote over a restart, encrypted, and apart for each account', async () => {
  const [one, other] = [await account(), await account()];
  const vaultOf = ({ id }: { id: string }) => world.script.hosts.get(id)!.vault;
  await vaultOf(one).write(changes({ device: 'the key of one', gone: 'soon', empty: '' }));
  await vaultOf(one).write(changes({ gone: null, device: 'the newer key', 'never there': null }));
  await vaultOf(other).write(changes({ device: 'the key of the other' }));
  await world.restart();
  await until(() => expect(world.script.hosts.has(one.id) && world.script.hosts.has(other.id)).toBe(true));
  expect(text(await vaultOf(one).read())).toEqual({ device: 'the newer key', empty: '' });
  expect(text(await vaultOf(other).read())).toEqual({ device: 'the key of the other' });
  for (const { value } of await stored(one.id)) expect(value.includes(Buffer.from('the newer key'))).toBe(false);
  const host = world.script.hosts.get(one.id)!;
  await world.process.accounts.remove(one.userId, one.id);
  expect(await stored(one.id)).toEqual([]);
  await host.vault.write(changes({ late: 'word' }));
  expect(await stored(one.id)).toEqual([]);
});

test('opens with the old key while the new one is brought in, and with none but these', async () => {
  const { id } = await account();
  const [first, second, third] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const vault = (...keys: Buffer[]) => new PgVault(world.pool, new SecretBox(keys), id);
  await vault(first).write(changes({ a: 'one', b: 'two' }));
  const both = vault(second, first);
  expect(text(await both.read())).toEqual({ a: 'one', b: 'two' });
  await both.write(changes({ c: 'three' }));
  await resealVaults(world.pool, new SecretBox([second, first]));
  expect(text(await vault(second).read())).toEqual({ a: 'one', b: 'two', c: 'three' });
  await expect(vault(third).read()).rejects.toThrow(/secret key/);
  const before = await stored(id);
  await resealVaults(world.pool, new SecretBox([third]));
  expect(await stored(id)).toEqual(before);
  await expect(vault(first).read()).rejects.toThrow(/secret key/);
});

test('what pushes go by is brought to the new key too, and stays as it is where no key opens it', async () => {
  const [first, second, third] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const keys = (...by: Buffer[]) => new PushKeys(world.pool, new SecretBox(by));
  const { privateKey } = await keys(first).pair();
  await keys(second, first).reseal();
  expect((await keys(second).pair()).privateKey).toBe(privateKey);
  await keys(third).reseal();
  expect((await keys(second).pair()).privateKey).toBe(privateKey);
});

test('takes all of a change or nothing, and no more than its limits', async () => {
  const { id } = await account();
  const vault = new PgVault(world.pool, new SecretBox([randomBytes(32)]), id);
  const mebibyte = new Uint8Array(1024 * 1024);
  await expect(vault.write(new Map([['x'.repeat(513), bytes('y')]]))).rejects.toMatchObject({ kind: 'rejected' });
  await expect(vault.write(new Map([['a\0b', bytes('y')]]))).rejects.toMatchObject({ kind: 'rejected' });
  const large = new Map([
    ['fits', bytes('y')],
    ['large', new Uint8Array(mebibyte.length + 1)],
  ]);
  await expect(vault.write(large)).rejects.toMatchObject({ kind: 'rejected' });
  expect(await stored(id)).toEqual([]);
  for (let i = 0; i < 63; i += 1) await vault.write(new Map([[`part ${i}`, mebibyte]]));
  await expect(
    vault.write(
      new Map([
        ['one too many', mebibyte],
        ['small', bytes('y')],
      ]),
    ),
  ).rejects.toMatchObject({ kind: 'rejected', message: expect.stringContaining('64 MiB') });
  expect((await vault.read()).size).toBe(63);
  await vault.write(
    new Map([
      ['part 0', null],
      ['another', mebibyte],
    ]),
  );
  expect((await vault.read()).get('another')).toHaveLength(mebibyte.length);
}, 60_000);

test('holds very many small secrets', async () => {
  const { id } = await account();
  const vault = new PgVault(world.pool, new SecretBox([randomBytes(32)]), id);
  const many = new Map(Array.from({ length: 5000 }, (_, i) => [`session ${i}`, bytes(`secret ${i}`)]));
  await vault.write(many);
  const read = await vault.read();
  expect(read.size).toBe(5000);
  expect(new TextDecoder().decode(read.get('session 4321'))).toBe('secret 4321');
});

test('says temporary while the database is away', async () => {
  const { id } = await account();
  const gone: pg.Pool = createPool('postgresql://nobody@127.0.0.1:1/none', () => {});
  const vault = new PgVault(gone, new SecretBox([randomBytes(32)]), id);
  await expect(vault.write(changes({ a: 'b' }))).rejects.toMatchObject({ kind: 'temporary' });
  await gone.end();
});
