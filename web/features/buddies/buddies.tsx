'use client';
import { useState } from 'react';
import type { Buddy, Contact } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { useAccounts } from '../../lib/sync/hooks';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import { PresenceDot } from '../../ui/presence-dot';
import type { Action } from '../../ui/use-action';
import { BuddyMenu } from './buddy-menu';
import { GroupsDialog } from './groups-dialog';
import { split } from './merging';

/** One line a remote identity, with what its network keeps of it; each can be split off again. */
export function Buddies({ contact, action }: { contact: Contact; action: Action }) {
  const accounts = useAccounts();
  const [editing, setEditing] = useState<string | null>(null);
  if (contact.buddies.length === 0) return null;
  const edited = contact.buddies.find((buddy) => buddy.id === editing);
  return (
    <section className="section" aria-label={t('person.on-networks')}>
      <h3>{t('person.on-networks')}</h3>
      <ul className="lines">
        {contact.buddies.map((buddy) => {
          const account = accounts.find((one) => one.id === buddy.accountId);
          return (
            <li key={buddy.id} className="line">
              <NetworkGlyph network={buddy.network} />
              <span className="line-text">
                <span className="line-main">{buddy.address}</span>
                <span className="line-sub">
                  {t('person.by-account', {
                    network: networkName(buddy.network),
                    account: account?.name ?? t('person.a-removed-account'),
                  })}
                  {buddy.presence.note && ` · ${buddy.presence.note}`}
                </span>
                <Kept buddy={buddy} />
              </span>
              <PresenceDot state={buddy.presence.state} />
              <BuddyMenu
                buddy={buddy}
                keeps={account?.keeps}
                action={action}
                onGroups={() => setEditing(buddy.id)}
                onSplit={contact.buddies.length > 1 ? () => void action.run(() => split(contact, buddy)) : null}
              />
            </li>
          );
        })}
      </ul>
      {edited && <GroupsDialog buddy={edited} onClose={() => setEditing(null)} />}
    </section>
  );
}

/** What the network keeps of them that is not as usual. */
function Kept({ buddy: { blocked, optedOut, groups = [] } }: { buddy: Buddy }) {
  if (!blocked && !optedOut && groups.length === 0) return null;
  return (
    <span className="line-tags">
      {blocked && <span className="tag tag-bad">{t('person.blocked-tag')}</span>}
      {optedOut && <span className="tag tag-bad">{t('person.opted-out')}</span>}
      {groups.map((group) => (
        <span key={group} className="tag">
          {group}
        </span>
      ))}
    </span>
  );
}
