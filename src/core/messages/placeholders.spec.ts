import { describe, expect, test } from 'vitest';
import { checkPlaceholders, fill, fillFormatted, hasPlaceholders, keepEscapes } from './placeholders.js';

const ann = { name: 'Ann Smith' };

describe('fill', () => {
  test.each([
    ['Hi {{name}}!', 'Hi Ann Smith!'],
    ['Hi {{firstName}}, {{ firstName }}', 'Hi Ann, Ann'],
    ['\\{{name}} is {{name}}', '{{name}} is Ann Smith'],
    // Not one word in two braces: left alone.
    ['{{ item.title }} {name} {{}} {{ }} {{{name}', '{{ item.title }} {name} {{}} {{ }} {{{name}'],
    ['{{name}', '{{name}'],
    ['{{constructor}} {{__proto__}}', '{{constructor}} {{__proto__}}'],
  ])('%j is %j', (text, filled) => expect(fill(text, ann)).toBe(filled));

  test.each([
    // A value is never looked at again.
    ['{{firstName}}', '{{firstName}}'],
    ['$& $1 $`', '$& $1 $`'],
    // One line, that turns nothing around and leads nowhere.
    ['Ann\r\nQUIT :x', 'Ann QUIT :x'],
    ['\u202eevil\u202c \u2066x\u2069', 'evil x'],
    ['Ann https://evil.example/x', 'Ann evil.example/x'],
    ['שרה כהן', 'שרה כהן'],
    ['😀', '😀'],
    ['x\ud800y', 'x\ufffdy'],
  ])('the name %j is put as %j', (name, put) => expect(fill('{{name}}', { name })).toBe(put));

  test.each([
    ['Ann', 'Ann'],
    ['Ann Maria Smith', 'Ann'],
    ['+44 7700 900601', '+44 7700 900601'],
    ['ann@example.org', 'ann@example.org'],
  ])('the first name of %j is %j', (name, first) => expect(fill('{{firstName}}', { name })).toBe(first));

  test('is bounded, however long the name', () =>
    expect(fill('{{name}}', { name: 'x'.repeat(100_000) })).toHaveLength(200));

  test('in HTML a value is text, in an address it is encoded', () => {
    const evil = { name: '<b onclick="x()">&' };
    const html = '<p>{{name}} <a href="https://x.example/?n=%7B%7Bname%7D%7D">x</a></p>';
    const filled = fillFormatted({ text: '{{name}} x (https://x.example/?n=%7B%7Bname%7D%7D)', html }, evil);
    const encoded = encodeURIComponent(evil.name);
    expect(filled.html).toBe(
      `<p>&lt;b onclick=&quot;x()&quot;&gt;&amp; <a href="https://x.example/?n=${encoded}">x</a></p>`,
    );
    expect(filled.text).toBe(`<b onclick="x()">& x (https://x.example/?n=${encoded})`);
  });

  test('where there is nobody to name it says so; an escaped one needs nobody', () => {
    expect(() => fill('{{name}}', undefined)).toThrow(expect.objectContaining({ code: 'nobody-to-name' }));
    expect(fill('\\{{name}}', undefined)).toBe('{{name}}');
  });
});

test('an unknown placeholder is refused, with its field; an escaped one and code are none', () => {
  expect(() => checkPlaceholders('Hi {{frstName}}', 'variants.sms.text')).toThrow(
    expect.objectContaining({
      kind: 'invalid',
      code: 'unknown-placeholder',
      fields: { 'variants.sms.text': expect.stringContaining('{{frstName}}') },
    }),
  );
  for (const fine of ['{{name}} {{firstName}}', '\\{{other}}', '{{ a.b }}', undefined]) checkPlaceholders(fine, 'text');
});

test('a text made to be slow is read in no time', () => {
  for (const unit of ['{{', '{{ ', '\\{{', '{{name', '{{a}', '{{\t \t', '%7B%7B', 'https://', '}}{{', '{{éééé']) {
    const text = unit.repeat(100_000 / unit.length);
    const since = performance.now();
    hasPlaceholders(text);
    checkPlaceholders(text, 'text');
    fill(keepEscapes(text), ann);
    fillFormatted({ text, html: text }, { name: text });
    expect(performance.now() - since).toBeLessThan(500);
  }
});

describe('by chance', () => {
  /** The rule again, as a scanner: a backslash before, two braces, blanks, one word, blanks, two braces. */
  function scanned(text: string): string {
    let out = '';
    for (let at = 0; at < text.length; ) {
      const escaped = text[at] === '\\';
      const found = /^\{\{([ \t]*)(\p{L}+)([ \t]*)\}\}/u.exec(text.slice(escaped ? at + 1 : at));
      const [whole = '', before = '', name = '', after = ''] = found ?? [];
      const fits = found !== null && before.length <= 4 && after.length <= 4;
      if (!fits) {
        out += text[at];
        at += 1;
        continue;
      }
      const said = { name: 'Ann Smith', firstName: 'Ann' }[name] ?? whole;
      out += escaped ? whole : said;
      at += whole.length + (escaped ? 1 : 0);
    }
    return out;
  }

  test('any mix of braces, backslashes, blanks and words is read as the rule says', () => {
    const signs = ['{', '{', '{{', '}', '}}', '\\', ' ', '\t', '\n', 'name', 'firstName', 'x', 'é', '😀', '{{name}}'];
    let seed = 20_261_128;
    const next = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    for (let round = 0; round < 5_000; round++) {
      const text = Array.from({ length: next(14) }, () => signs[next(signs.length)]).join('');
      expect([text, fill(text, ann)]).toEqual([text, scanned(text)]);
    }
  });
});
