import { createHash, randomUUID } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { indexedDB } from 'fake-indexeddb';
import { AdapterError, type Vault } from '../../sdk/index.js';
import { shareGlobals, unwatch, type Watcher, watch } from './indexeddb.js';

/**
 * The keys of a device. The Rust crypto of matrix-js-sdk keeps them in IndexedDB, which is in memory here; each record of it
 * is an entry of the vault too. What was changed is noted as it happens, and `save` writes just that, in one transaction.
 * Until `save` has resolved nothing that depends on a change may be sent or acknowledged: that is the caller's part.
 */
const area = 'keys/';
const schemaKey = `${area}schema`;
/** A vault's entry has at most 1 MiB. */
const partBytes = 900 * 1024;

type Index = { name: string; keyPath: string | string[]; unique: boolean; multiEntry: boolean };
type Table = { name: string; keyPath: string | string[] | null; autoIncrement: boolean; indexes: Index[] };
type Schema = Record<string, { version: number; tables: Table[] }>;
type Entry = { base: string; table: string; key: IDBValidKey; value: unknown };
/** What one save writes, and of how many parts each entry then is. */
type Batch = { changes: Map<string, Uint8Array | null>; parts: Map<string, number> };
/** Names in the vault are without the prefix that keeps accounts apart in memory. */
const bases = ['matrix-sdk-crypto', 'matrix-sdk-crypto-meta'];

export class KeyStore implements Watcher {
  readonly prefix = `parley-${randomUUID()}`;
  /** Changed since the last save: by table the keys, or `all` where a whole range went. */
  readonly #changed = new Map<string, Map<string, IDBValidKey> | 'all'>();
  readonly #parts = new Map<string, number>();
  #schema = '';
  #saving: Promise<void> | undefined;
  #open = new Map<string, IDBDatabase>();

  private constructor(private readonly vault: Vault) {}

