import { expect, test } from 'vitest';
import type { Event } from '../../sdk/index.js';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import { readJid } from './ids.js';
import { Presences } from './presence.js';
import { Session } from './session.js';
import { el } from './wire.js';

test('the most available of somebody’s clients counts; what is not known any more is unknown', () => {
  const own = readJid('me@example.org/desk');
  if (!own) throw new Error('no address');
  const events: Event[] = [];
  const presences = new Presences(
    {
      ...{ session: new Session(own, new FakeClock()), own, push: (more: Event[]) => void events.push(...more) },
      ...{ nameOf: () => undefined, rooms: () => [], watchers: () => [], priority: () => 0, caps: () => el('c') },
    },
    { own: { state: 'online' }, directed: new Map() },
  );
  const said = (resource: string, show: string | undefined, type?: string) => {
    const from = readJid(`ann@example.org/${resource}`);
    const shown = show === undefined ? undefined : el('show', {}, show);
    const status = type === undefined ? el('status', {}, resource) : undefined;
    if (from) presences.onPresence(el('presence', { from: from.full, type }, shown, status), from);
    const last = events.at(-1);
    return last?.type === 'presence' ? [last.state, last.note] : undefined;
  };
  expect(said('phone', 'xa')).toEqual(['away', 'phone']);
  expect(said('desk', undefined)).toEqual(['online', 'desk']);
  expect(said('tablet', 'dnd')).toEqual(['online', 'desk']);
  expect(said('desk', undefined, 'unavailable')).toEqual(['away', 'phone']);
  expect(said('phone', undefined, 'unavailable')).toEqual(['dnd', 'tablet']);
  presences.forget();
  expect(events.at(-1)).toMatchObject({ state: 'unknown', buddy: { id: 'ann@example.org' } });
});
