'use client';
import { useEffect } from 'react';
import { link, useRoute } from '../../lib/router';
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
  const route = useRoute();
  const { accountId = null, loginId = null } = route.at === 'networks' ? route : {};
  const account = accounts.find((one) => one.id === accountId);
  useEffect(() => void refreshAccounts().catch(() => {}), []);
  // Asked for the names of networks that came with an adapter of their own.
  useNetworks();
  return (
    <main className="pane" aria-label="Networks">
      <header className="pane-head">
        <a className="icon-button back" href={link.home} aria-label="Back to the list">
          <Icon name="back" />
        </a>
        <h1 className="pane-title">Networks</h1>
        {accounts.length > 0 && (
          <a className="button" href={link.add()}>
            <Icon name="plus" /> Add a network
          </a>
        )}
      </header>
      <div className="pane-scroll">
        <div className="page-column">
          {loginId && <ComeBack key={loginId} loginId={loginId} />}
          {!loaded && <Skeleton rows={3} />}
          {loaded && accounts.length === 0 && !loginId && (
            <Empty
              title="No networks yet"
              action={
                <a className="button button-primary" href={link.add()}>
                  Add a network
                </a>
              }
            >
              Each account you sign in to stands here, with how it is doing.
            </Empty>
          )}
          <ul className="accounts" aria-label="Accounts">
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
