import { describe, expect, test } from 'vitest';
import type { Event, Json } from '../../sdk/index.js';
import { chatWith } from './ids.js';
import { Memory } from './memory.js';

const message = (id: string, text = id): Event => ({
  type: 'message',
  chat: chatWith('bob'),
  id,
  text,
  format: 'plain',
  at: 1,
});
const ids = (memory: Memory) => memory.dueBy(1e9, 100).map(({ event }) => event.type === 'message' && event.id);

describe('what the network knows of an account', () => {
  test('survives in the cursor', () => {
    const memory = new Memory();
    memory.add([
      { at: 20, event: message('later') },
      { at: 10, event: message('first') },
    ]);
    memory.countTry('key');
    memory.revoke('ticket');
    const again = Memory.from(JSON.parse(JSON.stringify(memory.cursor())));
    expect(ids(again)).toEqual(['first', 'later']);
    expect(again.countTry('key')).toBe(1);
    expect(again.isRevoked('ticket')).toBe(true);
    expect(again.isRevoked('another')).toBe(false);
  });

  test('leaves out of the cursor what is handed over, and forgets it when told', () => {
    const memory = new Memory();
    memory.add([
      { at: 1, event: message('a') },
      { at: 2, event: message('b') },
    ]);
    const due = memory.dueBy(1, 10);
    expect(ids(Memory.from(memory.cursor(due)))).toEqual(['b']);
    expect(ids(memory)).toEqual(['a', 'b']);
    memory.remove(due);
    expect(ids(memory)).toEqual(['b']);
  });

  test.each<Json | undefined>([undefined, null, 7, 'x', {}, { v: 2 }, { v: 1, due: [{}] }])(
    'starts anew from the cursor %j',
    (cursor) => {
      expect(ids(Memory.from(cursor))).toEqual([]);
    },
  );

  test('is bounded in number and size', () => {
    const memory = new Memory();
    const many = Array.from({ length: 2000 }, (_, i) => ({ at: i, event: message(`m${i}`) }));
    expect(memory.add(many)).toBe(true);
    expect(memory.add([{ at: 1, event: message('one more') }])).toBe(false);
    const large = new Memory();
    const big = () => large.add([{ at: 1, event: message('big', 'x'.repeat(100_000)) }]);
    expect(Array.from({ length: 30 }, big).filter((kept) => kept)).toHaveLength(20);
    for (let i = 0; i < 1000; i++) memory.countTry(`key ${i}`);
    expect(memory.countTry('key 0')).toBe(0);
    expect(memory.countTry('key 999')).toBe(1);
  });
});
