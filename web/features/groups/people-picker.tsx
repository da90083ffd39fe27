'use client';
import { memo, useDeferredValue, useMemo, useState } from 'react';
import type { Account, Contact } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { pictureOf } from '../../lib/pictures';
import { useAccounts, useContacts, useConversations } from '../../lib/sync/hooks';
import { Avatar } from '../../ui/avatar';
import { Icon } from '../../ui/icons';
import { Empty } from '../../ui/states';
import { VirtualList } from '../../ui/virtual-list';
import { circlesOf, found, problemOf } from './reach';
import { ReachMarks } from './reach-marks';

type Props = {
  label: string;
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
  /** At most so many may be chosen. */
  most: number;
};

const rowHeight = 44;

/** People to tick, searched by name or address: quick with ten, and with ten thousand. */
export const PeoplePicker = memo(function PeoplePicker({ label, chosen, onChange, most }: Props) {
  const contacts = useContacts();
  const conversations = useConversations();
  const accounts = useAccounts();
  const [typed, setTyped] = useState('');
  const [key, setKey] = useState('');
  const query = useDeferredValue(typed);
  const circles = useMemo(() => circlesOf(contacts, conversations), [contacts, conversations]);
  const circle = circles.find((one) => one.key === key);
  const shown = useMemo(() => found(contacts, query, circle), [contacts, query, circle]);
  const missing = shown.filter((one) => !chosen.has(one.id));
  const all = shown.length > 0 && missing.length === 0;
  const narrowed = query.trim() !== '' || circle !== undefined;
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id) && next.size < most) next.add(id);
    onChange(next);
  };
  const toggleAll = () => {
    const next = new Set(chosen);
    if (all) for (const one of shown) next.delete(one.id);
    else for (const one of missing.slice(0, most - chosen.size)) next.add(one.id);
    onChange(next);
  };
  return (
    <fieldset className="picker">
      <legend className="visually-hidden">{label}</legend>
      <div className="picker-tools">
        <input
          className="input"
          type="search"
          aria-label={t('groups.find')}
          placeholder={t('groups.find-by')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            // Enter in a search does not send the form it stands in.
            if (event.key === 'Enter') event.preventDefault();
          }}
        />
        {circles.length > 0 && (
          <select
            className="input"
            aria-label={t('groups.of-group')}
            value={key}
            onChange={(event) => setKey(event.target.value)}
          >
            <option value="">{t('groups.everybody')}</option>
            {circles.map((one) => (
              <option key={one.key} value={one.key}>
                {one.name}
              </option>
            ))}
          </select>
        )}
      </div>
      <div className="picker-sum">
        <span role="status">
          {t(chosen.size >= most ? 'groups.chosen-all' : 'groups.chosen', { count: chosen.size })}
        </span>
        {shown.length > 1 && (
          <button type="button" className="link-button" onClick={toggleAll}>
            {t(`groups.choose-${all ? 'none' : 'all'}${narrowed ? '-found' : ''}`, { count: shown.length })}
          </button>
        )}
      </div>
      {shown.length === 0 ? (
        <Empty title={contacts.length === 0 ? t('groups.nobody-yet') : t('groups.nobody-fits')}>
          {contacts.length === 0 && t('groups.nobody-text')}
        </Empty>
      ) : (
        <VirtualList
          label={label}
          items={shown}
          keyOf={(one) => one.id}
          rowHeight={rowHeight}
          about={`${key} ${query}`}
        >
          {(one) => (
            <PersonCheck
              contact={one}
              accounts={accounts}
              checked={chosen.has(one.id)}
              onToggle={() => toggle(one.id)}
            />
          )}
        </VirtualList>
      )}
    </fieldset>
  );
});

type CheckProps = { contact: Contact; accounts: Account[]; checked: boolean; onToggle: () => void };

function PersonCheck({ contact, accounts, checked, onToggle }: CheckProps) {
  const problem = problemOf(contact, accounts);
  return (
    <label className="person-check">
      <input type="checkbox" data-roving checked={checked} onChange={onToggle} />
      <Avatar name={contact.name} seed={contact.id} url={pictureOf(contact)} size={28} />
      <span className="line-text">
        <span className="line-main">{contact.name}</span>
        {problem && (
          <span className="line-sub person-problem">
            <Icon name="warning" size={12} /> {problem}
          </span>
        )}
      </span>
      <ReachMarks contact={contact} accounts={accounts} />
    </label>
  );
}
