'use client';
import type { Account } from '../../lib/api/types';
import { sentence, until } from '../../lib/format';
import { Icon, type IconName } from '../../ui/icons';
import { useNow } from '../../ui/use-now';

type Tone = 'good' | 'busy' | 'off' | 'warn' | 'bad';

const looks: Record<Account['state']['is'], { word: string; tone: Tone; icon: IconName }> = {
  online: { word: 'Online', tone: 'good', icon: 'check' },
  backfilling: { word: 'Online, fetching history', tone: 'good', icon: 'check' },
  connecting: { word: 'Connecting…', tone: 'busy', icon: 'clock' },
  stopped: { word: 'Stopped', tone: 'off', icon: 'offline' },
  waiting: { word: 'Waiting to try again', tone: 'warn', icon: 'clock' },
  'needs-login': { word: 'Needs you to sign in', tone: 'bad', icon: 'warning' },
  failed: { word: 'Cannot connect', tone: 'bad', icon: 'warning' },
};

const lookOf = ({ enabled, state }: Account) =>
  enabled ? looks[state.is] : { ...looks.stopped, word: 'Switched off' };

export const stateWord = (account: Account): string => lookOf(account).word;

/** How an account is, in words, with the reason and the time of the next try. */
export function StateLine({ account }: { account: Account }) {
  const { word, tone, icon } = lookOf(account);
  const { why } = account.state;
  return (
    <div className="state" data-tone={tone}>
      <p className="state-word">
        <Icon name={icon} size={14} />
        {word}
        <Retry account={account} />
      </p>
      {account.enabled && why && <p className="state-why">{sentence(why)}</p>}
    </div>
  );
}

/** Counts down without telling a screen reader each second. */
function Retry({ account: { enabled, state } }: { account: Account }) {
  const retryAt = enabled && state.is === 'waiting' ? state.retryAt : undefined;
  const now = useNow(retryAt ? 1000 : null);
  if (!retryAt) return null;
  return (
    <span className="state-retry" aria-hidden="true">
      {until(retryAt, now)}
    </span>
  );
}
