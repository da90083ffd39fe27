import { describe, expect, it } from 'vitest';
import { type Candidate, durationMs, plan } from './plan.js';

const way = (id: string, over: Partial<Candidate> = {}): Candidate => ({
  id,
  channel: 'im',
  accountId: `account-${id}`,
  network: 'irc',
  chatId: `chat-${id}`,
  target: id,
  online: true,
  presence: { state: 'unknown' },
  lastActiveAt: 0,
  closed: undefined,
  ...over,
});
const irc = way('irc', { presence: { state: 'away' }, lastActiveAt: 5 });
const irc2 = way('irc2', { presence: { state: 'online' } });
const mail = way('mail', { channel: 'email' });
const sms = way('sms', { channel: 'sms', online: false, lastActiveAt: 9 });
const everything = [irc, irc2, mail, sms];
const ids = (steps: { candidate: Candidate }[]) => steps.map(({ candidate }) => candidate.id);

describe('plan', () => {
  it('without a route takes the way last used whose account is online', () => {
    expect(ids(plan(everything, {}))).toEqual(['irc']);
  });

  it('via forces the account', () => {
    expect(ids(plan(everything, { via: 'account-sms' }))).toEqual(['sms']);
    expect(() => plan(everything, { via: 'another' })).toThrow('cannot be reached');
  });

  it('all takes one of each channel, the most available buddy of each', () => {
    const steps = plan(everything, { route: { mode: 'all', channels: ['im', 'email', 'sms'] } });
    expect(ids(steps)).toEqual(['irc2', 'mail', 'sms']);
    expect(steps.every(({ afterMs }) => afterMs === 0)).toBe(true);
  });

  it('first takes the first channel that is online', () => {
    expect(ids(plan(everything, { route: { mode: 'first', channels: ['sms', 'email'] } }))).toEqual(['mail']);
  });

  it('fallback waits between its steps', () => {
    const steps = plan(everything, {
      route: { mode: 'fallback', channels: ['im', 'sms'], unless: 'delivered', within: 'PT1M' },
    });
    expect(steps.map(({ step, afterMs, unless }) => ({ step, afterMs, unless }))).toEqual([
      { step: 0, afterMs: 0, unless: undefined },
      { step: 1, afterMs: 60_000, unless: 'delivered' },
    ]);
  });

  it('passes over a way that the person has opted out of, and refuses where none is left', () => {
    const stopped = way('sms', { channel: 'sms', lastActiveAt: 99, closed: 'opted-out' });
    const ways = [stopped, mail];
    expect(ids(plan(ways, { route: { mode: 'fallback', channels: ['sms', 'email'] } }))).toEqual(['mail']);
    expect(ids(plan(ways, { route: { mode: 'first', channels: ['sms', 'email'] } }))).toEqual(['mail']);
    expect(ids(plan(ways, {}))).toEqual(['mail']);
    const refused = expect.objectContaining({ code: 'opted-out', kind: 'conflict' });
    expect(() => plan(ways, { route: { mode: 'all', channels: ['sms'] } })).toThrow(refused);
    expect(() => plan(ways, { via: 'account-sms' })).toThrow(refused);
    expect(() => plan([stopped], {})).toThrow(refused);
  });

  it('does not write where an invitation waits for its answer', () => {
    const invited = way('room', { lastActiveAt: 99, closed: 'invited' });
    expect(() => plan([invited], {})).toThrow(expect.objectContaining({ code: 'invited' }));
    expect(ids(plan([invited, irc], {}))).toEqual(['irc']);
  });

  it('says when nothing leads there', () => {
    expect(() => plan([irc], { route: { mode: 'all', channels: ['sms'] } })).toThrow('No account reaches');
  });
});

describe('durationMs', () => {
  it('reads ISO 8601 and bounds it', () => {
    expect(durationMs('P1DT1H1M1.5S')).toBe(90_061_500);
    for (const bad of ['PT0S', 'P8D', '5m']) expect(() => durationMs(bad)).toThrow('at most P7D');
  });
});
