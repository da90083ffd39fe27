import { expect, test, vi } from 'vitest';
import { AdapterError } from './errors.js';

test('an adapter error of another copy of the SDK is one too; other errors are not', async () => {
  vi.resetModules();
  const copy = await import('./errors.js');
  expect(copy.AdapterError).not.toBe(AdapterError);
  const error: unknown = new copy.AdapterError('rate-limited', 'later', { retryAfterMs: 5 });
  expect(error).toBeInstanceOf(AdapterError);
  expect(error).toMatchObject({ kind: 'rate-limited', retryAfterMs: 5 });
  for (const other of [new Error('no'), { kind: 'auth' }, null, undefined])
    expect(other instanceof AdapterError).toBe(false);
});
