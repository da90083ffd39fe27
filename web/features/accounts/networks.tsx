'use client';
import { useEffect } from 'react';
import { t } from '../../lib/i18n';
import { link, useRoute } from '../../lib/router';
import { useAway } from '../../lib/sync/away';
import { useAccounts, useLoaded } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';
import { Empty, Skeleton } from '../../ui/states';
import { AccountCard } from './account-card';
import { AccountSettings } from './account-settings';
import { refreshAccounts } from './changes';
import { ComeBack } from './come-back';
import { useNetworks } from './use-networks';

/** Every account and how it is. */
export function Networks() {
  const accounts = useAccounts();
  const loaded = useLoaded();
  const away = useAway();
  const route = useRoute();
  const { accountId = null, loginId = null } = route.at === 'networks' ? route : {};
  const account = accounts.find((one) => one.id === accountId);
  useEffect(() => void refreshAccounts().catch(() => {}), []);
  // Asked for the names of networks that came with an adapter of their own.
  useNetworks();
  return (
    <main className="pane" aria-label={t('accounts.networks')}>
      <header className="pane-head">
        <a className="icon-button back" href={link.home} aria-label={t('accounts.back-to-list')}>
          <Icon name="back" />
        </a>
        <h1 className="pane-title">{t('accounts.networks')}</h1>
        {accounts.length > 0 && (
          <a className="button" href={link.add()}>
            <Icon name="plus" /> {t('accounts.add-network')}
          </a>
        )}
      </header>
      <div className="pane-scroll">
        <div className="page-column">
          {loginId && <ComeBack key={loginId} loginId={loginId} />}
          {!loaded && <Skeleton rows={3} />}
          {away && accounts.length > 0 && (
            <p className="as-known" role="status">
              <Icon name="offline" /> {t('accounts.as-known')}
            </p>
          )}
          {loaded && accounts.length === 0 && !loginId && (
            <Empty
              title={t('accounts.none-title')}
              action={
                <a className="button button-primary" href={link.add()}>
                  {t('accounts.add-network')}
                </a>
              }
            >
              {t('accounts.none-text')}
            </Empty>
          )}
          <ul className="accounts" aria-label={t('accounts.accounts')}>
            {accounts.map((account) => (
              <AccountCard key={account.id} account={account} />
            ))}
          </ul>
        </div>
      </div>
      {account && <AccountSettings key={account.id} account={account} />}
    </main>
  );
}
