import * as fake from 'fake-indexeddb';

/** Who wants to know what changes in a base. */
export interface Watcher {
  /** Without a key: a whole range of the table. */
  note(base: string, table: string, key: IDBValidKey | undefined): void;
}

const watchers = new Map<string, Watcher>();
let shared = false;

export const watch = (base: string, watcher: Watcher): void => void watchers.set(base, watcher);
export const unwatch = (base: string): void => void watchers.delete(base);

/**
 * The crypto finds IndexedDB by its global names, and tells nobody what it writes: the verbs that change something are
 * wrapped to note it. This happens once a process, when the first Matrix account connects.
 */
export function shareGlobals(): void {
  if (shared) return;
  shared = true;
  for (const [name, value] of Object.entries({
    indexedDB: fake.indexedDB,
    IDBCursor: fake.IDBCursor,
    IDBCursorWithValue: fake.IDBCursorWithValue,
    IDBDatabase: fake.IDBDatabase,
    IDBFactory: fake.IDBFactory,
    IDBIndex: fake.IDBIndex,
    IDBKeyRange: fake.IDBKeyRange,
    IDBObjectStore: fake.IDBObjectStore,
    IDBOpenDBRequest: fake.IDBOpenDBRequest,
    IDBRequest: fake.IDBRequest,
    IDBTransaction: fake.IDBTransaction,
    IDBVersionChangeEvent: fake.IDBVersionChangeEvent,
  })) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  const table = fake.IDBObjectStore.prototype;
  const { put, add, delete: remove, clear } = table;
  table.put = function (...args) {
    return noteResult(this, put.apply(this, args));
  };
  table.add = function (...args) {
    return noteResult(this, add.apply(this, args));
  };
  table.delete = function (query) {
    noteChange(this, query instanceof fake.IDBKeyRange || query instanceof IDBKeyRange ? undefined : query);
    return remove.call(this, query);
  };
  table.clear = function () {
    noteChange(this, undefined);
    return clear.call(this);
  };
  const cursor = fake.IDBCursor.prototype;
  const { update, delete: removeHere } = cursor;
  cursor.update = function (value) {
    noteChange(tableOf(this), this.primaryKey);
    return update.call(this, value);
  };
  cursor.delete = function () {
    noteChange(tableOf(this), this.primaryKey);
    return removeHere.call(this);
  };
}

const tableOf = ({ source }: IDBCursor): IDBObjectStore => ('objectStore' in source ? source.objectStore : source);

function noteChange(table: IDBObjectStore, key: IDBValidKey | undefined): void {
  const base = table.transaction.db.name;
  watchers.get(base)?.note(base, table.name, key);
}

/** The key is known at the latest when the request succeeds, which is before its transaction is complete. */
function noteResult(table: IDBObjectStore, request: IDBRequest<IDBValidKey>): IDBRequest<IDBValidKey> {
  request.addEventListener('success', () => noteChange(table, request.result));
  return request;
}
