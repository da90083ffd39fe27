import { expect, test } from 'vitest';
import type { State } from '../../sdk/index.js';
import { unreached } from './health.js';

const irc = (...states: State['is'][]) => states.map((state) => ({ network: 'irc', state }));

test.each<[string, { network: string; state: State['is'] }[], string | undefined]>([
  ['no account', [], undefined],
  ['all online', irc('online', 'backfilling'), undefined],
  ['some away', irc('online', 'waiting'), undefined],
  ['all away', irc('waiting', 'waiting'), 'irc: none of 2 accounts is online'],
  ['just started', irc('connecting', 'waiting'), undefined],
  ['a wrong password is its owner’s to mend', irc('needs-login', 'failed', 'stopped'), undefined],
  ['a wrong password beside one that is away', irc('needs-login', 'waiting'), 'irc: none of 1 accounts is online'],
  [
    'another network is online',
    [...irc('waiting'), { network: 'sms', state: 'online' }],
    'irc: none of 1 accounts is online',
  ],
])('%s', (_what, accounts, said) => expect(unreached(accounts)).toBe(said));
