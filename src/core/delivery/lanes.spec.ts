import { describe, expect, it } from 'vitest';
import { type LaneLimits, Lanes, type Place } from './lanes.js';

const limits: LaneLimits = {
  account: { all: 4, bulk: 3 },
  user: { all: 6, bulk: 5 },
  total: { all: 8, bulk: 6 },
  waiting: 1_000,
};

const place = (userId: string, chatId: string, more: Partial<Place> = {}): Place => ({
  userId,
  accountId: `${userId}1`,
  chatId,
  bulk: false,
  ...more,
});

/** Everything that goes now, in order. */
function run(lanes: Lanes, now = 0): string[] {
  const gone: string[] = [];
  for (let next = lanes.next(now); next; next = lanes.next(now)) gone.push(next.chatId);
  return gone;
}

describe('lanes', () => {
  it('let so many chats of an account go at once, the others in their order', () => {
    const lanes = new Lanes(limits);
    const places = [1, 2, 3, 4, 5, 6].map((at) => place('ann', `c${at}`));
    expect(places.map((one) => lanes.enter(one, 0))).toEqual([true, true, true, true, false, false]);
    expect(run(lanes)).toEqual([]);
    lanes.leave(places[0]!);
    expect(run(lanes)).toEqual(['c5']);
    lanes.leave(places[1]!);
    expect(run(lanes)).toEqual(['c6']);
  });

  it('keep room for what a person waits for while thousands go in bulk', () => {
    const lanes = new Lanes(limits);
    for (let at = 0; at < 10_000; at += 1) lanes.enter(place('ann', `b${at}`, { bulk: true }), 0);
    expect(lanes.enter(place('ann', 'now'), 0)).toBe(true);
    expect(lanes.enter(place('ann', 'next'), 0)).toBe(false);
    lanes.leave(place('ann', 'b0', { bulk: true }));
    expect(run(lanes)).toEqual(['next']);
  });

  it('take turns between users: one with ten thousand chats starves nobody', () => {
    const lanes = new Lanes({ ...limits, account: { all: 9, bulk: 9 }, user: { all: 9, bulk: 9 } });
    for (let at = 0; at < 10_000; at += 1)
      lanes.enter(place('ann', `a${at}`, { bulk: true, accountId: `ann${at % 3}` }), 0);
    for (let at = 0; at < 3; at += 1) lanes.enter(place('bob', `b${at}`, { bulk: true }), 0);
    const order: string[] = [];
    for (let at = 0; at < 6; at += 1) {
      lanes.leave(place('ann', `a${at}`, { bulk: true, accountId: `ann${at % 3}` }));
      order.push(...run(lanes).map((chat) => chat[0]!));
    }
    expect(order.slice(0, 6)).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  });

  it('leave room for other users, however many accounts one has', () => {
    const lanes = new Lanes(limits);
    const went = [0, 1, 2, 3, 4, 5, 6, 7].map((at) =>
      lanes.enter(place('ann', `a${at}`, { accountId: `ann${at}` }), 0),
    );
    expect(went.filter(Boolean)).toHaveLength(limits.user.all);
    expect(lanes.enter(place('bob', 'b'), 0)).toBe(true);
  });

  it('move a chat up once a person waits for it', () => {
    const lanes = new Lanes({ ...limits, account: { all: 1, bulk: 1 } });
    expect(lanes.enter(place('ann', 'first'), 0)).toBe(true);
    for (const chat of ['b1', 'b2', 'b3']) lanes.enter(place('ann', chat, { bulk: true }), 0);
    lanes.enter(place('ann', 'b3'), 0);
    lanes.leave(place('ann', 'first'));
    expect(run(lanes)).toEqual(['b3']);
  });

  it('begin nothing of a paused account, and put back what could not go at its place', () => {
    const lanes = new Lanes({ ...limits, account: { all: 1, bulk: 1 } });
    const head = place('ann', 'a1');
    expect(lanes.enter(head, 0)).toBe(true);
    lanes.enter(place('ann', 'a2'), 0);
    lanes.leave(head);
    lanes.putBack(head);
    lanes.pause('ann1', 100);
    expect(run(lanes, 99)).toEqual([]);
    expect(lanes.enter(place('bob', 'b'), 99)).toBe(true);
    expect(run(lanes, 100)).toEqual(['a1']);
    lanes.leave(head);
    lanes.pause('ann1', 1_000);
    lanes.resume('ann1');
    expect(run(lanes, 101)).toEqual(['a2']);
  });

  it('hold a bounded number, and say when there is room for those that are in the database', () => {
    const lanes = new Lanes({ ...limits, account: { all: 1, bulk: 1 }, waiting: 2 });
    for (const chat of ['a1', 'a2', 'a3', 'a4']) lanes.enter(place('ann', chat), 0);
    expect(lanes.dry(0)).toEqual([]);
    lanes.leave(place('ann', 'a1'));
    expect(run(lanes)).toEqual(['a2']);
    lanes.leave(place('ann', 'a2'));
    expect(run(lanes)).toEqual(['a3']);
    expect(lanes.dry(0)).toEqual(['ann1']);
    expect(lanes.dry(0)).toEqual([]);
  });
});
