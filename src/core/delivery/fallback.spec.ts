import { describe, expect, it } from 'vitest';
import { nextMoves, type Rung } from './fallback.js';

const MINUTE = 60_000;

function ladder(...statuses: Rung['status'][]): Rung[] {
  return statuses.map((status, step) => ({
    id: `d${step}`,
    step,
    status,
    dueAt: step * MINUTE,
    unless: step === 0 ? undefined : 'delivered',
    withinMs: step === 0 ? 0 : MINUTE,
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
    const all: Rung[] = ladder('sent', 'queued').map((rung) => ({ ...rung, step: 0, unless: undefined }));
    expect(nextMoves(all, 5)).toEqual([]);
  });
});
