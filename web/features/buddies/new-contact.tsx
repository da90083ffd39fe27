'use client';
import { type FormEvent, useState } from 'react';
import { call } from '../../lib/api/client';
import { t } from '../../lib/i18n';
import { go, link } from '../../lib/router';
import { store } from '../../lib/sync/store';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { useAction } from '../../ui/use-action';

export function NewContact({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [phone, setPhone] = useState('');
  const action = useAction();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const addresses = [
      ...(email.trim() ? [{ kind: 'email' as const, value: email.trim() }] : []),
      ...(phone.trim() ? [{ kind: 'phone' as const, value: phone.trim() }] : []),
    ];
    const done = await action.run(async () => {
      const contact = await call('createContact', { body: { name: name.trim(), addresses } });
      store.contacts.set(contact.id, contact);
      store.touch('contacts');
      go(link.person(contact.id));
    });
    if (done) onClose();
  };
  const error = (...keys: string[]) => keys.map((key) => action.errors[key]).find(Boolean);
  return (
    <Dialog title={t('person.new-contact')} onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <TextField
          label={t('person.name')}
          data-autofocus
          autoComplete="off"
          value={name}
          onValue={setName}
          error={error('name')}
        />
        <TextField
          label={t('person.email')}
          type="email"
          optional
          autoComplete="off"
          value={email}
          onValue={setEmail}
          error={error('email', 'addresses.0.value')}
        />
        <TextField
          label={t('person.phone')}
          type="tel"
          optional
          autoComplete="off"
          help={t('person.phone-help')}
          value={phone}
          onValue={setPhone}
          error={error('phone', 'addresses.1.value')}
        />
        <FormError text={action.error} />
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button button-primary" disabled={action.busy || !name.trim()}>
            {t('person.create-contact')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
