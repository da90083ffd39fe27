'use client';
import { call } from '../../lib/api/client';
import type { Buddy, Contact } from '../../lib/api/types';
import { useAccounts } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';
import { Icon } from '../../ui/icons';
import { NetworkGlyph, networkName } from '../../ui/network-glyph';
import { notify } from '../../ui/notice';
import { PresenceDot } from '../../ui/presence-dot';
import type { Action } from '../../ui/use-action';

/** One line a remote identity; each can be split off again. */
export function Buddies({ contact, action }: { contact: Contact; action: Action }) {
  const accounts = useAccounts();
  if (contact.buddies.length === 0) return null;
  const split = (buddy: Buddy) =>
    action.run(async () => {
      const other = await call('splitContact', { params: { id: contact.id }, body: { buddyId: buddy.id } });
      store.contacts.set(other.id, other);
      store.touch('contacts');
      notify(`${buddy.name} is a contact of its own again.`);
    });
  return (
    <section className="section" aria-label="On networks">
      <h3>On networks</h3>
      <ul className="lines">
        {contact.buddies.map((buddy) => (
          <li key={buddy.id} className="line">
            <NetworkGlyph network={buddy.network} />
            <span className="line-text">
              <span className="line-main">{buddy.address}</span>
              <span className="line-sub">
                {networkName(buddy.network)}, by{' '}
                {accounts.find((one) => one.id === buddy.accountId)?.name ?? 'a removed account'}
                {buddy.presence.note && ` · ${buddy.presence.note}`}
              </span>
            </span>
            <PresenceDot state={buddy.presence.state} />
            {contact.buddies.length > 1 && (
              <button
                type="button"
                className="icon-button"
                aria-label={`Split off ${buddy.address} (${networkName(buddy.network)})`}
                title="Split off"
                disabled={action.busy}
                onClick={() => void split(buddy)}
              >
                <Icon name="split" />
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
