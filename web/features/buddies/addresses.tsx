'use client';
import { type FormEvent, useState } from 'react';
import type { Contact } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { NetworkGlyph } from '../../ui/network-glyph';
import { useAction } from '../../ui/use-action';
import { patchContact } from './patch-contact';

/** Email addresses and numbers that routes may use, whether or not anyone wrote from there. */
export function Addresses({ contact }: { contact: Contact }) {
  const [text, setText] = useState('');
  const action = useAction();
  const kind = text.includes('@') ? ('email' as const) : ('phone' as const);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const value = text.trim();
    if (!value) return;
    const addresses = [...contact.addresses, { kind, value }];
    if (await action.run(() => patchContact(contact, { addresses }))) setText('');
  };
  const remove = (index: number) =>
    action.run(() => patchContact(contact, { addresses: contact.addresses.filter((_, at) => at !== index) }));
  const error = Object.values(action.errors)[0] ?? action.error;
  return (
    <section className="section" aria-label={t('person.addresses')}>
      <h3>{t('person.addresses')}</h3>
      <ul className="lines">
        {contact.addresses.map((address, index) => (
          <li key={`${address.kind} ${address.value}`} className="line">
            <NetworkGlyph
              network={address.kind === 'email' ? 'email' : 'sms'}
              title={address.kind === 'email' ? t('person.email') : t('person.phone')}
            />
            <span className="line-text line-main">{address.value}</span>
            <button
              type="button"
              className="icon-button"
              aria-label={t('person.remove-address', { address: address.value })}
              disabled={action.busy}
              onClick={() => void remove(index)}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      <form className="inline-form" onSubmit={add}>
        <input
          className="input"
          aria-label={t('person.add-address')}
          placeholder={t('person.add-address')}
          autoComplete="off"
          value={text}
          aria-invalid={error ? true : undefined}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="button" disabled={action.busy || !text.trim()}>
          {t('person.add')}
        </button>
      </form>
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </section>
  );
}
