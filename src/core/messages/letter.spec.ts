import { expect, test } from 'vitest';
import { addressed, letterOf, placeholdersIn, sendTime } from './letter.js';

const plain = (text: string) => ({ text, format: 'plain' as const, attachments: [] });

test('Markdown becomes HTML and a text that reads well; plain text stays', () => {
  expect(letterOf({ ...plain('a *b*'), format: 'markdown' })).toMatchObject({
    text: 'a b',
    html: '<p>a <em>b</em></p>',
  });
  expect(letterOf(plain('a *b*'))).toMatchObject({ text: 'a *b*', html: undefined });
  expect(() => letterOf(plain(' '))).toThrow('nothing to send');
});

test('a button without an address says its label, cut to what a network takes', () => {
  const [row] = letterOf({ ...plain('?'), buttons: [[{ label: 'Yes' }, { label: '😀'.repeat(20) }]] }).buttons!;
  expect(row).toEqual([
    { label: 'Yes', value: 'Yes' },
    { label: '😀'.repeat(20), value: '😀'.repeat(16) },
  ]);
});

test('a time that has passed is now, and a year ahead is the furthest', () => {
  const now = Date.UTC(2026, 0, 1);
  expect(sendTime(undefined, now)).toBe(now);
  expect(sendTime('2025-12-31T00:00:00Z', now)).toBe(now);
  expect(sendTime('2026-02-01T00:00:00Z', now)).toBe(Date.UTC(2026, 1, 1));
  expect(() => sendTime('2028-01-01T00:00:00Z', now)).toThrow('at most a year');
});

test('braces that nobody knows anything of are refused where many are written to, and are braces in a talk', () => {
  const code = plain('Try {{user}}, {{name}}');
  expect(() => letterOf(code)).toThrow('no placeholder {{user}}');
  const said = letterOf(code, placeholdersIn({ contactId: 'ann' }));
  expect(addressed(said, { name: 'Ann' }).text).toBe('Try {{user}}, Ann');
  const room = letterOf(code, placeholdersIn({ contactId: null }));
  expect(addressed(room, undefined).text).toBe('Try {{user}}, {{name}}');
  expect(letterOf(code, placeholdersIn({ contactId: null, mixed: true })).personal).toBe(true);
});
