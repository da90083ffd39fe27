import { expect, test } from 'vitest';
import type { Buddy, Contact } from '../../lib/api/types';
import { idleFor, offsetOf, timeZoneOf } from './about';

const buddy = (id: string, timeZone?: string): Buddy => ({
  ...{ id, accountId: 'a1', network: 'xmpp', address: id, name: id, presence: { state: 'online' } },
  ...(timeZone && { timeZone }),
});
const contact = (more: Partial<Contact>): Contact => ({
  ...{ id: 'ada', name: 'Ada', buddies: [], addresses: [], presence: { state: 'online' }, bestBuddyId: null },
  ...{ conversationId: null, favourite: false, rev: 1 },
  ...more,
});

test.each([
  ['what the user says', contact({ timeZone: 'Asia/Tokyo', buddies: [buddy('x', '+01:00')] }), 'Asia/Tokyo'],
  [
    'the most available',
    contact({ bestBuddyId: 'y', buddies: [buddy('x', '+01:00'), buddy('y', '+02:00')] }),
    '+02:00',
  ],
  ['any', contact({ bestBuddyId: 'y', buddies: [buddy('x', '+01:00'), buddy('y')] }), '+01:00'],
  ['none', contact({ buddies: [buddy('y')] }), undefined],
])('the zone is that of %s', (_, person, zone) => {
  expect(timeZoneOf(person)).toBe(zone);
});

const winter = Date.UTC(2026, 0, 15, 23, 30);
const summer = Date.UTC(2026, 6, 15, 23, 30);
test.each([
  ['Europe/Berlin', winter, 60],
  ['Europe/Berlin', summer, 120],
  ['Asia/Kolkata', winter, 330],
  ['America/New_York', winter, -300],
  ['+05:45', summer, 345],
  ['UTC', summer, 0],
  ['Middle/Earth', summer, undefined],
])('%s at %i is %j minutes off', (zone, at, minutes) => {
  expect(offsetOf(zone, at)).toBe(minutes);
});

const since = (ms: number) => new Date(1_000_000_000 - ms).toISOString();
test.each([
  [{ state: 'away', idleSince: since(120_000) }, 120_000],
  [{ state: 'online', idleSince: since(59_000) }, undefined],
  [{ state: 'offline', idleSince: since(120_000) }, undefined],
  [{ state: 'away' }, undefined],
] as const)('%j is idle for %j', (presence, ms) => {
  expect(idleFor(presence, 1_000_000_000)).toBe(ms);
});
