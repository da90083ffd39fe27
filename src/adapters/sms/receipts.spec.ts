import { describe, expect, it } from 'vitest';
import { emptyState } from './journal.js';
import { addGroup, applyEarly, applyReport, type Known, normalId, readReport } from './receipts.js';

const to = '+447700900123';
const from = '447700900123';
const knows = (...ids: string[]): Known => ({
  single: (id) => (ids.includes(id) ? to : undefined),
  sendsUnderWay: () => false,
});
const report = (id: string, stat = 'DELIVRD') => {
  const read = readReport(`id:${id} sub:001 dlvrd:001 stat:${stat} err:042 text:hi`, { from }, 5);
  if (!read) throw new Error('not a report');
  return read;
};

describe('readReport', () => {
  it.each([
    ['id:7F sub:001 dlvrd:001 submit date:2611241200 done date:2611241201 stat:DELIVRD err:000 text:x', 'delivered'],
    ['ID:7f STAT:ACCEPTD', 'sent'],
    ['id:7f stat:ENROUTE', 'sent'],
    ['id:7f stat:UNDELIV err:001', 'failed'],
    ['id:7f stat:EXPIRED', 'failed'],
    ['id:7f stat:REJECTD', 'failed'],
    ['id:7f stat:UNKNOWN', 'sent'],
  ])('%s', (text, proves) => {
    expect(readReport(text, { from }, 5)).toMatchObject({ ids: ['7f'], proves });
  });

  it('takes the optional parameters where the text says nothing, and no state from the quoted text', () => {
    expect(readReport('', { id: 'AB', state: 2, from }, 5)).toMatchObject({ ids: ['ab'], proves: 'delivered' });
    expect(readReport('id:1 text:stat:DELIVRD', { from }, 5)).toBeUndefined();
    expect(readReport('stat:DELIVRD', { from }, 5)).toBeUndefined();
  });
});

describe('applyReport', () => {
  it('finds ids in the other number base, and remembers how this centre writes them', () => {
    const hexAnswer = applyReport(emptyState, report('0001715004'), knows('1a2b3c'));
    expect(hexAnswer.events).toMatchObject([{ target: '1a2b3c', proves: 'delivered' }]);
    expect(hexAnswer.state.reportIds).toBe('decimal');
    // After a restart the id is not known any more, but the way of writing is.
    expect(applyReport(hexAnswer.state, report('1715005'), knows()).events).toMatchObject([{ target: '1a2b3d' }]);
    expect(applyReport(emptyState, report('1A2B3C'), knows('1715004')).events).toMatchObject([{ target: '1715004' }]);
  });

  it('keeps ids beyond 2^53 exact', () => {
    const id = (2n ** 63n - 1n).toString();
    expect(applyReport(emptyState, report(id), knows('7fffffffffffffff')).events).toMatchObject([
      { target: '7fffffffffffffff' },
    ]);
  });

  it('takes no small number for another base: not while it may be an answer to come, nor once a report has told', () => {
    const group = addGroup(emptyState, '9+5', to, ['9', 'a', 'b', 'c', 'd', 'e'], 1);
    const held = applyReport(group, report('10'), { ...knows(), sendsUnderWay: () => true });
    expect(held).toMatchObject({ events: [], state: { early: [{ ids: ['10'] }], reportIds: 'unknown' } });
    const told = applyReport(group, report('b'), knows());
    expect(told.state.reportIds).toBe('same');
    expect(applyReport(told.state, report('10'), knows()).events).toMatchObject([{ target: '10' }]);
    const stranger = { ...report('10'), from: '447700900999' };
    expect(applyReport(group, stranger, knows()).events).toMatchObject([{ target: '10' }]);
  });

  it('proves a long message by its last part, and fails it once by any', () => {
    let state = addGroup(emptyState, 'a+2', to, ['a', 'b', 'c'], 1);
    const seen: unknown[] = [];
    for (const id of ['b', 'b', 'a', 'c']) {
      const next = applyReport(state, report(id), knows());
      state = next.state;
      seen.push(next.events.map((event) => event.type === 'receipt' && `${event.target} ${event.proves}`));
    }
    expect(seen).toEqual([[], [], [], ['a+2 delivered']]);
    expect(state.groups).toEqual([]);

    const failed = applyReport(addGroup(emptyState, 'a+1', to, ['a', 'b'], 1), report('b', 'UNDELIV'), knows());
    expect(failed.events).toMatchObject([
      { target: 'a+1', proves: 'failed', reason: 'part 2 of 2: undeliverable (error 042)' },
    ]);
    expect(applyReport(failed.state, report('a'), knows()).events).toEqual([]);
  });

  it('holds a report that came before its answer', () => {
    const held = applyReport(emptyState, report('9'), { single: () => undefined, sendsUnderWay: () => true });
    expect(held.events).toEqual([]);
    const settled = applyEarly(held.state, knows('9'));
    expect(settled.events).toMatchObject([{ target: '9', proves: 'delivered' }]);
    expect(settled.state.early).toEqual([]);
  });
});

it('spells an id one way', () => {
  expect(normalId(' 00AB ')).toBe('ab');
  expect(normalId('0')).toBe('0');
  expect(normalId('6F9619FF-8B86')).toBe('6f9619ff-8b86');
});
