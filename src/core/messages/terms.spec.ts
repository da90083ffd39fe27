import { describe, expect, it } from 'vitest';
import { sendTimes } from './terms.js';

const now = Date.UTC(2026, 10, 28);
const later = new Date(now + 60_000).toISOString();

describe('when a message is to go', () => {
  it.each([
    [{}, { at: now }],
    [{ undo: 'PT10S' }, { at: now, undoUntil: now + 10_000 }],
    [
      { undo: 'PT60S', expiresIn: 'PT5M' },
      { at: now, undoUntil: now + 60_000, expiresInMs: 300_000 },
    ],
    [{ sendAt: later }, { at: now + 60_000 }],
    [{ sendAt: later, undo: 'PT10S' }, { at: now + 60_000 }],
    [
      { sendAt: new Date(now - 5).toISOString(), undo: 'PT10S' },
      { at: now, undoUntil: now + 10_000 },
    ],
    [{ expiresIn: 'P7D' }, { at: now, expiresInMs: 7 * 86_400_000 }],
  ])('%j', (request, times) => expect(sendTimes(request, now)).toEqual(times));

  it.each([{ undo: 'PT61S' }, { undo: 'PT0S' }, { undo: 'P1D' }, { expiresIn: 'P8D' }, { expiresIn: 'PT0S' }])(
    'refuses %j',
    (request) => {
      const [field] = Object.keys(request);
      const fields = { [field!]: expect.stringContaining('up to') };
      expect(() => sendTimes(request, now)).toThrow(expect.objectContaining({ kind: 'invalid', fields }));
    },
  );
});
