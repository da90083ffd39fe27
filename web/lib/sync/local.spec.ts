import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Change, Contact, Conversation, Message } from '../api/types';
import { applyChange, applyFrame } from './apply';
import { erase, remember, rememberAll, restore, restoreRest, saveNow, tailOf } from './local';
import { store } from './store';

// For the whole file: the store goes on telling its changes, by timer, after the test that made them.
vi.stubGlobal('document', { hidden: true });

let count = 0;
let user = '';

beforeEach(async () => {
  count += 1;
  user = `user${count}`;
  store.clear();
  expect(await restore(user)).toBe(false);
});
afterEach(async () => {
  await erase(user);
});

const contact = (id: string, rev: number, name = id) => ({ id, name, rev, buddies: [] }) as unknown as Contact;
const conversation = (id: string, rev: number) => ({ id, rev, chats: [], lastActiveAt: '' }) as unknown as Conversation;
const said = (conversationId: string, id: string, rev: number, sentAt: string) =>
  ({ id, conversationId, rev, sentAt, text: id, sender: {}, direction: 'in' }) as unknown as Message;
const change = (kind: Change['kind'], value: { id: string; rev: number }): Change =>
  ({ kind, id: value.id, rev: value.rev, value }) as Change;

/** What the next page of this browser finds. */
async function nextPage(): Promise<{ rev: number; contacts: string[] } | null> {
  store.clear();
  const found = (await restore(user)) && (await restoreRest());
  return found ? { rev: store.rev, contacts: [...store.contacts.values()].map(({ name }) => name) } : null;
}

async function firstLoad(contacts: number): Promise<void> {
  for (let index = 0; index < contacts; index += 1) store.contacts.set(`c${index}`, contact(`c${index}`, index));
  store.conversations.set('v1', conversation('v1', 1));
  store.rev = contacts;
  store.loaded = true;
  rememberAll();
  await vi.waitFor(async () => expect(await tablesOf()).toBeGreaterThan(0));
}

async function tablesOf(): Promise<number> {
  const names = await indexedDB.databases();
  const request = indexedDB.open(names.find(({ name }) => name?.endsWith(user))?.name ?? '');
  return new Promise((resolve) => {
    request.onsuccess = () => {
      const packs = request.result.transaction('packs').objectStore('packs').count();
      packs.onsuccess = () => {
        request.result.close();
        resolve(packs.result);
      };
    };
  });
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 50));

test('the next page finds what was loaded, and what changed since', async () => {
  await firstLoad(120);
  applyFrame({ type: 'changes', changes: [change('contact', contact('c7', 130, 'Ada'))], rev: 130 });
  applyFrame({ type: 'changes', changes: [{ kind: 'contact', id: 'c8', rev: 131, value: null }], rev: 131 });
  saveNow();
  await settle();
  const found = await nextPage();
  expect(found?.rev).toBe(131);
  expect(found?.contacts).toHaveLength(119);
  expect(found?.contacts).toContain('Ada');
  expect(found?.contacts).not.toContain('c8');
});

test('what is seen first is there before the rest, which takes nothing back', async () => {
  for (let index = 0; index < 200; index += 1) {
    const at = new Date(Date.UTC(2026, 10, 1, 12, index)).toISOString();
    store.conversations.set(`v${index}`, {
      ...conversation(`v${index}`, index),
      lastActiveAt: at,
      contactId: `c${index}`,
    });
  }
  await firstLoad(200);
  store.clear();
  expect(await restore(user)).toBe(true);
  expect([store.conversations.size, store.conversations.has('v199'), store.conversations.has('v20')]).toEqual([
    50,
    true,
    false,
  ]);
  expect(store.contacts.has('c199')).toBe(true);
  // Meanwhile somebody does something, and is answered.
  applyChange(change('contact', contact('c5', 300, 'Newer')));
  applyChange({ kind: 'contact', id: 'c6', rev: 301, value: null });
  expect(await restoreRest()).toBe(true);
  expect([store.conversations.size, store.contacts.size]).toEqual([200, 199]);
  expect([store.contacts.get('c5')?.name, store.contacts.get('c6')]).toEqual(['Newer', undefined]);
});

test('what changes while all is packed is not lost', async () => {
  await firstLoad(10);
  store.rev = 20;
  rememberAll();
  applyFrame({ type: 'changes', changes: [change('contact', contact('c1', 21, 'Late'))], rev: 21 });
  await settle();
  saveNow();
  await settle();
  expect(await nextPage()).toMatchObject({ rev: 21, contacts: expect.arrayContaining(['Late']) });
});

test('what arrives in a conversation nobody looks at is in the copy of it', async () => {
  await firstLoad(1);
  const timeline = store.timeline('v1');
  timeline.replaceLatest([said('v1', 'm1', 1, '2026-11-01T12:00:00.000Z')], { stored: false, history: null });
  remember('timelines', 'v1');
  saveNow();
  await settle();
  store.timelines.clear();
  applyFrame({
    type: 'changes',
    changes: [change('message', said('v1', 'm2', 30, '2026-11-01T12:01:00.000Z'))],
    rev: 30,
  });
  saveNow();
  await settle();
  expect((await tailOf('v1'))?.map(({ id }) => id)).toEqual(['m1', 'm2']);
});

test('an answer that comes after newer word of its message does not take that back in the copy', async () => {
  await firstLoad(1);
  const at = '2026-11-01T12:00:00.000Z';
  store.timeline('v1').replaceLatest([said('v1', 'm1', 1, at)], { stored: false, history: null });
  remember('timelines', 'v1');
  applyFrame({ type: 'changes', changes: [change('message', said('v1', 'm1', 31, at))], rev: 31 });
  applyChange(change('message', said('v1', 'm1', 30, at)));
  saveNow();
  await settle();
  expect(await tailOf('v1')).toMatchObject([{ rev: 31 }]);
});
