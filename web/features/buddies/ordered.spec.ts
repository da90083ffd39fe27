import { expect, test } from 'vitest';
import { Ordered } from './ordered';

type Row = { id: string; name: string; unread?: number };

const ordered = () => {
  let compared = 0;
  const rules = {
    compare: (a: Row, b: Row) => {
      compared += 1;
      return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
    },
    stays: (before: Row, now: Row) => before.name === now.name,
  };
  return { order: new Ordered<Row>(rules), compared: () => compared };
};

test('rows come in order, and go, come and are renamed into their places', () => {
  const { order } = ordered();
  const rows = new Map<string, Row>([...'dbfa'].map((id) => [id, { id, name: id }]));
  const names = () =>
    order
      .take(rows)
      .map((row) => row.name)
      .join('');
  expect(names()).toBe('abdf');
  rows.set('e', { id: 'e', name: 'e' });
  rows.set('z', { id: 'z', name: 'z' });
  expect(names()).toBe('abdefz');
  rows.set('z', { id: 'z', name: 'c' });
  rows.delete('a');
  expect(names()).toBe('bcdef');
  rows.clear();
  expect(names()).toBe('');
});

test('a row that changes in place is the new one, and nothing is compared for it', () => {
  const { order, compared } = ordered();
  const rows = new Map<string, Row>(
    Array.from({ length: 1000 }, (_, n) => [`${n}`, { id: `${n}`, name: `${1000 + n}` }]),
  );
  order.take(rows);
  const before = compared();
  rows.set('7', { id: '7', name: '1007', unread: 3 });
  expect(order.take(rows)[7]?.unread).toBe(3);
  expect(compared()).toBe(before);
});
