import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Message } from '../api/types';
import { done } from '../idb';
import { nameOf, openCopy, readRaw, readTail } from './copy-db';
import { readMarked } from './copy-marked';
import { type Writing, write } from './copy-write';

let db: IDBDatabase;
let count = 0;

beforeEach(async () => {
  count += 1;
  db = await openCopy(`robin${count}`);
});

const at = (minute: number) => new Date(Date.UTC(2026, 10, 1, 12, minute)).toISOString();
const message = (id: string, minute: number, more: Partial<Message> = {}): Message => ({
  ...({} as Message),
  id,
  conversationId: 'v1',
  sentAt: at(minute),
  text: id,
  rev: 1,
  ...more,
});
const row = (id: string, rev: number): Writing['rows'] =>
  new Map([['contacts', new Map([[id, JSON.stringify({ id, rev })]])]]);
const put = (rev: number, what: Partial<Writing>) =>
  write(db, { rev, whole: false, packs: null, rows: new Map(), messages: new Map(), tails: new Map(), ...what });
const say = (...messages: Message[]) => new Map(messages.map((one) => [one.id, one]));
const contact = async (id: string) => {
  const text = (await readRaw(db))?.changed.get('contacts')?.get(id);
  return text === undefined ? undefined : JSON.parse(text);
};
const revision = () => done(db.transaction('meta').objectStore('meta').get('rev'));
const shown = async (id = 'v1') => (await readTail(db, id))?.map((one) => one.id);

describe('rows and their revision', () => {
  test('are written together', async () => {
    await put(5, { rows: row('ada', 5) });
    expect([await contact('ada'), await revision()]).toEqual([{ id: 'ada', rev: 5 }, 5]);
  });

  test('of a page that is behind change nothing of what another has written', async () => {
    await put(9, { rows: row('ada', 9) });
    await put(7, {
      rows: row('ada', 7),
      messages: say(message('m1', 1)),
      tails: new Map([['v1', [message('m1', 1)]]]),
    });
    expect([await contact('ada'), await revision(), await shown()]).toEqual([{ id: 'ada', rev: 9 }, 9, undefined]);
    await put(12, { rows: row('tomas', 11) });
    expect([await contact('tomas'), await revision()]).toEqual([{ id: 'tomas', rev: 11 }, 12]);
  });

  test('a first load begins anew, whatever was there', async () => {
    await put(9, { rows: row('ada', 9), tails: new Map([['v1', [message('m1', 1)]]]) });
    await put(3, { whole: true, rows: row('tomas', 3) });
    expect([await contact('ada'), await revision(), await shown()]).toEqual([undefined, 3, undefined]);
  });
});

test('what changed lies beside the packs until they are made anew', async () => {
  await put(1, { whole: true, packs: ['one'], rows: row('ada', 1) });
  await put(2, { rows: row('tomas', 2) });
  const before = await readRaw(db);
  expect(before?.first).toEqual(['one']);
  expect([...(before?.changed.get('contacts')?.keys() ?? [])]).toEqual(['ada', 'tomas']);
  await put(3, { packs: ['two', 'three', 'four', 'five'], rows: row('priya', 3), tails: new Map() });
  const after = await readRaw(db);
  expect(after?.first).toEqual(['two', 'three', 'four']);
  expect(await after?.rest).toEqual(['five']);
  expect([...(after?.changed.get('contacts')?.keys() ?? [])]).toEqual(['priya']);
});

test('what is starred or pinned is kept wherever it stands, the last first, until it is no longer', async () => {
  const words = async () => (await readMarked(db)).map(({ text }) => text);
  await put(1, {
    messages: say(message('old', 1, { pinned: true }), message('m2', 2), message('m3', 3, { starred: true })),
  });
  expect(await words()).toEqual(['m3', 'old']);
  await put(5, { messages: say(message('old', 1, { pinned: true, text: 'edited', rev: 5 })) });
  await put(5, { messages: say(message('old', 1, { rev: 2 })) });
  expect(await words()).toEqual(['m3', 'edited']);
  await put(6, { messages: say(message('old', 1, { rev: 6 })) });
  await put(7, { messages: new Map([['m3', null]]) });
  expect(await words()).toEqual([]);
});

