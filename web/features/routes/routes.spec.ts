import { beforeAll, describe, expect, it } from 'vitest';
import type { RoutePolicy, RouteStep } from '../../lib/api/types';
import { loadAllTexts } from '../../lib/i18n';
import { joinBy, moveStep, removeStep, toggleChannel, withWithin } from './edit';
import { presets } from './presets';
import { minutesOf, spelled } from './times';
import { sentenceOf } from './words';

beforeAll(loadAllTexts);

const im: RouteStep = { channels: ['im'] };
const sms: RouteStep = { channels: ['sms'], unless: 'delivered', within: 'PT5M' };
const mail: RouteStep = { channels: ['email'] };

describe('a route in words', () => {
  it.each<[RouteStep[], string]>([
    [[im], 'IM'],
    [[im, sms, mail], 'IM, and if not delivered in 5 minutes SMS, and email in any case'],
    [[im, { ...sms, unless: 'read', within: 'PT1H30M' }], 'IM, and if not read in 1 hour 30 minutes SMS'],
    [[im, { ...mail, within: 'P1D' }], 'IM, and email in any case 1 day later'],
    [[{ channels: ['im', 'sms', 'email'], pick: 'all' }], 'IM, SMS and email'],
    [[{ channels: ['im', 'sms'], pick: 'first' }], 'IM or else SMS'],
    [[im, { channels: ['sms'], unless: 'sent' }], 'IM, and if not sent in 5 minutes SMS'],
    [
      [im, { ...sms, only: { online: true, urgency: 'urgent', maxLength: 160, attachments: false } }],
      'IM, and if not delivered in 5 minutes SMS (only if they are online, if it is urgent, up to 160 characters and without files)',
    ],
    [[{ ...im, only: { maxCost: { amount: '0.10', currency: 'EUR' } } }], 'IM (only for at most 0.10 EUR)'],
  ])('%#', (steps, words) => {
    expect(sentenceOf({ steps })).toBe(words);
  });

  it('has every preset begin with a step that waits for nothing', () => {
    for (const { policy } of presets) expect(policy.steps[0]?.unless).toBe(undefined);
  });
});

describe('changing a route', () => {
  const policy: RoutePolicy = { steps: [im, sms, mail] };

  it('moves the words of a step, and leaves what joins them', () => {
    expect(moveStep(policy, 1, -1).steps).toEqual([
      { channels: ['sms'] },
      { channels: ['im'], unless: 'delivered', within: 'PT5M' },
      mail,
    ]);
    expect(moveStep(policy, 2, 1)).toEqual(policy);
  });

  it('makes what comes first wait for nothing', () => {
    expect(removeStep(policy, 0).steps).toEqual([{ channels: ['sms'] }, mail]);
    expect(removeStep({ steps: [im] }, 0).steps).toEqual([im]);
  });

  it('keeps one channel at least, and a choice between several', () => {
    expect(toggleChannel(im, 'im')).toEqual(im);
    expect(toggleChannel(im, 'sms')).toEqual({ channels: ['im', 'sms'], pick: 'all' });
    expect(toggleChannel({ channels: ['im', 'sms'], pick: 'first' }, 'sms')).toEqual(im);
  });

  it('turns a fallback into a step that goes in any case, and back', () => {
    expect(joinBy(sms, undefined)).toEqual({ channels: ['sms'] });
    expect(joinBy(mail, 'read')).toEqual({ channels: ['email'], unless: 'read', within: 'PT5M' });
    expect(withWithin(sms, undefined)).toEqual({ channels: ['sms'], unless: 'delivered' });
  });
});

it.each([
  ['PT5M', 5, '5 minutes'],
  ['P1DT2H', 1560, '1 day 2 hours'],
  ['PT30S', 0.5, '30 seconds'],
  ['PT90M', 90, '1 hour 30 minutes'],
])('%s is %d minutes', (duration, minutes, words) => {
  expect(minutesOf(duration)).toBe(minutes);
  expect(spelled(minutes)).toBe(words);
});
