import { expect, test } from 'vitest';
import type { Vault } from '../../sdk/index.js';
import { KeyStore } from './keystore.js';

class MemoryVault implements Vault {
  entries = new Map<string, Uint8Array>();
  writes: ReadonlyMap<string, Uint8Array | null>[] = [];
  error: Error | undefined;

  async read() {
    return new Map(this.entries);
  }

  async write(changes: ReadonlyMap<string, Uint8Array | null>) {
    if (this.error) throw this.error;
    this.writes.push(new Map(changes));
    for (const [key, value] of changes) {
      if (value === null) this.entries.delete(key);
      else this.entries.set(key, Uint8Array.from(value));
    }
  }
}

const done = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** As the crypto does: a base of its prefix, with tables and an index. */
async function base(store: KeyStore): Promise<IDBDatabase> {
  const request = indexedDB.open(`${store.prefix}::matrix-sdk-crypto`, 3);
  request.onupgradeneeded = () => {
    if (request.result.objectStoreNames.length > 0) return;
    request.result.createObjectStore('core');
    request.result.createObjectStore('sessions').createIndex('by_room', 'room', { unique: false });
  };
  return done(request);
}

const put = (open: IDBDatabase, table: string, value: unknown, key: IDBValidKey) =>
  done(open.transaction(table, 'readwrite').objectStore(table).put(value, key));
const get = (open: IDBDatabase, table: string, key: IDBValidKey) =>
  done(open.transaction(table, 'readonly').objectStore(table).get(key));

test('what was saved is there again, with its indexes; what was not is not', async () => {
  const vault = new MemoryVault();
  const first = await KeyStore.load(vault, await vault.read());
  let open = await base(first);
  await put(open, 'core', new Uint8Array([1, 2, 3]), 'account');
  await put(open, 'sessions', { room: 'a', pickle: 'x'.repeat(10) }, ['a', 1]);
  expect(first.isDirty).toBe(true);
  await first.save();
  expect(first.isDirty).toBe(false);
  await put(open, 'core', 'too late', 'other');
  open.close();
  await first.close();

  const second = await KeyStore.load(vault, await vault.read());
  expect(second.isDirty).toBe(false);
  open = await base(second);
  expect(open.version).toBe(3);
  expect(await get(open, 'core', 'account')).toEqual(new Uint8Array([1, 2, 3]));
  expect(await get(open, 'core', 'other')).toBeUndefined();
  const index = open.transaction('sessions', 'readonly').objectStore('sessions').index('by_room');
  expect(await done(index.getAll('a'))).toEqual([{ room: 'a', pickle: 'x'.repeat(10) }]);
  open.close();
  await second.close();
});

test('writes only what changed, and what went goes', async () => {
  const vault = new MemoryVault();
  const store = await KeyStore.load(vault, new Map());
  const open = await base(store);
  for (let n = 0; n < 50; n++) await put(open, 'sessions', { room: 'r', n }, n);
  await store.save();
  vault.writes.length = 0;
  await put(open, 'sessions', { room: 'r', n: 'changed' }, 7);
  await done(open.transaction('sessions', 'readwrite').objectStore('sessions').delete(8));
  await store.save(new Map([['beside', new Uint8Array([1])]]));
  expect(vault.writes).toHaveLength(1);
  expect([...(vault.writes[0]?.values() ?? [])].map((value) => value === null)).toHaveLength(3);
  await store.save();
  expect(vault.writes).toHaveLength(1);
  await done(open.transaction('sessions', 'readwrite').objectStore('sessions').delete(IDBKeyRange.bound(10, 19)));
  await store.save();
  expect([...(vault.writes[1]?.values() ?? [])].filter((value) => value === null)).toHaveLength(10);
  await done(open.transaction('sessions', 'readwrite').objectStore('sessions').clear());
  await store.save();
  expect([...vault.entries.keys()].filter((key) => key.startsWith('keys/') && key !== 'keys/schema')).toEqual([]);
  open.close();
  await store.close();
});

test('a value of several megabytes takes several entries, and fewer when it shrinks', async () => {
  const vault = new MemoryVault();
  const store = await KeyStore.load(vault, new Map());
  const open = await base(store);
  await put(open, 'core', 'y'.repeat(3_000_000), 'big');
  await store.save();
  for (const value of vault.entries.values()) expect(value.length).toBeLessThanOrEqual(1_048_576);
  expect(vault.entries.size).toBe(5);
  const again = await KeyStore.load(vault, await vault.read());
  const copy = await base(again);
  expect(await get(copy, 'core', 'big')).toBe('y'.repeat(3_000_000));
  copy.close();
  await again.close();
  await put(open, 'core', 'small', 'big');
  await store.save();
  expect(vault.entries.size).toBe(2);
  open.close();
  await store.close();
});

test('a save that fails is made good by the next', async () => {
  const vault = new MemoryVault();
  const store = await KeyStore.load(vault, new Map());
  const open = await base(store);
  await put(open, 'core', 'kept', 'key');
  vault.error = new Error('storage is away');
  await expect(store.save()).rejects.toThrow('storage is away');
  vault.error = undefined;
  expect(store.isDirty).toBe(true);
  await Promise.all([store.save(), store.save(), store.save()]);
  open.close();
  await store.close();
  const again = await KeyStore.load(vault, await vault.read());
  const copy = await base(again);
  expect(await get(copy, 'core', 'key')).toBe('kept');
  copy.close();
  await again.close();
});

test('two accounts do not see each other', async () => {
  const vaults = [new MemoryVault(), new MemoryVault()] as const;
  const stores = [await KeyStore.load(vaults[0], new Map()), await KeyStore.load(vaults[1], new Map())] as const;
  const opened = [await base(stores[0]), await base(stores[1])] as const;
  await put(opened[0], 'core', 'mine', 'key');
  expect(stores[1].isDirty).toBe(false);
  await stores[0].save();
  expect(vaults[1].entries.size).toBe(0);
  expect(await get(opened[1], 'core', 'key')).toBeUndefined();
  for (const open of opened) open.close();
  for (const store of stores) await store.close();
});

test('holds on to nothing that is over', async () => {
  const vault = new MemoryVault();
  const store = await KeyStore.load(vault, new Map());
  const open = await base(store);
  const kept = () =>
    (open as unknown as { _rawDatabase: { transactions: unknown[] } })._rawDatabase.transactions.length;
  for (let n = 0; n < 300; n++) {
    await put(open, 'core', n, 'same');
    await store.save();
  }
  expect(kept()).toBeLessThan(20);
  open.close();
  await store.close();
  expect((await indexedDB.databases()).filter(({ name }) => name?.startsWith(store.prefix))).toEqual([]);
});