describe('the newest messages of a conversation', () => {
  const tail = (...messages: Message[]) => new Map([['v1', messages]]);

  test('grow by what is said, in its order, and lose what is taken back', async () => {
    await put(1, { tails: tail(message('m2', 2), message('m4', 4)) });
    await put(2, { messages: say(message('m5', 5), message('m3', 3)) });
    await put(3, { messages: new Map([['m4', null]]) });
    expect(await shown()).toEqual(['m2', 'm3', 'm5']);
  });

  test('have no gap: what is older than they are, or of a conversation without any, is left out', async () => {
    await put(1, { tails: tail(message('m2', 2)) });
    await put(2, { messages: say(message('m1', 1), message('x1', 1, { conversationId: 'v2' })) });
    expect(await shown()).toEqual(['m2']);
    expect(await shown('v2')).toBeUndefined();
    const kept = await done(db.transaction('messages').objectStore('messages').getAllKeys());
    expect(kept).toEqual(['m2']);
  });

  test('are replaced by a newer look at them, and go with their conversation', async () => {
    await put(1, { tails: tail(message('m1', 1), message('m2', 2)) });
    await put(2, { tails: tail(message('m2', 2), message('m3', 3)) });
    expect(await shown()).toEqual(['m2', 'm3']);
    await put(3, { tails: new Map([['v1', null]]) });
    expect(await shown()).toBeUndefined();
  });

  test('are never older than they were, however late an answer comes', async () => {
    await put(5, { tails: tail(message('m1', 1, { text: 'as it is now', rev: 5 })) });
    const late = message('m1', 1, { text: 'as it was', rev: 2 });
    await put(5, { messages: say(late) });
    expect((await readTail(db, 'v1'))?.[0]?.text).toBe('as it is now');
    await put(5, { tails: tail(late, message('m2', 2)) });
    expect((await readTail(db, 'v1'))?.map(({ text }) => text)).toEqual(['as it is now', 'm2']);
    await put(6, { messages: say(message('m1', 1, { text: 'newer still', rev: 6 })) });
    expect((await readTail(db, 'v1'))?.[0]?.text).toBe('newer still');
  });

  test('that moved elsewhere are there, and no longer here', async () => {
    await put(1, {
      tails: new Map([
        ['v1', [message('m1', 1), message('m2', 2)]],
        ['v2', [message('x1', 1, { conversationId: 'v2' })]],
      ]),
    });
    await put(2, { messages: say(message('m2', 2, { conversationId: 'v2' })) });
    expect([await shown(), await shown('v2')]).toEqual([['m1'], ['x1', 'm2']]);
  });

  test('are bounded, the newest kept', async () => {
    await put(1, { tails: tail(message('m0', 0)) });
    for (let minute = 1; minute <= 170; minute += 1)
      await put(minute + 1, { messages: say(message(`m${minute}`, minute)) });
    const kept = (await shown()) ?? [];
    expect(kept.length).toBeGreaterThanOrEqual(80);
    expect(kept.length).toBeLessThanOrEqual(160);
    expect(kept.at(-1)).toBe('m170');
  });

  test('are kept of so many conversations at most, those that spoke last', async () => {
    for (let index = 0; index <= 310; index += 1) {
      const conversationId = `v${index}`;
      await put(index, { tails: new Map([[conversationId, [message(`a${index}`, index, { conversationId })]]]) });
    }
    expect(await shown('v0')).toBeUndefined();
    expect(await shown('v310')).toEqual(['a310']);
    expect(await done(db.transaction('tails').objectStore('tails').count())).toBe(300);
  });
});

test('a copy of an older layout is given up', async () => {
  const request = indexedDB.open(nameOf('old'), 1);
  request.onupgradeneeded = () => request.result.createObjectStore('timelines').put([], 'v1');
  (await done(request)).close();
  const copy = await openCopy('old');
  expect(copy.objectStoreNames.contains('timelines')).toBe(false);
  expect(await readRaw(copy)).toBeNull();
});
