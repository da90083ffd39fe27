'use client';
import { useId } from 'react';
import type { Account } from '../../lib/api/types';
import { sentence, until } from '../../lib/format';
import { t } from '../../lib/i18n';
import { useAccounts } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';
import type { Action } from '../../ui/use-action';
import { useNow } from '../../ui/use-now';
import { patchAccount } from './changes';

/** The account of the same channel that sends in the place of this one while it fails, where there is one to choose. */
export function Standby({ account, action }: { account: Account; action: Action }) {
  const id = useId();
  const others = useAccounts().filter((one) => one.id !== account.id && one.channel === account.channel);
  if (account.channel === 'im' || others.length === 0) return null;
  return (
    <p className="standby">
      <label htmlFor={id}>{t('accounts.if-fails')}</label>
      <select
        className="input"
        id={id}
        value={account.standbyId ?? ''}
        disabled={action.busy}
        onChange={(event) => void action.run(() => patchAccount(account, { standbyId: event.target.value || null }))}
      >
        <option value="">{t('accounts.no-other')}</option>
        {others.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </p>
  );
}

/** It is connected, and yet nothing is sent by it for a while: how long, why, and what goes out meanwhile. */
export function Resting({ account: { resting, standbyId } }: { account: Account }) {
  const now = useNow(resting ? 1000 : null);
  const standby = useAccounts().find((one) => one.id === standbyId);
  if (!resting || Date.parse(resting.until) <= now) return null;
  return (
    <div className="state" data-tone="warn">
      <p className="state-word">
        <Icon name="clock" size={14} />
        {t('accounts.rests')}
        <span className="state-retry" aria-hidden="true">
          {t('accounts.tried-again', { when: until(resting.until, now) })}
        </span>
      </p>
      <p className="state-why">
        {sentence(resting.why)} {standby ? t('accounts.standby-sends', { name: standby.name }) : t('accounts.waits')}
      </p>
    </div>
  );
}
