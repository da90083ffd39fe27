'use client';
import type { Conversation } from '../../lib/api/types';
import { Icon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/menu';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import { PresenceDot } from '../../ui/presence-dot';
import { type Choice, choiceLabel, type Mode, routeLabel, waysOf } from './choice';
import { bestPerChannel, type Way } from './ways';

type Props = { conversation: Conversation; choice: Choice; ways: Way[]; onChoose: (choice: Choice) => void };

/** "Send via": one account, or a route over the channels this person has. */
export function ViaPicker({ choice, ways, onChoose }: Props) {
  const routes: Mode[] = bestPerChannel(ways).length > 1 ? ['first', 'all', 'fallback'] : ['first'];
  const chosen = waysOf(choice, ways);
  const label = choiceLabel(choice, ways);
  return (
    <Menu
      label={`Send via ${label}`}
      className="via-button"
      placement="above"
      trigger={
        <>
          <span className="via-word">via</span>{' '}
          {chosen.map((way) => (
            <NetworkGlyph key={way.account.id} network={way.account.network} channel={way.channel} size={13} quiet />
          ))}
          <span className="via-label">{label}</span>
          <Icon name="down" size={12} />
        </>
      }
    >
      {(close) => (
        <>
          <p className="menu-title">Send via</p>
          {distinct(ways).map((way) => (
            <MenuItem
              key={way.account.id}
              checked={choice.is === 'account' && choice.accountId === way.account.id}
              onSelect={() => {
                onChoose({ is: 'account', accountId: way.account.id });
                close();
              }}
            >
              <NetworkGlyph network={way.account.network} channel={way.channel} quiet />
              <span className="menu-text">
                <span>{way.account.name}</span>
                <span className="menu-sub">
                  {networkName(way.account.network)} · {way.address}
                </span>
              </span>
              {way.presence !== 'unknown' && <PresenceDot state={way.presence} />}
            </MenuItem>
          ))}
          {ways.length > 1 && (
            <>
              <hr className="menu-line" />
              {routes.map((mode) => (
                <MenuItem
                  key={mode}
                  checked={choice.is === 'route' && choice.mode === mode}
                  onSelect={() => {
                    onChoose({ is: 'route', mode });
                    close();
                  }}
                >
                  <Icon name={mode === 'first' ? 'star' : mode === 'all' ? 'split' : 'clock'} />
                  <span className="menu-text">
                    <span>{routeLabel(mode, ways)}</span>
                    <span className="menu-sub">{explain(mode)}</span>
                  </span>
                </MenuItem>
              ))}
            </>
          )}
        </>
      )}
    </Menu>
  );
}

/** One entry an account; a second address on the same account is not a choice the route can express. */
function distinct(ways: Way[]): Way[] {
  return ways.filter((way, index) => ways.findIndex((one) => one.account.id === way.account.id) === index);
}

function explain(mode: Mode): string {
  if (mode === 'first') return 'The first channel that can take it';
  if (mode === 'all') return 'Every channel at once';
  return 'The next only if the one before stays silent';
}
