import { describe, expect, it } from 'vitest';
import { Backoff, throughGate } from '../../sdk/index.js';
import { FakeClock } from '../../sdk/testing/fake-clock.js';
import { Pacer } from './pacer.js';

describe('backoff', () => {
  it('doubles to five minutes and never ends', () => {
    const backoff = new Backoff();
    const waits = Array.from({ length: 40 }, () => backoff.next(0, 1));
    expect(waits.slice(0, 5)).toEqual([1000, 2000, 4000, 8000, 16_000]);
    expect(waits.slice(-30)).toEqual(Array(30).fill(300_000));
    backoff.reset();
    expect(backoff.next(0, 1)).toBe(1000);
  });

  it('is spread, and waits at least as long as the server wants', () => {
    expect(new Backoff().next(0, 0)).toBe(750);
    expect(new Backoff().next(30_000, 1)).toBe(30_000);
    expect(new Backoff().next(10 ** 9, 1)).toBe(300_000);
  });

  it.each([1_000, 2_000])('waits half a minute at most for a server that let us in: from %i ms', (firstMs) => {
    const backoff = new Backoff(firstMs);
    const afterEach = () => {
      backoff.signedIn();
      return backoff.next(0, 1);
    };
    expect(afterEach()).toBe(firstMs);
    for (let tries = 0; tries < 20; tries += 1) backoff.next(0, 1);
    expect(afterEach()).toBe(16_000);
    expect(backoff.next(0, 1)).toBe(32_000);
    expect(Array.from({ length: 20 }, afterEach)).toEqual(Array(20).fill(16_000));
  });
});

describe('pacing', () => {
  it('lets ten out at once, then as many a second as it was told', () => {
    const clock = new FakeClock();
    let wanted = 40;
    const out: number[] = [];
    const pump = () => {
      while (wanted > 0 && pacer.take()) {
        wanted -= 1;
        out.push(clock.now());
      }
    };
    const pacer: Pacer = new Pacer(clock, { burst: 10, perSecond: 2 }, pump);
    const start = clock.now();
    pump();
    expect(out).toHaveLength(10);
    clock.advance(10_000);
    expect(out).toHaveLength(30);
    clock.advance(60_000);
    expect(out).toHaveLength(40);
    for (let at = start; at < start + 20_000; at += 500) {
      expect(out.filter((one) => one >= at && one < at + 5000).length).toBeLessThanOrEqual(20);
    }
  });

  it('leaves no timer when it is stopped or full again', () => {
    const clock = new FakeClock();
    const pacer = new Pacer(clock, { burst: 10, perSecond: 2 }, () => {});
    pacer.take();
    expect(clock.pending).toBe(1);
    clock.advance(1000);
    expect(clock.pending).toBe(0);
    pacer.take();
    pacer.stop();
    expect(clock.pending).toBe(0);
    expect(pacer.take()).toBe(false);
    expect(clock.pending).toBe(0);
  });
});

describe('the gate', () => {
  it('lets ten in at a time, in order, and those who give up out of the queue', () => {
    const entered: number[] = [];
    const leave = Array.from({ length: 14 }, (_, at) => throughGate('irc.test:6667', () => entered.push(at)));
    expect(entered).toHaveLength(10);
    leave[10]?.();
    leave[0]?.();
    leave[0]?.();
    expect(entered.at(-1)).toBe(11);
    expect(entered).toHaveLength(11);
    for (const one of leave) one();
    expect(throughGate('irc.test:6667', () => entered.push(99))).toBeTypeOf('function');
    expect(entered.at(-1)).toBe(99);
  });
});