  /** Puts what the vault holds back into memory. */
  static async load(vault: Vault, stored: ReadonlyMap<string, Uint8Array>): Promise<KeyStore> {
    shareGlobals();
    const store = new KeyStore(vault);
    const schema = stored.get(schemaKey);
    if (schema) await store.#restore(new TextDecoder().decode(schema), entriesOf(stored, store.#parts));
    for (const base of bases) watch(store.#named(base), store);
    return store;
  }

  /** Entries of the vault that belong to the keys, to be dropped with a device that is no more. */
  static entries(stored: ReadonlyMap<string, Uint8Array>): string[] {
    return [...stored.keys()].filter((name) => name.startsWith(area));
  }

  get isDirty(): boolean {
    return this.#changed.size > 0;
  }

  note(base: string, table: string, key: IDBValidKey | undefined): void {
    const name = JSON.stringify([base.slice(this.prefix.length + 2), table]);
    const known = this.#changed.get(name);
    if (key === undefined) this.#changed.set(name, 'all');
    else if (known === undefined) this.#changed.set(name, new Map([[keyText(key), key]]));
    else if (known !== 'all') known.set(keyText(key), key);
  }

  /** Stores what has changed so far, together with `more`. Calls at the same time share the work. */
  async save(more: ReadonlyMap<string, Uint8Array | null> = new Map()): Promise<void> {
    while (this.#saving) await this.#saving.catch(() => {});
    if (!this.isDirty && more.size === 0) return;
    this.#saving = this.#save(more);
    try {
      await this.#saving;
    } finally {
      this.#saving = undefined;
    }
  }

  /** Frees the memory; what was not saved is lost. */
  async close(): Promise<void> {
    for (const base of bases) unwatch(this.#named(base));
    for (const open of this.#open.values()) open.close();
    this.#open.clear();
    await Promise.all(bases.map((base) => removed(indexedDB.deleteDatabase(this.#named(base)))));
  }

  #named(base: string): string {
    return `${this.prefix}::${base}`;
  }

  async #save(more: ReadonlyMap<string, Uint8Array | null>): Promise<void> {
    const taken = new Map(this.#changed);
    this.#changed.clear();
    const batch: Batch = { changes: new Map(more), parts: new Map() };
    try {
      const schema = await this.#schemaNow();
      if (schema !== this.#schema) batch.changes.set(schemaKey, new TextEncoder().encode(schema));
      for (const [name, keys] of taken) await this.#collect(name, keys, batch);
      await this.vault.write(batch.changes);
      for (const open of this.#open.values()) forgetFinished(open);
      this.#schema = schema;
      for (const [id, parts] of batch.parts) {
        if (parts === 0) this.#parts.delete(id);
        else this.#parts.set(id, parts);
      }
    } catch (error) {
      for (const [name, keys] of taken) this.#again(name, keys);
      throw error;
    }
  }

  #again(name: string, keys: Map<string, IDBValidKey> | 'all'): void {
    const now = this.#changed.get(name);
    if (keys === 'all' || now === 'all') this.#changed.set(name, 'all');
    else this.#changed.set(name, new Map([...keys, ...(now ?? [])]));
  }

  async #schemaNow(): Promise<string> {
    const schema: Schema = {};
    for (const base of bases) {
      const open = await this.#base(base);
      if (open) schema[base] = { version: open.version, tables: tablesOf(open) };
    }
    return JSON.stringify(schema);
  }

  async #collect(name: string, keys: Map<string, IDBValidKey> | 'all', batch: Batch): Promise<void> {
    const [base = '', table = ''] = JSON.parse(name);
    const open = await this.#base(base);
    if (!open?.objectStoreNames.contains(table)) return;
    const rows = open.transaction(table, 'readonly').objectStore(table);
    const wanted = keys === 'all' ? await done(rows.getAllKeys()) : [...keys.values()];
    const kept = new Set<string>();
    for (const key of wanted) {
      const value: unknown = await done(open.transaction(table, 'readonly').objectStore(table).get(key));
      const id = entryId(base, table, key);
      if (value !== undefined) kept.add(id);
      this.#put(id, value === undefined ? undefined : serialize({ base, table, key, value }), batch);
    }
    if (keys !== 'all') return;
    for (const id of this.#parts.keys()) {
      if (id.startsWith(tableId(base, table)) && !kept.has(id)) this.#put(id, undefined, batch);
    }
  }

  /** In as many entries as it takes; those that are no longer needed go. */
  #put(id: string, bytes: Uint8Array | undefined, { changes, parts }: Batch): void {
    const before = this.#parts.get(id) ?? 0;
    const needed = bytes === undefined ? 0 : Math.ceil(bytes.length / partBytes);
    for (let part = 0; part < Math.max(before, needed); part++) {
      const content = bytes?.subarray(part * partBytes, (part + 1) * partBytes);
      changes.set(`${id}.${part}`, part < needed && content ? content : null);
    }
    parts.set(id, needed);
  }

  /** A connection of our own to a base that the crypto has made; it gives way when the version changes. */
  async #base(base: string): Promise<IDBDatabase | undefined> {
    const known = this.#open.get(base);
    if (known) return known;
    const name = this.#named(base);
    if (!(await indexedDB.databases()).some((one) => one.name === name)) return undefined;
    const opened = await done(indexedDB.open(name));
    opened.onversionchange = () => {
      opened.close();
      this.#open.delete(base);
    };
    this.#open.set(base, opened);
    return opened;
  }

  async #restore(text: string, entries: Iterable<Entry>): Promise<void> {
    const schema = JSON.parse(text) as Schema;
    this.#schema = text;
    const rows = Map.groupBy(entries, (entry) => entry.base);
    for (const [base, { version, tables }] of Object.entries(schema)) {
      const request = indexedDB.open(this.#named(base), version);
      request.onupgradeneeded = () => {
        for (const { name, keyPath, autoIncrement, indexes } of tables) {
          const table = request.result.createObjectStore(name, { keyPath, autoIncrement });
          for (const { name: index, keyPath: path, ...options } of indexes) table.createIndex(index, path, options);
        }
        for (const { table, key, value } of rows.get(base) ?? []) {
          const target = request.transaction?.objectStore(table);
          if (target?.keyPath === null) target.put(value, key);
          else target?.put(value);
        }
      };
      (await done(request)).close();
    }
  }
}

function* entriesOf(stored: ReadonlyMap<string, Uint8Array>, parts: Map<string, number>): Generator<Entry> {
  for (const [name, first] of stored) {
    if (!name.startsWith(area) || !name.endsWith('.0')) continue;
    const id = name.slice(0, -2);
    const pieces = [first];
    for (let part = 1; ; part++) {
      const piece = stored.get(`${id}.${part}`);
      if (!piece) break;
      pieces.push(piece);
    }
    parts.set(id, pieces.length);
    yield deserialize(Buffer.concat(pieces)) as Entry;
  }
}

/** fake-indexeddb keeps every transaction there ever was (as of 6.2.8): of those that are over nothing is needed. */
function forgetFinished(open: IDBDatabase): void {
  const base: unknown = '_rawDatabase' in open ? open._rawDatabase : undefined;
  if (typeof base !== 'object' || base === null || !('transactions' in base) || !Array.isArray(base.transactions))
    return;
  base.transactions = base.transactions.filter((one) => one._state !== 'finished');
}

const tablesOf = (open: IDBDatabase): Table[] => {
  const names = [...open.objectStoreNames];
  if (names.length === 0) return [];
  const transaction = open.transaction(names, 'readonly');
  return names.map((name) => {
    const table = transaction.objectStore(name);
    const indexes = [...table.indexNames].map((index) => {
      const { keyPath, unique, multiEntry } = table.index(index);
      return { name: index, keyPath, unique, multiEntry };
    });
    return { name, keyPath: table.keyPath, autoIncrement: table.autoIncrement, indexes };
  });
};

const hash = (text: string) => createHash('sha256').update(text).digest('base64url');
const keyText = (key: IDBValidKey) => serialize(key).toString('base64');
const tableId = (base: string, table: string) => `${area}${hash(`${base}/${table}`).slice(0, 16)}/`;
const entryId = (base: string, table: string, key: IDBValidKey) => tableId(base, table) + hash(keyText(key));

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () =>
      reject(new AdapterError('temporary', 'the keys of this device cannot be read', { cause: request.error }));
  });
}

/** Or waits for who still has it open, which is nobody's concern. */
const removed = (request: IDBOpenDBRequest) =>
  new Promise<void>((resolve) => {
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
