'use client';
import { type FormEvent, useMemo, useState } from 'react';
import type { Buddy } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { useContacts } from '../../lib/sync/hooks';
import { Dialog } from '../../ui/dialog';
import { FormError } from '../../ui/form-error';
import { networkName } from '../../ui/network-glyph';
import { useAction } from '../../ui/use-action';
import { groupsOf } from './groups';
import { patchBuddy } from './patch-buddy';

/** The groups of the network's own contact list that somebody is in. */
export function GroupsDialog({ buddy, onClose }: { buddy: Buddy; onClose: () => void }) {
  const contacts = useContacts();
  const [mine, setMine] = useState(() => new Set(buddy.groups));
  const [added, setAdded] = useState('');
  const action = useAction();
  const known = useMemo(() => groupsOf(contacts, buddy.accountId), [contacts, buddy.accountId]);
  const shown = [...new Set([...known, ...mine])].sort((a, b) => a.localeCompare(b));
  const toggle = (group: string, on: boolean) => {
    const next = new Set(mine);
    if (on) next.add(group);
    else next.delete(group);
    setMine(next);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const groups = [...mine, ...(added.trim() ? [added.trim()] : [])];
    if (await action.run(() => patchBuddy(buddy.id, { groups: [...new Set(groups)] }))) onClose();
  };
  return (
    <Dialog title={t('person.groups-of', { name: buddy.name })} onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <p className="muted">{t('person.groups-kept-by', { network: networkName(buddy.network) })}</p>
        {shown.length > 0 && (
          <fieldset className="checks">
            <legend>{t('person.in-groups')}</legend>
            <div className="check-list">
              {shown.map((group) => (
                <label key={group} className="check">
                  <input
                    type="checkbox"
                    checked={mine.has(group)}
                    onChange={(event) => toggle(group, event.target.checked)}
                  />
                  {group}
                </label>
              ))}
            </div>
          </fieldset>
        )}
        <input
          className="input"
          aria-label={t('person.another-group')}
          placeholder={t('person.another-group')}
          maxLength={80}
          autoComplete="off"
          data-autofocus
          value={added}
          onChange={(event) => setAdded(event.target.value)}
        />
        <FormError text={action.errors.groups ?? action.error} />
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button button-primary" disabled={action.busy}>
            {t('person.save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
