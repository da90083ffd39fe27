'use client';
import { type FormEvent, useMemo, useState } from 'react';
import type { Audience } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { pictureOf } from '../../lib/pictures';
import { useContacts } from '../../lib/sync/hooks';
import { Avatar } from '../../ui/avatar';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { useAction } from '../../ui/use-action';
import { matches } from '../buddies/matching';

/** Drawn at most; the filter finds the others. */
const mostShown = 100;

type Props = {
  audience: Audience | null;
  onSave: (wanted: { name: string; contactIds: string[] }) => Promise<void>;
  onClose: () => void;
};

export function AudienceForm({ audience, onSave, onClose }: Props) {
  const contacts = useContacts();
  const [name, setName] = useState(audience?.name ?? '');
  const [members, setMembers] = useState(() => new Set(audience?.contactIds));
  const [query, setQuery] = useState('');
  const action = useAction();
  const shown = useMemo(
    () =>
      contacts
        .filter((contact) => matches(query, contact.name))
        .sort((a, b) => a.name.localeCompare(b.name))
        .slice(0, mostShown),
    [contacts, query],
  );
  const toggle = (id: string, on: boolean) => {
    const next = new Set(members);
    if (on) next.add(id);
    else next.delete(id);
    setMembers(next);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    // People who are gone by now are not asked for.
    const contactIds = contacts.filter((contact) => members.has(contact.id)).map((contact) => contact.id);
    if (await action.run(() => onSave({ name: name.trim(), contactIds }))) onClose();
  };
  return (
    <Dialog
      title={audience ? t('settings.edit-name', { name: audience.name }) : t('settings.new-audience')}
      onClose={onClose}
    >
      <form className="form" onSubmit={submit} noValidate>
        <TextField
          label={t('settings.name')}
          autoComplete="off"
          data-autofocus
          maxLength={80}
          readOnly={audience !== null}
          value={name}
          onValue={setName}
          error={action.errors.items ?? action.errors.name}
        />
        <fieldset className="checks">
          <legend>{t('settings.people')}</legend>
          {contacts.length > 8 && (
            <input
              className="input"
              type="search"
              aria-label={t('settings.find-people')}
              placeholder={t('settings.find')}
              value={query}
              onChange={(event) => setQuery(event.target.value)}
            />
          )}
          <div className="check-list">
            {shown.map((contact) => (
              <label key={contact.id} className="check">
                <input
                  type="checkbox"
                  checked={members.has(contact.id)}
                  onChange={(event) => toggle(contact.id, event.target.checked)}
                />
                <Avatar name={contact.name} seed={contact.id} url={pictureOf(contact)} size={24} />
                {contact.name}
              </label>
            ))}
            {shown.length === 0 && (
              <p className="muted">{query ? t('settings.nobody-fits') : t('settings.nobody-yet')}</p>
            )}
          </div>
        </fieldset>
        {Object.keys(action.errors).length === 0 && <FormError text={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button button-primary" disabled={action.busy || !name.trim()}>
            {t('settings.save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
