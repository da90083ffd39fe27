import type { Element } from '@xmpp/client';
import { expect, test } from 'vitest';
import type { Event } from '../../sdk/index.js';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import { readJid } from './ids.js';
import { Session } from './session.js';
import { TimeZones } from './time-zones.js';
import { el } from './wire.js';

test('people of the list are asked once where they are; what makes no sense is not told', async () => {
  const own = readJid('me@example.org/desk')!;
  const session = new Session(own, new FakeClock());
  const asked: string[] = [];
  session.iq = async (_type: string, to: string | undefined, _child: Element) => {
    asked.push(to ?? '');
    const tzo = to?.startsWith('ann') ? '+05:30' : 'over there';
    return el('iq', {}, el('time', { xmlns: 'urn:xmpp:time' }, el('tzo', {}, tzo)));
  };
  const events: Event[] = [];
  const push = (more: Event[]) => void events.push(...more);
  const zones = new TimeZones({ session, push, nameOf: () => undefined, lists: (bare) => !bare.startsWith('eve') });
  for (const who of ['ann@example.org/phone', 'ann@example.org/desk', 'eve@example.org/x', 'bob@example.org/y'])
    zones.onPresence(el('presence'), readJid(who)!);
  zones.onPresence(el('presence', { type: 'unavailable' }), readJid('cat@example.org/z')!);
  await expect.poll(() => asked).toEqual(['ann@example.org/phone', 'bob@example.org/y']);
  expect(events).toMatchObject([{ type: 'contact', buddy: { id: 'ann@example.org' }, timeZone: '+05:30' }]);
});
