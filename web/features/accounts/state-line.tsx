'use client';
import type { Account } from '../../lib/api/types';
import { sentence, until } from '../../lib/format';
import { t } from '../../lib/i18n';
import { Icon, type IconName } from '../../ui/icons';
import { useNow } from '../../ui/use-now';

type Tone = 'good' | 'busy' | 'off' | 'warn' | 'bad';

const looks: Record<Account['state']['is'], { tone: Tone; icon: IconName }> = {
  online: { tone: 'good', icon: 'check' },
  backfilling: { tone: 'good', icon: 'check' },
  connecting: { tone: 'busy', icon: 'clock' },
  stopped: { tone: 'off', icon: 'offline' },
  waiting: { tone: 'warn', icon: 'clock' },
  'needs-login': { tone: 'bad', icon: 'warning' },
  failed: { tone: 'bad', icon: 'warning' },
};

export const stateWord = ({ enabled, state }: Account): string =>
  enabled ? t(`account-state.${state.is}`) : t('account-state.off');

/** How an account is, in words, with the reason and the time of the next try. */
export function StateLine({ account }: { account: Account }) {
  const { enabled, state } = account;
  const { tone, icon } = looks[enabled ? state.is : 'stopped'];
  return (
    <div className="state" data-tone={tone}>
      <p className="state-word">
        <Icon name={icon} size={14} />
        {stateWord(account)}
        <Retry account={account} />
      </p>
      {enabled && state.why && <p className="state-why">{sentence(state.why)}</p>}
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
