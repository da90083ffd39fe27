'use client';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { lazily } from '../../ui/lazily';
import { Menu } from '../../ui/menu';
import { NetworkGlyph } from '../../ui/network-glyph';
import { choiceLabel, type ViaProps, waysOf } from './choice';

const ViaChoices = lazily(() => import('./via-choices').then((found) => found.ViaChoices));

/** "Send via": as usual, one account, a saved route, or one for this message alone. */
export function ViaPicker(props: ViaProps) {
  const { choice, known } = props;
  const label = choiceLabel(choice, known);
  const said =
    choice.is === 'usual' && (known.usual.way || known.usual.route)
      ? t('compose.named-as-usual', { name: label })
      : label;
  return (
    <Menu
      label={t('compose.send-via-name', { name: said })}
      className="via-button"
      placement="above"
      trigger={
        <>
          <span className="via-word">{t('compose.via')}</span>{' '}
          {waysOf(choice, known).map((way) => (
            <NetworkGlyph key={way.account.id} network={way.account.network} channel={way.channel} size={13} quiet />
          ))}
          <span className="via-label">{label}</span>
          <Icon name="down" size={12} />
        </>
      }
    >
      <ViaChoices {...props} />
    </Menu>
  );
}
