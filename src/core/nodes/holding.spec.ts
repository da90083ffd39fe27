import { expect, test } from 'vitest';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import { DEAD_MS, Holding, type NodeStore } from './holding.js';

const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
const log = { debug: () => {}, info: () => {}, warn: () => {} };

/** The rows that the nodes of a database share. */
class Rows {
  readonly beats = new Map<string, number>();
  readonly users = new Map<string, string | undefined>();
  readonly away = new Set<string>();

  constructor(readonly clock: FakeClock) {}

  of(id: string): NodeStore {
    const here = async <T>(work: () => T): Promise<T> => {
      if (this.away.has(id)) throw new Error('the database is away');
      return work();
    };
    const held = (node: string) => [...this.users].filter(([, holder]) => holder === node).map(([user]) => user);
    const free = (users: readonly string[]) => {
      for (const user of users) this.users.set(user, undefined);
    };
    return {
      join: () => here(() => void this.beats.set(id, this.clock.now())),
      beat: () => here(() => this.beats.has(id) && this.beats.set(id, this.clock.now()) !== undefined),
      bury: () =>
        here(() => {
          const dead = [...this.beats].filter(([, at]) => at < this.clock.now() - DEAD_MS).map(([node]) => node);
          for (const node of dead) {
            this.beats.delete(node);
            free(held(node));
          }
          return dead;
        }),
      look: () =>
        here(() => ({
          connectors: [...this.beats.keys()].map((node) => ({ id: node, held: held(node).length })),
          nodes: [...this.beats.keys()],
          free: [...this.users.values()].filter((holder) => holder === undefined).length,
        })),
      take: (most) =>
        here(() => {
          const taken = [...this.users].filter(([, holder]) => holder === undefined).slice(0, most);
          for (const [user] of taken) this.users.set(user, id);
          return taken.map(([user]) => user);
        }),
      mine: () => here(() => held(id)),
      free: (users) => here(() => free(users)),
      leave: () =>
        here(() => {
          this.beats.delete(id);
          free(held(id));
        }),
    };
  }
}

/** Fails at once where two nodes act for one user at a time. Timers fire `earlyMs` before their time. */
function world(users: number, earlyMs = 0) {
  const clock = new FakeClock();
  const rows = new Rows(clock);
  for (let n = 0; n < users; n += 1) rows.users.set(`user ${n}`, undefined);
  const acting = new Map<string, Set<string>>();
  const stalled = new Set<string>();
  const node = (id: string) => {
    const own = new Set<string>();
    acting.set(id, own);
    const holding: Holding = new Holding(
      rows.of(id),
      {
        gained: async (ids) => {
          for (const user of ids) {
            const others = [...acting].filter(
              ([other, theirs]) => other !== id && !stalled.has(other) && theirs.has(user),
            );
            if (others.length > 0) throw new Error(`${user} is with ${others[0]?.[0]} and ${id}`);
            own.add(user);
          }
        },
        lost: async (ids) => {
          for (const user of ids) own.delete(user);
        },
        freed: () => {},
        gone: () => {},
      },
      true,
      id,
      {
        now: () => clock.now(),
        after: (ms, fn) => clock.after(Math.max(1, ms - earlyMs), () => !stalled.has(id) && fn()),
      },
      () => clock.now(),
      log,
    );
    return { holding, own };
  };
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 250) {
      clock.advance(250);
      await settle();
    }
  };
  return { rows, node, pass, stalled };
}

test('one node holds everybody as soon as it has started', async () => {
  const { node } = world(30);
  const a = node('a');
  await a.holding.start();
  await settle();
  expect(a.own.size).toBe(30);
  expect(a.holding.holds('user 7')).toBe(true);
});

test('a node that comes gets its part, one that leaves gives it back at once', async () => {
  const { node, pass } = world(30);
  const a = node('a');
  const b = node('b');
  await a.holding.start();
  await b.holding.start();
  await pass(4_000);
  expect([a.own.size, b.own.size]).toEqual([15, 15]);
  // As a process does: first everything ends.
  b.own.clear();
  const gone = b.holding.stop();
  await pass(250);
  await gone;
  await pass(1_250);
  expect(a.own.size).toBe(30);
});

test.each([0, 1])(
  'a node that the database does not hear lets go before another takes over, and comes back; timers %i ms early',
  async (earlyMs) => {
    const { rows, node, pass } = world(30, earlyMs);
    const a = node('a');
    const b = node('b');
    await a.holding.start();
    await b.holding.start();
    await pass(4_000);
    rows.away.add('b');
    await pass(7_000);
    expect(b.own.size).toBe(0);
    expect(a.own.size).toBe(15);
    await pass(6_000);
    expect(a.own.size).toBe(30);
    rows.away.delete('b');
    await pass(8_000);
    expect([a.own.size, b.own.size]).toEqual([15, 15]);
  },
);

test('a pause of the database that is over before anybody is taken for dead moves nobody', async () => {
  const { rows, node, pass } = world(10);
  const a = node('a');
  await a.holding.start();
  await pass(1_000);
  rows.away.add('a');
  await pass(7_000);
  expect(a.own.size).toBe(0);
  rows.away.delete('a');
  await pass(3_000);
  expect(a.own.size).toBe(10);
});

test('a node that was stopped acts for nobody from the moment it wakes', async () => {
  const { node, pass, stalled } = world(10);
  const a = node('a');
  const b = node('b');
  await a.holding.start();
  await b.holding.start();
  await pass(4_000);
  stalled.add('a');
  await pass(35_000);
  expect(b.own.size).toBe(10);
  expect([...a.own].some((user) => a.holding.holds(user))).toBe(false);
});
