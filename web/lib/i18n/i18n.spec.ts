import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { loadAllTexts, t } from '.';
import { rich } from './rich';

test('a text is given what it needs', () => {
  expect(t('common.cancel')).toBe('Cancel');
  expect(t('common.in-minutes', { minutes: 3, seconds: 9 })).toBe('in 3 min 9 s');
});

test('an element stands where the text has its place, whatever it says', () => {
  const status = createElement('b', null, '<script>{status}</script>');
  const markup = renderToStaticMarkup(createElement('p', null, rich('common.server-answered', { status })));
  expect(markup).toBe('<p>The server answered <b>&lt;script&gt;{status}&lt;/script&gt;</b>.</p>');
});

test('words between tags are what the tag makes of them, with the elements that are in them', async () => {
  await loadAllTexts();
  const made = rich('accounts.elsewhere', { host: '<b>x</b>', b: (words) => createElement('i', null, words) });
  expect(renderToStaticMarkup(createElement('p', null, made))).toContain('<i>&lt;b&gt;x&lt;/b&gt;</i>, which then');
});
