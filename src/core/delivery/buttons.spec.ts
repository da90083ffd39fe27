import { expect, test } from 'vitest';
import { withButtons } from './buttons.js';

const buttons = [
  [{ label: 'Yes', value: 'y' }, { label: 'No' }],
  [{ label: 'More <b>', url: 'https://example.org/?a=1&b=2' }],
];

test('a network with buttons gets them as they are', () => {
  const message = { text: 'Sure?', buttons };
  expect(withButtons(message, { buttons: 'full' })).toBe(message);
});

test('another gets them as lines below the text, also in HTML', () => {
  expect(withButtons({ text: 'Sure?', html: '<p>Sure?</p>', buttons }, {})).toEqual({
    text: 'Sure?\n1. Yes\n2. No\n3. More <b>: https://example.org/?a=1&b=2',
    html:
      '<p>Sure?</p><p>1. Yes<br>2. No<br>3. More &lt;b&gt;: ' +
      '<a href="https://example.org/?a=1&amp;b=2">https://example.org/?a=1&amp;b=2</a></p>',
  });
});

test('a message without buttons is left alone', () => {
  const message = { text: 'Hello' };
  expect(withButtons(message, {})).toBe(message);
});
