import { expect, test } from 'vitest';
import { byRank, rankOf } from './rank';

test.each([
  ['sa', 'Samuel Osei', 0],
  ['sa', 'Mina Sato', 1],
  ['sa', 'Lisa Berg', 2],
  ['os', 'Samuel Osei', 1],
  ['samuel o', 'Samuel Osei', 0],
  ['SAM', 'samuel osei', 0],
  ['elo', 'Élodie Roy', 0],
  ['smo', 'Samuel Osei', 2],
  ['osei sam', 'Samuel Osei', 2],
])('"%s" and %s', (query, name, rank) => {
  expect(rankOf(name, query)).toBe(rank);
});

test('where a name begins goes before where a later word does, whatever else speaks for it', () => {
  const hits = [
    { name: 'Mina Sato', rank: 1, score: 0.9 },
    { name: 'Samuel Osei', rank: 0, score: 0.8 },
    { name: 'Sarah Roy', rank: 0, score: 0.85 },
    { name: 'Lisa Berg', rank: 2, score: 0.7 },
    { name: 'Sasha Lind', rank: 0, score: 0.85 },
  ];
  expect(hits.sort(byRank).map(({ name }) => name)).toEqual([
    'Sarah Roy',
    'Sasha Lind',
    'Samuel Osei',
    'Mina Sato',
    'Lisa Berg',
  ]);
});
