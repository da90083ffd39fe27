'use client';
import type { Network } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { link, useRoute } from '../../lib/router';
import { useAccount } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';
import { NetworkGlyph } from '../../ui/network-glyph';
import { Empty, Failure, Skeleton } from '../../ui/states';
import { SignInTo } from './sign-in-to';
import { useNetworks } from './use-networks';

/** Choosing a network, then signing in to it. */
export function AddNetwork({ network: id }: { network: string | null }) {
  const route = useRoute();
  const accountId = route.at === 'add' ? route.accountId : null;
  const account = useAccount(accountId ?? '');
  const { networks, loading, error, retry } = useNetworks();
  const network = networks.find((one) => one.id === id);
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
          {error && <Failure onRetry={retry}>{error}</Failure>}
          {loading && <Skeleton rows={4} />}
          {!loading && !id && <Choices networks={networks} />}
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

function Choices({ networks }: { networks: Network[] }) {
  return (
    <ul className="choices" aria-label={t('accounts.networks')}>
      {networks.map((network) => (
        <li key={network.id}>
          <a className="choice" href={link.add(network.id)}>
            <span className="account-glyph">
              <NetworkGlyph network={network.id} channel={network.channel} size={18} quiet />
            </span>
            <span className="choice-text">
              <span className="choice-name">{network.name}</span>
              <span className="choice-sub">{network.remark ?? about(network)}</span>
            </span>
            <span className="choice-mark">
              <Icon name="next" />
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function about({ channel, loginFlows }: Network): string {
  const [first, ...others] = loginFlows;
  if (!first || others.length > 0) return t(`accounts.about-${channel}`);
  return (
    first.description ??
    t('accounts.sign-in-with', { flow: first.label.charAt(0).toLowerCase() + first.label.slice(1) })
  );
}
