import { expect, test } from 'vitest';
import { type Member, nextMove } from './balance.js';

const nodes = (...held: number[]): Member[] => held.map((count, index) => ({ id: `n${index}`, held: count }));

test.each([
  ['one node takes everybody', nodes(0), 1_000, { take: 1_000, release: 0 }],
  ['two nodes take their halves', nodes(0, 0), 5, { take: 3, release: 0 }],
  ['what a dead node held is shared by the others', nodes(10, 10), 10, { take: 5, release: 0 }],
  ['a full node takes no more, and gives', nodes(10, 0), 5, { take: 0, release: 2 }],
  ['a node that comes gets its part', nodes(10, 0), 0, { take: 0, release: 5 }],
  ['of two users one', nodes(2, 0), 0, { take: 0, release: 1 }],
  ['a single user stays', nodes(1, 0), 0, { take: 0, release: 0 }],
  ['an odd one stays', nodes(2, 1), 0, { take: 0, release: 0 }],
  ['small differences stay', nodes(105, 95), 0, { take: 0, release: 0 }],
  ['many are moved a few at a time', nodes(10_000, 0), 0, { take: 0, release: 50 }],
  ['what is free already is not let go of again', nodes(10, 0), 3, { take: 0, release: 3 }],
  ['nobody is let go of whom no other would take', nodes(30, 30, 30), 0, { take: 0, release: 0 }],
])('%s', (_name, members, free, expected) => {
  expect(nextMove('n0', members, free)).toEqual(expected);
});

test('a node that is not among the living does nothing', () => {
  expect(nextMove('gone', nodes(3, 3), 10)).toEqual({ take: 0, release: 0 });
});

test('nodes that come and go end with even parts, whatever the order of their moves', () => {
  const members = nodes(0, 0, 0).map((member) => ({ ...member }));
  let free = 100;
  for (let round = 0; round < 60; round += 1) {
    if (round === 20) members.push({ id: 'new', held: 0 });
    if (round === 40) free += members.shift()?.held ?? 0;
    for (const member of members) {
      const { take, release } = nextMove(member.id, members, free);
      member.held += take - release;
      free += release - take;
    }
  }
  expect(free).toBe(0);
  const counts = members.map(({ held }) => held);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(3);
});
