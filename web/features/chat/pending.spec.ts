import { describe, expect, it } from 'vitest';
import type { Message } from '../../lib/api/types';
import type { Pending } from '../../lib/sync/outbox';
import { unseen } from './pending';

const waits = (key: string, text: string, more: Partial<Pending> = {}): Pending => ({
  key,
  conversationId: 'c',
  body: { text },
  attachments: [],
  createdAt: '2026-11-03T12:00:05.000Z',
  state: 'sending',
  after: '2026-11-03T12:00:00.000Z',
  ...more,
});
const came = (id: string, text: string, sentAt: string) =>
  ({ id, text, sentAt, direction: 'out' }) as Partial<Message> as Message;
const keys = (pending: Pending[]) => pending.map((item) => item.key);

describe('what waits in the browser', () => {
  it('is left out once the stream has brought it back', () => {
    expect(keys(unseen([waits('a', 'hi')], [came('1', 'hi', '2026-11-03T12:00:06.000Z')]))).toEqual([]);
  });

  it('is not taken for an older message of the same text', () => {
    expect(keys(unseen([waits('a', 'hi')], [came('1', 'hi', '2026-11-03T12:00:00.000Z')]))).toEqual(['a']);
  });

  it('needs an echo each where the same text is sent twice', () => {
    const twice = [waits('a', 'hi'), waits('b', 'hi')];
    expect(unseen(twice, [came('1', 'hi', '2026-11-03T12:00:06.000Z')])).toHaveLength(1);
  });

  it('stays where the server refused it', () => {
    const failed = waits('a', 'hi', { state: 'failed' });
    expect(keys(unseen([failed], [came('1', 'hi', '2026-11-03T12:00:06.000Z')]))).toEqual(['a']);
  });
});
