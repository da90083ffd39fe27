import { expect, test } from 'vitest';
import { tokensOf } from './highlight';

test('code keeps every character and says what is what', () => {
  const code = 'const a = "x"; // why\n<b>&amp;';
  const tokens = tokensOf(code, 'js');
  expect(tokens?.map(({ text }) => text).join('')).toBe(code);
  expect(tokens?.find(({ text }) => text === 'const')?.kind).toBe('hljs-keyword');
  expect(tokens?.find(({ text }) => text === '"x"')?.kind).toBe('hljs-string');
  expect(tokens?.find(({ text }) => text === '// why')?.kind).toBe('hljs-comment');
});

test('of what is not known, or endless, nothing is said', () => {
  expect(tokensOf('x', 'klingon')).toBeNull();
  expect(tokensOf('x'.repeat(30_001), 'js')).toBeNull();
});
