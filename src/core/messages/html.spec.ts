import { describe, expect, test } from 'vitest';
import { cleanHtml, remoteImages } from './html.js';

const files = new Map([['logo@mail', '/api/v1/attachments/1']]);

describe('cleanHtml', () => {
  test('keeps what formats, drops what acts', () => {
    expect(cleanHtml('<p onclick="x()">a <b>bold</b><script>x()</script><style>p{}</style></p>')).toBe(
      '<p>a <b>bold</b></p>',
    );
    expect(cleanHtml('<a href="javascript:x()">a</a> <a href="https://example.org/">b</a>')).toBe(
      '<a>a</a> <a href="https://example.org/">b</a>',
    );
    expect(cleanHtml('<iframe src="https://example.org"></iframe><form><input></form>')).toBeNull();
  });

  test('keeps an image of another server from loading, and says where it is', () => {
    const clean = cleanHtml(
      '<img src="https://example.org/a.png?x=1&amp;y=2" srcset="https://b/c.png 2x" alt="A" width="20px">',
    );
    expect(clean).toBe('<img data-remote-src="https://example.org/a.png?x=1&amp;y=2" alt="A" width="20" />');
    expect(remoteImages(clean ?? '')).toEqual(['https://example.org/a.png?x=1&y=2']);
    expect(cleanHtml('<img src="//example.org/b.png">')).toBe(
      '<img data-remote-src="https://example.org/b.png" alt="" />',
    );
  });

  test('shows a part of the message from its file', () => {
    expect(cleanHtml('<img src="cid:logo%40mail" alt="Logo">', files)).toBe(
      '<img src="/api/v1/attachments/1" alt="Logo" />',
    );
  });

  test.each([
    'cid:unknown',
    'data:image/png;base64,AAAA',
    'javascript:alert(1)',
    '/api/v1/accounts',
    'file:///etc/passwd',
    'https://user:secret@example.org/',
    'mxc://example.org/abc',
    'java\u0000script:x',
    'https://',
  ])('of an image at %s the words remain', (src) => {
    expect(cleanHtml(`<img src="${src}" alt="a &lt;b&gt;" onerror="x()">`, files)).toBe('<span>a &lt;b&gt;</span>');
  });

  test('nothing can bring the mark of a remote image or a file of ours along', () => {
    const clean = cleanHtml(
      '<img data-remote-src="javascript:x()" src="" alt=""><span data-remote-src="https://x/">y</span>',
    );
    expect(clean).toBe('<span></span><span>y</span>');
    expect(remoteImages(clean ?? '')).toEqual([]);
  });
});
