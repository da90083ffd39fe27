import { expect, test } from 'vitest';
import { FakeClock } from '../sdk/testing/fake-clock.js';
import { Chores } from './chores.js';

test('are done by whoever they belong to, every ten minutes; others look more often whether they do now', async () => {
  const clock = new FakeClock(0);
  const done: string[] = [];
  const leads = { one: true, other: false };
  const log = { debug: () => {}, info: () => {}, warn: () => {} };
  const of = (who: keyof typeof leads) =>
    new Chores([{ name: 'sweep', run: async () => void done.push(who) }], clock, log, async () => leads[who]);
  const [one, other] = [of('one'), of('other')];
  const after = async (ms: number) => {
    clock.advance(ms);
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  one.start();
  other.start();
  await after(0);
  expect(done).toEqual(['one']);
  await after(60_000);
  expect(done).toEqual(['one']);
  await after(540_000);
  expect(done).toEqual(['one', 'one']);
  Object.assign(leads, { one: false, other: true });
  await after(10_000);
  expect(done).toEqual(['one', 'one', 'other']);
  await Promise.all([one.stop(), other.stop()]);
  await after(3_600_000);
  expect(done).toHaveLength(3);
});
