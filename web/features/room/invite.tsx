'use client';
import { type FormEvent, useState } from 'react';
import { call } from '../../lib/api/client';
import type { Chat } from '../../lib/api/types';
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
    notify(`${asked} is invited.`);
    setAddress('');
  };
  return (
    <section className="section" aria-label="Invite">
      <h3>Invite</h3>
      <form className="inline-form" onSubmit={submit} noValidate>
        <input
          className="input"
          aria-label="Address to invite"
          placeholder="Their address"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={address}
          aria-invalid={action.error ? true : undefined}
          onChange={(event) => setAddress(event.target.value)}
        />
        <button type="submit" className="button" disabled={action.busy || !address.trim()}>
          Invite
        </button>
      </form>
      <FormError text={action.errors.address ?? action.error} />
    </section>
  );
}
