import { expect, test } from 'vitest';
import { blocksOf, withoutFences } from './fences';

test.each([
  ['just words', [{ is: 'text', text: 'just words' }]],
  ['```js\nlet a;\n```', [{ is: 'code', code: 'let a;', language: 'js' }]],
  [
    'look:\n```\na\n\nb\n```\nand on',
    [
      { is: 'text', text: 'look:' },
      { is: 'code', code: 'a\n\nb', language: '' },
      { is: 'text', text: 'and on' },
    ],
  ],
  ['``` not closed\nx', [{ is: 'text', text: '``` not closed\nx' }]],
  ['in `a` line ```b```', [{ is: 'text', text: 'in `a` line ```b```' }]],
])('%s', (text, blocks) => {
  expect(blocksOf(text)).toEqual(blocks);
});

test.each([
  ['```js\nlet a;\n```', 'let a;'],
  ['look:\n```\na\nb\n```\nand on', 'look:\na\nb\nand on'],
  ['``` not closed', '``` not closed'],
  ['plain', 'plain'],
])('a line for %j', (text, line) => {
  expect(withoutFences(text)).toBe(line);
});
