import { expect, test } from 'vitest';
import { markdownOf } from './markdown-of';

test.each([
  ['plain words, as they are', 'a_b *', undefined, 'a_b *'],
  ['marks', 'bold and slanted', '<p><strong>bold</strong> and <em>slanted</em></p>', '**bold** and *slanted*'],
  ['struck out', '~no~', '<p><s>no</s></p>', '~~no~~'],
  ['line ends', 'one\ntwo', '<p>one<br />\ntwo</p>', 'one\ntwo'],
  ['a link', 'here (https://a.example)', '<p><a href="https://a.example">here</a></p>', '[here](https://a.example)'],
  ['code', 'let a', '<pre><code class="language-ts">let a\n</code></pre>', '```ts\nlet a\n```'],
  ['a table, as its words', 'A  B', '<table><tr><td>A</td><td>B</td></tr></table>', 'A  B'],
])('what was written with marks: %s', (_case, text, html, expected) => {
  expect(markdownOf({ text, ...(html === undefined ? {} : { html }) })).toBe(expected);
});
