import { expect, test } from 'vitest';
import { blocksOf } from './fences';

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
