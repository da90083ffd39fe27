import { expect, test } from 'vitest';
import type { Event } from '../../sdk/index.js';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import { readJid } from './ids.js';
import { Presences } from './presence.js';
import { Session } from './session.js';
import { el } from './wire.js';

function scene() {
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
  return { events, presences };
}

test('the most available of somebody’s clients counts; what is not known any more is unknown', () => {
  const { events, presences } = scene();
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

test('of clients that are as available the one used last speaks; who is on a call says so until it ends', () => {
  const { events, presences } = scene();
  const ann = (resource: string) => readJid(`ann@example.org${resource && `/${resource}`}`)!;
  const idle = (resource: string, since: string) =>
    presences.onPresence(
      el('presence', {}, el('show', {}, 'away'), el('idle', { xmlns: 'urn:xmpp:idle:1', since })),
      ann(resource),
    );
  const node = 'http://jabber.org/protocol/activity';
  const does = (...what: Parameters<typeof el>[2][]) =>
    presences.onActivity(
      el('event', {}, el('items', { node }, el('item', {}, el('activity', { xmlns: node }, ...what)))),
      ann(''),
    );
  idle('phone', '2026-01-01T10:00:00Z');
  idle('desk', '2026-01-01T12:00:00Z');
  expect(events.at(-1)).toMatchObject({ state: 'away', idleSince: Date.UTC(2026, 0, 1, 12) });
  idle('desk', 'yesterday');
  expect(events.at(-1)).not.toHaveProperty('idleSince');
  does(el('talking', {}, el('on_the_phone')));
  expect(events.at(-1)).toMatchObject({ state: 'away', activity: 'call' });
  const told = events.length;
  does(el('talking', {}, el('on_video_phone')));
  expect(events.length).toBe(told);
  does();
  expect(events.at(-1)).not.toHaveProperty('activity');
});
