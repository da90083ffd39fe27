'use client';
import type { Account, Buddy } from '../../lib/api/types';
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
    <Menu label={`Actions for ${buddy.address} (${network})`} title="Actions" trigger={<Icon name="more" />}>
      {keeps?.contacts && (
        <MenuItem onSelect={change({ listed: !listed })}>
          <Icon name={listed ? 'close' : 'plus'} />
          {listed ? `Take out of ${network}’s contact list` : `Add to ${network}’s contact list`}
        </MenuItem>
      )}
      {keeps?.contacts && listed && (
        <MenuItem onSelect={onGroups}>
          <Icon name="people" /> Edit groups
        </MenuItem>
      )}
      {onSplit && (
        <MenuItem onSelect={onSplit}>
          <Icon name="split" /> Split off
        </MenuItem>
      )}
      {keeps?.blocking && (
        <MenuItem danger={!blocked} onSelect={change({ blocked: !blocked })}>
          <Icon name="block" /> {blocked ? 'Unblock' : 'Block'}
        </MenuItem>
      )}
    </Menu>
  );
}
