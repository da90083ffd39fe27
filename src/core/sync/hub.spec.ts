import { expect, test } from 'vitest';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import type { Log } from '../log.js';
import type { Change, Frame, SyncPage } from './change.js';
import { Hub } from './hub.js';

const log: Log = { debug() {}, info() {}, warn() {} };
const row = (id: string, rev: number): Change => ({ kind: 'account', id, rev, value: null });

/** A hub whose reads are answered by hand: `reads[n]` is the nth, from that revision on. */
function atHub(newest: number) {
  const reads: { since: number; answer(page: Omit<SyncPage, 'more'>): Promise<void> }[] = [];
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  const hub = new Hub(
    {
      newest: async () => newest,
      since: (_user, since) =>
        new Promise((resolve) => {
          const answer = (page: Omit<SyncPage, 'more'>) => {
            resolve({ ...page, more: false });
            return settled();
          };
          reads.push({ since, answer });
        }),
      conversations: async () => [],
    },
    { publish() {} },
    new FakeClock(),
    log,
  );
  const heard: Frame[] = [];
  const subscribe = async (since: number) => {
    const joined = hub.subscribe('robin', since, (frame) => heard.push(JSON.parse(frame)));
    await settled();
    return joined;
  };
  return { hub, reads, heard, subscribe, settled };
}

test('who comes back is not told again, of a time before that, what was read for them meanwhile', async () => {
  const { reads, heard, subscribe, settled } = atHub(5);
  void subscribe(0);
  await settled();
  const [forAll, forOne] = reads;
  expect([forAll?.since, forOne?.since]).toEqual([5, 0]);
  await forAll?.answer({ changes: [row('a', 6)], rev: 6 });
  await forOne?.answer({ changes: [row('c', 2), row('a', 7)], rev: 7 });
  expect(heard).toEqual([{ type: 'changes', changes: [row('c', 2), row('a', 7)], rev: 7 }]);
});

test('what came after the last read is told, and no more than that', async () => {
  const { hub, reads, heard, subscribe, settled } = atHub(5);
  void subscribe(5);
  await settled();
  await reads[0]?.answer({ changes: [row('a', 6)], rev: 6 });
  hub.rung('robin');
  await reads[2]?.answer({ changes: [row('b', 7), row('a', 8)], rev: 8 });
  hub.broadcast('robin', { type: 'presence', buddies: [] });
  await reads[1]?.answer({ changes: [row('a', 6), row('b', 7)], rev: 7 });
  expect(heard).toEqual([
    { type: 'changes', changes: [row('a', 6), row('b', 7)], rev: 7 },
    { type: 'changes', changes: [row('a', 8)], rev: 8 },
    { type: 'presence', buddies: [] },
  ]);
});

test('where more was told meanwhile than is held, the rest is read', async () => {
  const { hub, reads, heard, subscribe, settled } = atHub(5);
  void subscribe(5);
  await settled();
  for (let time = 0; time < 10_001; time += 1) hub.broadcast('robin', { type: 'presence', buddies: [] });
  await reads[1]?.answer({ changes: [], rev: 5 });
  expect(reads[2]?.since).toBe(5);
  await reads[2]?.answer({ changes: [row('a', 6)], rev: 6 });
  expect(heard.filter(({ type }) => type === 'changes')).toEqual([
    { type: 'changes', changes: [], rev: 5 },
    { type: 'changes', changes: [row('a', 6)], rev: 6 },
  ]);
});
