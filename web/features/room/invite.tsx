'use client';
import { type FormEvent, useState } from 'react';
import { call } from '../../lib/api/client';
import type { Chat } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { FormError } from '../../ui/form-error';
import { notify } from '../../ui/notice';
import { useAction } from '../../ui/use-action';

/** Asks somebody in, by the address one would write to. */
export function Invite({ conversationId, chat }: { conversationId: string; chat: Chat }) {
  const [address, setAddress] = useState('');
  const action = useAction();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const asked = address.trim();
    const body = { address: asked, chatId: chat.id };
    if (!(await action.run(() => call('inviteMember', { params: { id: conversationId }, body })))) return;
    notify(t('room.is-invited', { address: asked }));
    setAddress('');
  };
  return (
    <section className="section" aria-label={t('room.invite')}>
      <h3>{t('room.invite')}</h3>
      <form className="inline-form" onSubmit={submit} noValidate>
        <input
          className="input"
          aria-label={t('room.invite-address')}
          placeholder={t('room.their-address')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={address}
          aria-invalid={action.error ? true : undefined}
          onChange={(event) => setAddress(event.target.value)}
        />
        <button type="submit" className="button" disabled={action.busy || !address.trim()}>
          {t('room.invite')}
        </button>
      </form>
      <FormError text={action.errors.address ?? action.error} />
    </section>
  );
}
