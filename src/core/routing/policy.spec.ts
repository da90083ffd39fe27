import { expect, describe as group, it } from 'vitest';
import { describe } from './describe.js';
import { durationMs, spelled } from './duration.js';
import { checkPolicy, policyOf, problemsOf } from './normalise.js';
import type { RoutePolicy, RouteStep } from './policy.js';
import { quietUntil } from './quiet.js';

const route = (...steps: RouteStep[]): RoutePolicy => ({ steps });
const quiet = { from: '22:00', to: '07:00', zone: 'Europe/Berlin', otherwise: 'wait' as const };

group('a policy as a sentence', () => {
  it.each<[RoutePolicy, string]>([
    [
      route({ channels: ['im'] }, { channels: ['sms'], unless: 'delivered', within: 'PT5M' }, { channels: ['email'] }),
      'IM, and if not delivered in 5 minutes SMS, and email in any case',
    ],
    [route({ channels: ['email', 'sms'] }), 'Email and SMS'],
    [route({ channels: ['im', 'email', 'sms'], pick: 'first' }), 'IM, email or else SMS'],
    [
      route({ channels: ['im'] }, { channels: ['email'], unless: 'read' }, { channels: ['sms'], within: 'P1DT2H' }),
      'IM, and if not read in 5 minutes email, and SMS in any case 1 day 2 hours later',
    ],
    [
      route(
        { channels: ['im'], only: { online: true, attachments: false } },
        { channels: ['sms'], unless: 'sent', within: 'PT90S' },
      ),
      'IM (only if they are online and without files), and if not sent in 1 minute 30 seconds SMS',
    ],
    [
      route({
        channels: ['sms'],
        only: { urgency: 'urgent', maxLength: 160, maxCost: { amount: '0.10', currency: 'EUR' }, quiet },
      }),
      'SMS (only if it is urgent, up to 160 characters, for at most 0.10 EUR and outside 22:00 to 07:00 in Europe/Berlin, else when they end)',
    ],
  ])('%#', (policy, sentence) => expect(describe(policy)).toBe(sentence));
});

group('the short form', () => {
  it.each([
    [{ mode: 'all' as const, channels: ['im' as const, 'im' as const] }, route({ channels: ['im'], pick: 'all' })],
    [{ mode: 'first' as const, channels: ['sms' as const] }, route({ channels: ['sms'], pick: 'first' })],
    [
      { mode: 'fallback' as const, channels: ['im' as const, 'sms' as const], within: 'PT1M' },
      route({ channels: ['im'] }, { channels: ['sms'], unless: 'sent', within: 'PT1M' }),
    ],
  ])('%#', (short, policy) => expect(policyOf(short)).toEqual(policy));
});

group('a policy that makes no sense', () => {
  it.each<[string, RoutePolicy, string]>([
    ['no steps', route(), 'route.steps'],
    ['a proof before the first step', route({ channels: ['im'], unless: 'read' }), 'route.steps.0.unless'],
    ['a channel twice', route({ channels: ['im', 'im'] }), 'route.steps.0.channels'],
    ['no channel', route({ channels: [] }), 'route.steps.0.channels'],
    [
      'a wait of more than a week',
      route({ channels: ['im'] }, { channels: ['sms'], within: 'P8D' }),
      'route.steps.1.within',
    ],
    [
      'quiet hours that are none',
      route({ channels: ['im'], only: { quiet: { ...quiet, to: '22:00' } } }),
      'route.steps.0.quiet',
    ],
    [
      'an unknown zone',
      route({ channels: ['im'], only: { quiet: { ...quiet, zone: 'Mars/Base' } } }),
      'route.steps.0.quiet',
    ],
  ])('%s', (_, policy, field) => {
    const fields = { [field]: expect.any(String) };
    expect(() => checkPolicy(policy)).toThrow(expect.objectContaining({ kind: 'invalid', fields }));
  });
});

group('a proof that never comes', () => {
  const policy = route({ channels: ['im'] }, { channels: ['sms'], unless: 'read', within: 'PT5M' });
  it('is said', () => {
    expect(problemsOf(policy, () => 'sent')).toEqual([
      'Nothing by IM is ever proven read: step 2 always goes, 5 minutes after the step before it.',
    ]);
    expect(problemsOf(policy, () => 'read')).toEqual([]);
    expect(problemsOf(policy, () => undefined)).toEqual([]);
  });
});

group('durations', () => {
  it('are read from ISO 8601, and bounded', () => {
    expect(durationMs('P1DT1H1M1.5S')).toBe(90_061_500);
    for (const bad of ['PT0S', 'P8D', '5m']) expect(() => durationMs(bad)).toThrow('at most P7D');
  });
  it.each([
    [500, '0.5 seconds'],
    [1000, '1 second'],
    [300_000, '5 minutes'],
    [93_600_000, '1 day 2 hours'],
  ])('%d ms are %s', (ms, words) => expect(spelled(ms)).toBe(words));
});

group('quiet hours', () => {
  const night = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' };
  const lunch = { from: '12:00', to: '13:30', zone: 'America/New_York' };
  const utc = (text: string) => Date.parse(`${text}Z`);
  it.each<[string, typeof night, string, string | undefined]>([
    ['over midnight, before it', night, '2026-11-28T21:00', '2026-11-29T06:00'],
    ['over midnight, after it', night, '2026-11-29T05:59', '2026-11-29T06:00'],
    ['their end is not quiet', night, '2026-11-29T06:00', undefined],
    ['nor is the minute before', night, '2026-11-28T20:59', undefined],
    ['summer time', night, '2026-07-01T20:00', '2026-07-02T05:00'],
    ['by day, elsewhere', lunch, '2026-11-28T17:00', '2026-11-28T18:30'],
    ['in the middle of a minute', lunch, '2026-11-28T18:29:59', '2026-11-28T18:30'],
    ['the night that the clocks go forward is an hour shorter', night, '2026-03-28T21:00', '2026-03-29T05:00'],
    ['the night that they go back is an hour longer', night, '2026-10-24T20:00', '2026-10-25T06:00'],
    [
      'an end in the hour that is left out comes with the change',
      { ...night, to: '02:30' },
      '2026-03-28T21:00',
      '2026-03-29T01:00',
    ],
    [
      'the hour that comes twice is quiet twice',
      { ...night, from: '02:00', to: '02:30' },
      '2026-10-25T01:10',
      '2026-10-25T01:30',
    ],
    ['a zone of half an hour', { ...night, zone: 'Asia/Kolkata' }, '2026-11-28T17:00', '2026-11-29T01:30'],
    ['a change of half an hour', { ...night, zone: 'Australia/Lord_Howe' }, '2026-10-03T12:00', '2026-10-03T20:00'],
    ['all day but five minutes', { ...night, from: '08:05', to: '08:00' }, '2026-11-28T07:10', '2026-11-29T07:00'],
  ])('%s', (_, hours, now, end) => expect(quietUntil(hours, utc(now))).toBe(end === undefined ? undefined : utc(end)));
});
