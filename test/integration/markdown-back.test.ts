import { expect, test } from 'vitest';
import { formatMarkdown } from '../../src/core/messages/markdown.js';
import { markdownOf } from '../../web/features/chat/markdown-of.js';

test.each([
  '**bold** and *slanted*',
  'one\ntwo',
  '# Head\n\n- one\n- two',
  '> said\n\nanswer',
  '`code` [a](https://a.example)',
])('what Markdown became is Markdown again, and becomes the same: %j', (source) => {
  const { text, html } = formatMarkdown(source);
  const again = markdownOf({ text, ...(html === null ? {} : { html }) });
  expect(formatMarkdown(again).html).toBe(html);
});
