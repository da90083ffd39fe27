import { describe, expect, it } from 'vitest';
import { formatMarkdown } from './markdown.js';

describe('formatMarkdown', () => {
  it('formats what people type and keeps a plain text beside it', () => {
    expect(formatMarkdown('**Hi** *you*, see [the page](https://example.org/a_b) and `x*y*`')).toEqual({
      html: '<p><strong>Hi</strong> <em>you</em>, see <a href="https://example.org/a_b">the page</a> and <code>x*y*</code></p>',
      text: 'Hi you, see the page (https://example.org/a_b) and x*y*',
    });
  });

  it('knows lists, quotes, headings and fenced code', () => {
    const { html, text } = formatMarkdown('# Top\n\n- one\n- two\n1. first\n> said\n> **so**\n```js\na < b\n```');
    expect(html?.replaceAll('\n', '')).toBe(
      '<h1>Top</h1><ul><li>one</li><li>two</li></ul><ol><li>first</li></ol>' +
        '<blockquote><p>said<br /><strong>so</strong></p></blockquote><pre><code class="language-js">a &lt; b</code></pre>',
    );
    expect(text).toBe('Top\n\n- one\n- two\n\n 1. first\n\n> said\n> so\n\na < b');
  });

  it('keeps what is struck out apart, and the columns of a table', () => {
    expect(formatMarkdown('at ~~five~~ six').text).toBe('at ~five~ six');
    expect(formatMarkdown('| a | b |\n|---|---|\n| one | 2 |').text).toBe('a    b\none  2');
  });

  it('leaves alone what only looks like a mark', () => {
    for (const text of ['2 * 3 * 4', 'snake_case_name', 'a ** b', 'open **bold', '\\', '[x](javascript:alert(1))'])
      expect(formatMarkdown(text).text).toBe(text);
    expect(formatMarkdown('[x](javascript:alert(1))').html).not.toContain('<a');
    expect(formatMarkdown('\\*no\\*').text).toBe('*no*');
  });

  it('lets no HTML of the writer through', () => {
    expect(formatMarkdown('<img src=x onerror=alert(1)> **b**').html).toBe(
      '<p>&lt;img src=x onerror=alert(1)&gt; <strong>b</strong></p>',
    );
  });

  it('answers a text made to be slow', () => {
    for (const unit of ['**', '[', '_a', '> ', '`', '*a **b ', '[a]('])
      expect(formatMarkdown(unit.repeat(20_000 / unit.length)).text.length).toBeGreaterThan(0);
  }, 20_000);
});
