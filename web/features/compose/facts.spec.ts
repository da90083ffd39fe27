import { expect, test } from 'vitest';
import type { Account, Capabilities } from '../../lib/api/types';
import { factsOf } from './facts';
import { remarks } from './losses';
import { bestPerChannel, type Way } from './ways';

type Change = Partial<Omit<Way, 'can'>> & { network?: string; can?: Partial<Capabilities>; send?: object };

function way({ network = 'matrix', can, send, ...more }: Change = {}): Way {
  const capabilities: Capabilities = {
    send: {
      maxLength: 100,
      formatting: 'full',
      attachments: 'full',
      replies: 'full',
      idempotent: true,
      proves: 'read',
      ...send,
    },
    edits: true,
    deletions: true,
    reactions: true,
    typing: true,
    readReceipts: true,
    presence: true,
    history: true,
    members: true,
    invites: true,
    topic: true,
    ...can,
  };
  const account: Account = {
    id: network,
    network,
    channel: 'im',
    name: network,
    state: { is: 'online' },
    enabled: true,
    lastEventAt: null,
    profileId: null,
    capabilities,
    rev: 1,
  };
  return {
    account,
    channel: 'im',
    address: 'ada',
    presence: 'unknown',
    buddyId: null,
    can: capabilities,
    encrypted: false,
    closed: null,
    ...more,
  };
}

const texts = (ways: Way[]) => factsOf(ways).map((fact) => fact.text);
const draft = { text: 'Hi', attachments: [], replies: false, formatted: false };
const said = (change: object, ...ways: Way[]) => remarks({ ...draft, ...change }, ways).map(({ text }) => text);

test('a chat that can do everything says only whether it is encrypted', () => {
  expect(texts([way({ encrypted: true })])).toEqual(['End-to-end encrypted']);
  expect(texts([])).toEqual([]);
});

test('what one chat does not do', () => {
  const irc = way({ network: 'irc', can: { edits: false }, send: { proves: 'sent', attachments: 'rejected' } });
  expect(texts([irc])).toEqual(['Not end-to-end encrypted', 'no edits', 'no word of delivery', 'no files']);
});

test('of several ways each fact says whose it is, unless it is that of all', () => {
  const irc = way({ network: 'irc', can: { edits: false }, send: { proves: 'sent', attachments: 'fallback' } });
  const sms = way({ network: 'sms', channel: 'sms', can: { edits: false }, send: { proves: 'delivered' } });
  expect(texts([irc, sms])).toEqual([
    'Not end-to-end encrypted',
    'no edits',
    'no word of reading',
    'files as links by IRC',
  ]);
  expect(texts([way({ encrypted: true }), irc])[0]).toBe('End-to-end encrypted only by Matrix');
});

test('what becomes of this draft', () => {
  const plain = way({ network: 'irc', send: { formatting: 'dropped', replies: 'fallback' } });
  expect(said({}, plain)).toEqual([]);
  expect(said({ formatted: true, replies: true }, plain)).toEqual([
    'IRC shows what you reply to as a quote',
    'IRC leaves the formatting out',
  ]);
  expect(said({ text: 'x'.repeat(99) }, plain)).toEqual(['1 character left for IRC']);
  const long = remarks({ ...draft, text: 'x'.repeat(101) }, [plain]);
  expect(long).toEqual([{ text: 'Too long for IRC: 101 of 100 characters', stops: true }]);
});

test('a route leaves out ways that are closed, but not the last of them', () => {
  const closed = way({ network: 'sms', channel: 'sms', closed: 'opted-out' });
  expect(bestPerChannel([way(), closed]).map((one) => one.account.network)).toEqual(['matrix']);
  expect(bestPerChannel([closed])).toEqual([closed]);
});
