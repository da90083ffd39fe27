import { describe, expect, it } from 'vitest';
import { nextMoves, type Rung, whyNow } from './fallback.js';

const MINUTE = 60_000;

function ladder(...statuses: Rung['status'][]): Rung[] {
  return statuses.map((status, step) => ({
    id: `d${step}`,
    step,
    channel: 'im',
    status,
    reason: undefined,
    dueAt: step * MINUTE,
    kind: step === 0 ? 'first' : 'fallback',
    unless: step === 0 ? undefined : 'delivered',
    withinMs: step === 0 ? 0 : MINUTE,
    conditions: undefined,
    person: undefined,
  }));
}

describe('nextMoves', () => {
  it('leaves a step out once another has proven what it waits for', () => {
    const [cancelled, ...rest] = nextMoves(ladder('delivered', 'queued'), 1);
    expect(cancelled).toMatchObject({ is: 'cancel', id: 'd1' });
    expect(rest).toEqual([]);
  });

  it('does not take less for proof', () => {
    expect(nextMoves(ladder('sent', 'queued'), 1)).toEqual([]);
    expect(nextMoves(ladder('unknown', 'queued'), 1)).toEqual([]);
  });

  it('starts the next step at once when all before it are lost, and gives it its time', () => {
    expect(nextMoves(ladder('failed', 'queued', 'queued'), 5)).toEqual([
      { is: 'due', id: 'd1', at: 5 },
      { is: 'due', id: 'd2', at: 5 + MINUTE },
    ]);
  });

  it('moves nothing that is due already', () => {
    expect(nextMoves(ladder('failed', 'queued'), 2 * MINUTE)).toEqual([]);
  });

  it('leaves an earlier step out once a later one went', () => {
    expect(nextMoves(ladder('queued', 'sent'), 2 * MINUTE)).toMatchObject([{ is: 'cancel', id: 'd0' }]);
    expect(nextMoves(ladder('queued', 'failed'), 2 * MINUTE)).toEqual([]);
  });

  it('lets deliveries that go at once alone', () => {
    const all: Rung[] = ladder('sent', 'queued').map((rung) => ({
      ...rung,
      step: 0,
      kind: 'first',
      unless: undefined,
    }));
    expect(nextMoves(all, 5)).toEqual([]);
  });

  it('leaves alone what goes in any case, and looks only at what is before a fallback', () => {
    const [im, sms, mail] = ladder('read', 'queued', 'queued');
    const always: Rung = { ...mail!, kind: 'always', unless: undefined };
    expect(nextMoves([im!, sms!, always], 1)).toMatchObject([{ is: 'cancel', id: 'd1' }]);
    const proven: Rung[] = [{ ...im!, status: 'sent' }, sms!, { ...always, status: 'read' }];
    expect(nextMoves(proven, 1)).toEqual([]);
    const late: Rung[] = [{ ...im!, status: 'failed' }, { ...sms!, status: 'sent' }, always];
    expect(nextMoves(late, 1)).toEqual([]);
  });

  it('keeps the steps of different people apart', () => {
    const [ann, sms] = ladder('read', 'queued').map((rung): Rung => ({ ...rung, person: 'ann' }));
    const [bob, mail] = ladder('sent', 'queued').map((rung): Rung => ({ ...rung, id: `b${rung.step}`, person: 'bob' }));
    expect(nextMoves([ann!, sms!, bob!, mail!], 1)).toMatchObject([{ is: 'cancel', id: 'd1' }]);
  });

  it('starts the next after quiet hours, and those after it later still', () => {
    const at = Date.UTC(2026, 10, 28, 22);
    const quiet = { from: '22:00', to: '07:00', zone: 'UTC', otherwise: 'wait' as const };
    const rungs = ladder('failed', 'queued', 'queued').map(
      (rung): Rung => ({ ...rung, dueAt: at + rung.step * MINUTE }),
    );
    const asked = rungs.map((rung): Rung => (rung.step === 1 ? { ...rung, conditions: { quiet } } : rung));
    const morning = Date.UTC(2026, 10, 29, 7);
    const planned = asked.map((rung): Rung => (rung.step === 1 ? { ...rung, dueAt: morning } : rung));
    expect(nextMoves(planned, at)).toEqual([{ is: 'due', id: 'd2', at: morning + MINUTE }]);
  });
});

describe('why a fallback goes', () => {
  const why = 'SMS unless IM has proven delivered within 1 minute: step 2 of the route Family';
  it.each<[Rung['status'], string]>([
    ['sent', 'SMS because IM had not proven delivered within 1 minute: step 2 of the route Family'],
    ['failed', 'SMS because IM failed (no such nick): step 2 of the route Family'],
    ['cancelled', 'SMS because IM did not go (no such nick): step 2 of the route Family'],
  ])('%s', (status, said) => {
    const rungs = ladder(status, 'queued').map((rung) => ({ ...rung, reason: 'no such nick' }));
    expect(whyNow(why, 'd1', rungs)).toBe(said);
  });

  it('and where what it waited for never comes', () => {
    const never = 'SMS after 1 minute, as IM never proves read here: step 2 of the route Family';
    expect(whyNow(never, 'd1', ladder('sent', 'queued'))).toBe(never);
    expect(whyNow(never, 'd1', ladder('failed', 'queued'))).toBe('SMS because IM failed: step 2 of the route Family');
  });
});
