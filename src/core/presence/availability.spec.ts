import { describe, expect, it } from 'vitest';
import { believed, mostAvailable } from './availability.js';

const buddy = (id: string, state: 'online' | 'away' | 'unknown' | 'offline') => ({ id, presence: { state } as const });

describe('mostAvailable', () => {
  it('takes online before away, unknown before offline, and the first of equals', () => {
    expect(mostAvailable([buddy('a', 'away'), buddy('b', 'online'), buddy('c', 'online')])?.id).toBe('b');
    expect(mostAvailable([buddy('a', 'offline'), buddy('b', 'unknown')])?.id).toBe('b');
    expect(mostAvailable([])).toBeUndefined();
  });
});

describe('believed', () => {
  const reported = { state: 'away', note: 'lunch', until: new Date(1000) };
  it('holds while the account is online and the lifetime lasts', () => {
    expect(believed(reported, true, 999)).toEqual({ state: 'away', note: 'lunch' });
    expect(believed(reported, true, 1001)).toEqual({ state: 'unknown' });
    expect(believed(reported, false, 999)).toEqual({ state: 'unknown' });
    const busy = { ...reported, note: null, idleSince: new Date(500), activity: 'call' };
    expect(believed(busy, true, 999)).toEqual({
      state: 'away',
      idleSince: '1970-01-01T00:00:00.500Z',
      activity: 'call',
    });
  });
});
