'use client';
import type { Network } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { Icon } from '../../ui/icons';
import { NetworkGlyph } from '../../ui/network-glyph';
import { Empty, Failure, Skeleton } from '../../ui/states';
import { useNetworks } from './use-networks';

/** The networks there are on this server, each leading to its sign-in. */
export function NetworkChoices() {
  const { networks, loading, error, retry } = useNetworks();
  if (error) return <Failure onRetry={retry}>{error}</Failure>;
  if (loading) return <Skeleton rows={4} />;
  if (networks.length === 0) return <Empty title={t('accounts.none-here')}>{t('accounts.none-here-why')}</Empty>;
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
  if (!first || others.length > 0) {
    return [t(`accounts.about-${channel}`), ...loginFlows.map(({ label }) => label)].join(' · ');
  }
  return (
    first.description ??
    t('accounts.sign-in-with', { flow: first.label.charAt(0).toLowerCase() + first.label.slice(1) })
  );
}
