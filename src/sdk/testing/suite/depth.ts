import { describe, expect, test } from 'vitest';
import {
  type Capabilities,
  type Features,
  type HistoryFrom,
  type Json,
  limits,
  type MessageEvent,
} from '../../index.js';
import type { ConformanceSubject } from '../peer.js';
import { checkFields } from './manifest.js';
import { mark, pause, type Rig, refusal, withOnline } from './rig.js';
import { buddyFaults, eventFaults, isJson } from './sanity.js';

const untilTold = { tries: 40, ms: 250 };
const mostPages = 60;

/** What not every network has: tested where the manifest, or `differs`, says that it is there. */
export function depthTests(subject: ConformanceSubject): void {
  const has = (name: keyof Omit<Capabilities, 'send'>) =>
    subject.differs?.[name] ?? subject.adapter.manifest.capabilities[name];

  describe.skipIf(!has('history'))('history', () => historyTests(subject));

  test.skipIf(subject.room === undefined)('lists who is in a room, ourselves once', () =>
    withOnline(subject, async (rig) => {
      const room = await rig.resolve(subject.room ?? '', true);
      const { members } = rig.connection.chat(room.chat.id);
      if (!members) return;
      const list = await rig.watch.run(() => members.list(AbortSignal.timeout(20_000)));
      expect(isJson(list)).toBe(true);
      expect(list.length).toBeGreaterThan(0);
      expect(list.length).toBeLessThanOrEqual(limits.members);
      const ids = list.map(({ buddy }) => buddy.id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(list.flatMap(({ buddy }) => buddyFaults(buddy))).toEqual([]);
    }),
  );

  test('tells no presence in a chat that it says has none', () =>
    withOnline(subject, async (rig) => {
      const { chat, buddy } = await rig.partner();
      const { presence } = rig.connection.chat(chat.id);
      await rig.works();
      const told = rig.host.events.filter((event) => event.type === 'presence' && event.buddy.id === buddy?.id);
      if (!presence) expect(told.filter((event) => event.type === 'presence' && event.state !== 'unknown')).toEqual([]);
    }));

  test('refuses to answer an invitation that there is none of', () =>
    withOnline(subject, async (rig) => {
      const { invitations } = rig.connection;
      if (!invitations) return;
      for (const id of ['no such chat', '', '\0', 'x'.repeat(512)]) {
        await refusal(
          rig.watch.run(() => invitations.accept(id)),
          'rejected',
        );
        await refusal(
          rig.watch.run(() => invitations.decline(id)),
          'rejected',
        );
      }
      await rig.works();
    }));

  test('draws its settings and refuses what no person could mean, which changes nothing', () =>
    withOnline(subject, async (rig) => {
      const { settings } = rig.connection;
      if (!settings) return;
      const fields = settings.fields();
      checkFields(fields);
      for (const { name } of fields) {
        for (const garbage of [{ not: 'a value' }, ['x'.repeat(100_000)]]) {
          const error = await refusal(
            rig.watch.run(() => settings.change({ [name]: garbage })),
            'rejected',
          );
          expect(Object.keys(error.fields ?? {})).toContain(name);
        }
      }
      expect(settings.fields()).toEqual(fields);
      await settings.change({});
      expect(settings.fields()).toEqual(fields);
      await rig.works();
    }));
}

function historyTests(subject: ConformanceSubject): void {
  test('tells the past older and older, once, with the ids it was told by, and ends', () =>
    withOnline(subject, async (rig) => {
      const marks = Array.from({ length: 4 }, mark);
      const live: [marked: string, event: MessageEvent][] = [];
      for (const marked of marks) await rig.peer.say(`told ${marked}`);
      for (const marked of marks) live.push([marked, await rig.arrived(marked)]);
      const chat = live[0]?.[1].chat.id ?? '';
      // Where each subject is a chat of its own, the others are elsewhere.
      const here = live.filter(([, event]) => event.chat.id === chat);
      const marked = mark();
      const { remoteId } = await rig.send(`said ${marked}`, { chat });
      await rig.peer.heard(marked, 30_000);
      const wanted = [...here.map(([one]) => one), ...(subject.adapter.manifest.channel === 'im' ? [marked] : [])];
      const past = await until(
        () => all(rig, chat),
        (found) => wanted.every((one) => found.some(({ text }) => text.includes(one))),
      );
      const told = (one: string) => past.filter(({ text }) => text.includes(one));
      for (const [one, { id, from }] of here)
        expect(told(one).map((event) => [event.id, event.from?.id])).toEqual([[id, from?.id]]);
      if (wanted.includes(marked)) expect(told(marked)).toHaveLength(1);
      for (const { id, from } of told(marked)) expect([id, from]).toEqual([remoteId ?? id, undefined]);
      const [first, last] = [here[0], here.at(-1)];
      if (first && last && first !== last) {
        const oldest = { id: last[1].id, at: last[1].at };
        const { events } = await rig.watch.run(() => history(rig, chat).before({ oldest }, 50, signal()));
        const texts = events.flatMap((event) => (event.type === 'message' ? [event.text] : []));
        expect(texts.some((text) => text.includes(first[0]))).toBe(true);
        expect(texts.some((text) => text.includes(marked))).toBe(false);
      }
      await rig.works();
    }));

  test('answers a place in the past that it never gave out, and goes on', () =>
    withOnline(subject, async (rig) => {
      const { chat } = await rig.partner();
      const places: Json[] = [
        '',
        'no such place',
        -1,
        1e300,
        [],
        {},
        { v: 1, at: 'never' },
        true,
        'a\0b',
        'x'.repeat(5000),
      ];
      for (const position of places) {
        const asked = rig.watch.run(() => history(rig, chat.id).before({ position }, 10, signal()));
        const error = await asked.then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error !== undefined) await refusal(Promise.reject(error), 'rejected', 'temporary', 'rate-limited');
      }
      const nowhere = { oldest: { id: 'no such message', at: Date.now() } };
      const error = await history(rig, chat.id)
        .before(nowhere, 10, signal())
        .then(
          () => undefined,
          (reason: unknown) => reason,
        );
      if (error !== undefined) await refusal(Promise.reject(error), 'rejected', 'temporary', 'rate-limited');
      await rig.works();
    }));

  test('gives up asking for the past when told to', () =>
    withOnline(subject, async (rig) => {
      const { chat } = await rig.partner();
      const asked = rig.watch.run(() => history(rig, chat.id).before({}, 10, AbortSignal.abort()));
      const ended = asked.then(
        () => true,
        () => true,
      );
      expect(await Promise.race([ended, pause(5000).then(() => false)])).toBe(true);
      await rig.works();
    }));
}

