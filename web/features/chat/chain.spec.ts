import { describe, expect, test } from 'vitest';
import type { Delivery, Message, Recipient } from '../../lib/api/types';
import { byStanding, costsOf, inChain, standingText } from './chain';

const delivery = (id: string, more: Partial<Delivery> = {}): Delivery => ({
  id,
  messageId: 'm',
  channel: 'sms',
  accountId: 'a',
  network: 'sms',
  chatId: null,
  target: '+447700900142',
  status: 'sent',
  dueAt: null,
  step: 0,
  attempts: [],
  rev: 1,
  ...more,
});

describe('the order of ways', () => {
  test.each<[string, Delivery[], string[]]>([
    ['by step', [delivery('b', { step: 1 }), delivery('a')], ['a', 'b']],
    [
      'what stands in comes after what it stands in for, before the next step',
      [delivery('a'), delivery('b', { step: 1 }), delivery('c', { standsInFor: 'a' })],
      ['a', 'c', 'b'],
    ],
    [
      'a stand-in has a stand-in',
      [delivery('c', { standsInFor: 'b' }), delivery('b', { standsInFor: 'a' }), delivery('a')],
      ['a', 'b', 'c'],
    ],
    ['what it stands in for is not there', [delivery('b', { standsInFor: 'gone' })], ['b']],
  ])('%s', (_name, given, ids) => {
    expect(inChain(given).map((one) => one.id)).toEqual(ids);
  });
});

describe('where a message to several people stands', () => {
  test.each<[NonNullable<Message['recipients']>['byStatus'], number, string]>([
    [{ delivered: 3, read: 2, failed: 1, sent: 1 }, 7, '5 of 7 have it, 2 read · 1 sent · 1 failed'],
    [{ read: 1, queued: 1 }, 2, '1 of 2 has it, 1 read · 1 on the way'],
    [{ sent: 3 }, 3, 'Sent to 3 of 3'],
    [{ queued: 1, sending: 2 }, 3, '3 on the way'],
    [{ unknown: 1, cancelled: 2 }, 3, '2 cancelled · 1 in doubt'],
    [{ failed: 2 }, 2, '2 failed'],
  ])('%j of %i: %s', (byStatus, total, text) => {
    expect(standingText({ total, byStatus })).toBe(text);
  });

  test('trouble comes first, people by name', () => {
    const person = (name: string, status: Recipient['status']): Recipient => ({
      contactId: name,
      name,
      status,
      at: '2026-01-01T00:00:00.000Z',
    });
    const people = [person('Tomas', 'read'), person('Ada', 'read'), person('Noor', 'failed'), person('Eske', 'queued')];
    expect(byStanding(people).map(({ standing, people }) => [standing, people.map((one) => one.name)])).toEqual([
      ['failed', ['Noor']],
      ['queued', ['Eske']],
      ['read', ['Ada', 'Tomas']],
    ]);
  });
});

test('what the tries cost, exact to the last digit, by currency', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const paid = (amount: string, currency: string): Delivery['attempts'][number] => ({
    at,
    endedAt: at,
    outcome: 'sent',
    cost: { amount, currency },
  });
  const tries = [paid('0.1', 'EUR'), paid('0.2', 'EUR'), paid('0.0425', 'GBP')];
  expect(costsOf([delivery('a', { attempts: tries })])).toEqual([
    { amount: '0.3', currency: 'EUR' },
    { amount: '0.0425', currency: 'GBP' },
  ]);
  expect(costsOf([delivery('a')])).toEqual([]);
});
