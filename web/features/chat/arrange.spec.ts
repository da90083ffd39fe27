import { describe, expect, it } from 'vitest';
import type { Message } from '../../lib/api/types';
import { arrange, firstUnread, goesOn } from './arrange';

function message(id: string, minute: number, more: Partial<Message> = {}): Message {
  return {
    id,
    conversationId: 'c',
    chatId: 'h',
    accountId: 'a',
    network: 'irc',
    direction: 'in',
    sender: { buddyId: 'anna', name: 'anna' },
    text: id,
    format: 'plain',
    sentAt: new Date(2026, 10, 3, 12, minute).toISOString(),
    rev: 1,
    attachments: [],
    reactions: [],
    ...more,
  };
}

const own = { direction: 'out', sender: { name: 'me' } } as const;
const firsts = (messages: Message[], direct = false) => arrange(messages, direct, null).map((placed) => placed.first);

describe('a timeline', () => {
  it('groups what one person says within minutes', () => {
    expect(firsts([message('1', 0), message('2', 2), message('3', 20), message('4', 21, own)])).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('takes every identity of a direct conversation for one person, and none in a room', () => {
    const messages = [
      message('1', 0),
      message('2', 1, { sender: { buddyId: 'mail', name: 'Anna' }, network: 'email' }),
    ];
    expect(firsts(messages, true)).toEqual([true, false]);
    expect(firsts(messages)).toEqual([true, true]);
  });

  it('lets an action and what the system says stand alone', () => {
    expect(firsts([message('1', 0), message('2', 0, { format: 'action' }), message('3', 0)])).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('begins each day, whoever speaks', () => {
    const next = message('2', 0, { sentAt: new Date(2026, 10, 4, 0, 1).toISOString() });
    const late = message('1', 0, { sentAt: new Date(2026, 10, 3, 23, 59).toISOString() });
    expect(arrange([late, next], true, null).map(({ day, first }) => [day, first])).toEqual([
      [true, true],
      [true, true],
    ]);
  });

  it('draws the new line above a first of its own', () => {
    const [, second] = arrange([message('1', 0), message('2', 1)], true, '2');
    expect(second).toMatchObject({ fresh: true, first: true });
  });

  it('counts what is unread from the end, others’ messages only', () => {
    const messages = [message('1', 0), message('2', 1), message('3', 2, own), message('4', 3)];
    expect(firstUnread(messages, 2)).toBe('2');
    expect(firstUnread(messages, 0)).toBeNull();
    expect(firstUnread(messages, 9)).toBeNull();
  });

  it('knows whether the next own message goes on with the last', () => {
    const last = message('1', 0, own);
    expect(goesOn(last, new Date(2026, 10, 3, 12, 4).toISOString())).toBe(true);
    expect(goesOn(last, new Date(2026, 10, 3, 12, 6).toISOString())).toBe(false);
    expect(goesOn(message('2', 0), last.sentAt)).toBe(false);
  });
});