const signal = () => AbortSignal.timeout(20_000);

function history(rig: Rig, chat: string): Features['history'] & object {
  const found = rig.connection.chat(chat).history;
  if (!found) throw new Error('the chat has no history');
  return found;
}

/** All pages from the newest to the beginning, each looked at; answers the messages, oldest first. */
async function all(rig: Rig, chat: string): Promise<MessageEvent[]> {
  const past: MessageEvent[] = [];
  let from: HistoryFrom = {};
  for (let count = 1; ; count += 1) {
    if (count > mostPages) throw new Error(`the past has no end within ${mostPages} pages`);
    const page = await rig.watch.run(() => history(rig, chat).before(from, 3, signal()));
    expect(page.events.length).toBeLessThanOrEqual(limits.historyPage);
    expect(page.events.flatMap((event) => eventFaults(event, rig.host.clock.now()))).toEqual([]);
    const messages = page.events.filter((event) => event.type === 'message');
    for (const message of messages) expect([message.backfill, message.chat.id]).toEqual([true, chat]);
    past.unshift(...messages);
    if (page.next === undefined) break;
    expect(isJson(page.next)).toBe(true);
    const oldest = past[0];
    from = { position: structuredClone(page.next), ...(oldest && { oldest: { id: oldest.id, at: oldest.at } }) };
  }
  const times = past.map(({ at }) => at);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const ids = past.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  return past;
}

/** A network may need a moment to keep what was said. */
async function until<T>(look: () => Promise<T>, fits: (found: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const found = await look();
    if (fits(found) || tries === untilTold.tries) return found;
    await pause(untilTold.ms);
  }
}
