'use client';
import type { Account, Buddy } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/menu';
import { networkName } from '../../ui/network-glyph';
import type { Action } from '../../ui/use-action';
import { patchBuddy } from './patch-buddy';

type Props = {
  buddy: Buddy;
  /** What its network keeps and lets us change. */
  keeps: Account['keeps'];
  action: Action;
  onGroups: () => void;
  onSplit: (() => void) | null;
};

/** What can be asked of the network about one person. */
export function BuddyMenu({ buddy, keeps, action, onGroups, onSplit }: Props) {
  const network = networkName(buddy.network);
  const { blocked = false, listed = false } = buddy;
  if (!keeps?.contacts && !keeps?.blocking && !onSplit) return <span className="line-gap" />;
  const change = (body: { listed: boolean } | { blocked: boolean }) => () =>
    void action.run(() => patchBuddy(buddy.id, body));
  return (
    <Menu
      label={t('person.actions-for-on', { address: buddy.address, network })}
      title={t('person.actions')}
      trigger={<Icon name="more" />}
    >
      {keeps?.contacts && (
        <MenuItem onSelect={change({ listed: !listed })}>
          <Icon name={listed ? 'close' : 'plus'} />
          {listed ? t('person.take-out-of-list', { network }) : t('person.add-to-list', { network })}
        </MenuItem>
      )}
      {keeps?.contacts && listed && (
        <MenuItem onSelect={onGroups}>
          <Icon name="people" /> {t('person.edit-groups')}
        </MenuItem>
      )}
      {onSplit && (
        <MenuItem onSelect={onSplit}>
          <Icon name="split" /> {t('person.split-off')}
        </MenuItem>
      )}
      {keeps?.blocking && (
        <MenuItem danger={!blocked} onSelect={change({ blocked: !blocked })}>
          <Icon name="block" /> {blocked ? t('person.unblock') : t('person.block')}
        </MenuItem>
      )}
    </Menu>
  );
}
