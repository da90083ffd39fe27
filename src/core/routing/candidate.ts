import type { Channel, PresenceState } from '../../sdk/index.js';
import { DomainError } from '../errors.js';
import type { Proof } from './policy.js';

/** One way to reach the person (or room): an account and where it goes there. */
export type Candidate = {
  /** Distinct per account and target. */
  id: string;
  channel: Channel;
  accountId: string;
  network: string;
  /** The network's name for people. */
  label: string;
  /** Undefined where no chat exists yet. */
  chatId: string | undefined;
  target: string;
  online: boolean;
  presence: { state: PresenceState };
  lastActiveAt: number;
  /** When they last wrote there, if that is not long ago. */
  heardAt: number | undefined;
  /** An address that somebody typed, where nobody was ever met. */
  typed: boolean;
  /** Why nothing is sent this way: they asked for no more messages, or we are asked in and have not answered. */
  closed: 'opted-out' | 'invited' | undefined;
  /** The most that is ever proven there; undefined where that is not known. */
  proves?: Proof | undefined;
  /** What this message is expected to cost there, all parts together, where that was looked up and is known. */
  cost?: { amount: string; currency: string } | undefined;
};

export function closedTo(ways: readonly Candidate[]): DomainError {
  if (ways.some(({ closed }) => closed === 'invited'))
    return new DomainError('conflict', 'invited', 'You are invited here: accept the invitation before you write.');
  const targets = [...new Set(ways.map(({ target }) => target))].join(', ');
  return new DomainError('conflict', 'opted-out', `${targets} asked to get no more messages. Write another way.`);
}

export const unreachable = (channels: readonly string[]): DomainError =>
  new DomainError(
    'invalid',
    'no-route',
    `No account reaches this person by ${[...new Set(channels)].join(', ')}. Add an account, an address or another channel.`,
    { fields: { route: 'leads nowhere' } },
  );
