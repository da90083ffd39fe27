import { beforeEach, expect, test } from 'vitest';
import type { Conversation, Message } from '../api/types';
import { searchLocal } from './search';
import { store } from './store';

const said = (conversationId: string, id: string, text: string, minute: number, more: Partial<Message> = {}) =>
  ({
    id,
    conversationId,
    text,
    sentAt: new Date(Date.UTC(2026, 10, 1, 12, minute)).toISOString(),
    sender: { name: 'Ada' },
    attachments: [],
    rev: 1,
    ...more,
  }) as unknown as Message;

function converse(id: string, ...messages: Message[]): void {
  const lastActiveAt = messages.at(-1)?.sentAt ?? '';
  store.conversations.set(id, { id, lastActiveAt } as Conversation);
  const timeline = store.timeline(id);
  timeline.restore(messages);
  timeline.fresh = true;
}

beforeEach(() => {
  store.timelines.clear();
  store.conversations.clear();
  converse('v1', said('v1', 'm1', 'The boat is in the harbour', 1), said('v1', 'm3', 'Båten är här', 3));
  converse(
    'v2',
    said('v2', 'm2', 'A boat, at last', 2),
    said('v2', 'm4', 'Gone boat', 4, { deletedAt: '2026-11-01T12:05:00.000Z' }),
    said('v2', 'm5', '', 5, { attachments: [{ name: 'Boathouse.pdf' }] as Message['attachments'] }),
  );
});

const found = async (text: string, limit?: number) => (await searchLocal(text, limit)).map(({ id }) => id);

test.each([
  ['boat', ['m5', 'm2', 'm1']],
  ['BOAT harbour', ['m1']],
  ['baten', ['m3']],
  ['ada boat', ['m5', 'm2', 'm1']],
  ['boathouse', ['m5']],
  ['ferry', []],
  ['  ', []],
])('%j', async (text, ids) => expect(await found(text)).toEqual(ids));

test('no more than asked for, the newest', async () => expect(await found('boat', 2)).toEqual(['m5', 'm2']));

test('a search that is over finds nothing', async () => {
  expect(await searchLocal('boat', 20, AbortSignal.abort())).toEqual([]);
});
