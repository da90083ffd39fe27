import { describe, expect, it } from 'vitest';
import { type Arrival, isTold } from './rules.js';
import { attentionSettings, keywordsOf } from './settings.js';

const now = Date.UTC(2026, 10, 28, 22, 30);
const arrival: Arrival = {
  kind: 'direct',
  level: null,
  mentioned: false,
  request: 'none',
  mutedUntil: undefined,
  snoozedUntil: undefined,
};
const night = { quietHours: { from: '22:00', to: '07:00', zone: 'UTC' } };
const abroad = { quietHours: { from: '22:00', to: '07:00', zone: 'America/New_York' } };

describe('the user is told', () => {
  const rows: [string, Partial<Arrival>, object, boolean][] = [
    ['of what one person writes', {}, {}, true],
    ['of what is said in a group', { kind: 'group' }, {}, true],
    ['of nothing that channels say', { kind: 'channel' }, {}, false],
    ['of what names them in a channel', { kind: 'channel', mentioned: true }, {}, true],
    ['of all in a channel they chose', { kind: 'channel', level: 'all' }, {}, true],
    ['of no group where they want none', { kind: 'group' }, { notify: { group: 'none' } }, false],
    ['of mentions alone', { kind: 'group' }, { notify: { group: 'mentions' } }, false],
    ['of nothing at all', { level: 'none', mentioned: true }, {}, false],
    ['of no stranger', { request: 'pending' }, {}, false],
    ['of nothing that is muted', { mutedUntil: now + 1, mentioned: true }, {}, false],
    ['again once it is not', { mutedUntil: now }, {}, true],
    ['of nothing that is snoozed', { snoozedUntil: now + 1 }, {}, false],
    ['of what names them there', { snoozedUntil: now + 1, mentioned: true }, {}, true],
    ['of nothing at night', { mentioned: true }, night, false],
    ['by the clocks of where they are', {}, abroad, true],
  ];
  it.each(rows)('%s', (_, about, settings, told) => {
    expect(isTold({ ...arrival, ...about }, attentionSettings(settings), now)).toBe(told);
  });
});

it.each([
  [null],
  ['x'],
  [{ notify: 3, quietHours: 'x', keywords: 7 }],
  [{ notify: { direct: 'loud' }, quietHours: { from: '25:00', to: '1', zone: 'Mars' } }],
  [{ quietHours: { from: '08:00', to: '08:00', zone: 'UTC' } }],
])('settings that say nothing are as usual: %j', (settings) => {
  const usual = { levels: { direct: 'all', group: 'all', channel: 'mentions' }, quiet: undefined, preview: true };
  expect(attentionSettings(settings)).toEqual(usual);
  expect(keywordsOf(settings)).toEqual([]);
});
