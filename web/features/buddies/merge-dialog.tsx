'use client';
import { useEffect, useState } from 'react';
import { call } from '../../lib/api/client';
import type { Contact } from '../../lib/api/types';
import { sentence } from '../../lib/format';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { pictureOf } from '../../lib/pictures';
import { go, link } from '../../lib/router';
import { useContact, useContacts } from '../../lib/sync/hooks';
import { Avatar } from '../../ui/avatar';
import { Confirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { Badges } from './badges';
import { matches } from './matching';
import { merge } from './merging';

const most = 30;

/** Links `other` into `into` and goes to the joint conversation. */
async function mergeAndGo(into: Contact, other: Contact): Promise<void> {
  const merged = await merge(into, other);
  go(link.about(merged));
}

function MergeConfirm({ into, other, onClose }: { into: string; other: string; onClose: () => void }) {
  const first = useContact(into);
  const second = useContact(other);
  if (!first || !second) return null;
  return (
    <Confirm
      title={t('person.merge-title')}
      action={t('person.merge')}
      work={() => mergeAndGo(first, second)}
      onClose={onClose}
    >
      <p>{rich('person.merge-why', { other: <b>{second.name}</b>, name: <b>{first.name}</b> })}</p>
    </Confirm>
  );
}

/** Picks the contact to merge into `contact`; likely ones first. */
export function MergeDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const contacts = useContacts();
  const [query, setQuery] = useState('');
  const [likely, setLikely] = useState<Map<string, string>>(new Map());
  const [chosen, setChosen] = useState<string | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    call('suggestContacts', { signal: stop.signal })
      .then(({ items }) => {
        const mine = items.filter((item) => item.contactIds.includes(contact.id));
        setLikely(new Map(mine.map((item) => [item.contactIds.find((id) => id !== contact.id) ?? '', item.reason])));
      })
      .catch(() => {});
    return () => stop.abort();
  }, [contact.id]);
  if (chosen) return <MergeConfirm into={contact.id} other={chosen} onClose={onClose} />;
  const found = contacts
    .filter((one) => one.id !== contact.id)
    .filter((one) =>
      matches(
        query,
        one.name,
        one.buddies.map((buddy) => buddy.address),
      ),
    )
    .sort((a, b) => Number(likely.has(b.id)) - Number(likely.has(a.id)) || a.name.localeCompare(b.name));
  return (
    <Dialog title={t('person.merge-name-with', { name: contact.name })} onClose={onClose}>
      <input
        className="input"
        type="search"
        aria-label={t('person.find-a-contact')}
        placeholder={t('person.find-a-contact')}
        data-autofocus
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <ul className="pick-list" aria-label={t('person.contacts')}>
        {found.slice(0, most).map((one) => (
          <li key={one.id}>
            <button type="button" className="pick" onClick={() => setChosen(one.id)}>
              <Avatar name={one.name} seed={one.id} url={pictureOf(one)} size={28} />
              <span className="pick-text">
                <span className="pick-name">{one.name}</span>{' '}
                <span className="pick-detail">
                  {likely.has(one.id)
                    ? sentence(likely.get(one.id) ?? '')
                    : (one.buddies[0]?.address ?? one.addresses[0]?.value ?? '')}
                </span>
              </span>
              {likely.has(one.id) && <span className="tag">{t('person.likely')}</span>}
              <Badges networks={[...new Set(one.buddies.map((buddy) => buddy.network))]} />
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="muted">{t('person.nobody-else')}</p>}
    </Dialog>
  );
}
