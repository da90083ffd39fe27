'use client';
import { useEffect } from 'react';
import { t } from '../../lib/i18n';
import { link, useRoute } from '../../lib/router';
import { useAccount } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';
import { Empty, Failure, Skeleton } from '../../ui/states';
import { GuideSteps } from '../welcome/guide-steps';
import { chooseFirst, useGuide } from '../welcome/use-guide';
import { NetworkChoices } from './network-choices';
import { SignInTo } from './sign-in-to';
import { useNetworks } from './use-networks';

/** Choosing a network, then signing in to it. */
export function AddNetwork({ network: id }: { network: string | null }) {
  const route = useRoute();
  const accountId = route.at === 'add' ? route.accountId : null;
  const account = useAccount(accountId ?? '');
  const { networks, loading, error, retry } = useNetworks();
  const network = networks.find((one) => one.id === id);
  const { guided, next } = useGuide();
  const first = guided && next === 'network' ? network?.id : undefined;
  useEffect(() => {
    if (first) chooseFirst(first);
  }, [first]);
  const title = account
    ? t('accounts.sign-in-title', { name: account.name })
    : network
      ? t('accounts.add-title', { name: network.name })
      : t('accounts.add-network');
  return (
    <main className="pane" aria-label={title}>
      <header className="pane-head">
        <a
          className={id ? 'icon-button' : 'icon-button back'}
          href={!id ? link.home : accountId ? link.networks : link.add()}
          aria-label={t(
            !id ? 'accounts.back-to-list' : accountId ? 'accounts.back-to-networks' : 'accounts.back-to-all',
          )}
        >
          <Icon name="back" />
        </a>
        <h1 className="pane-title">{title}</h1>
      </header>
      <div className="pane-scroll">
        <div className="page-column">
          {guided && <GuideSteps now={next === 'conversation' ? next : id ? 'sign-in' : 'network'} />}
          {!id && <NetworkChoices />}
          {id && error && <Failure onRetry={retry}>{error}</Failure>}
          {id && loading && <Skeleton rows={4} />}
          {network && <SignInTo key={`${network.id} ${accountId}`} network={network} accountId={accountId} />}
          {id && !loading && !error && !network && (
            <Empty
              title={t('accounts.not-installed')}
              action={
                <a className="button" href={link.add()}>
                  {t('accounts.all-networks')}
                </a>
              }
            >
              {t('accounts.no-adapter', { id })}
            </Empty>
          )}
        </div>
      </div>
    </main>
  );
}
