'use client';
import { useState } from 'react';
import { needAll } from '../../lib/forms';
import { t } from '../../lib/i18n';
import { TextField } from '../../ui/field';

type Kind = 'set-up' | 'sign-in' | 'somebody-else';

/** What the browser may fill in: one's own name and password, never those made up for another. */
const kinds: Record<Kind, { name: string; email: string; password: string }> = {
  'set-up': { name: 'name', email: 'username', password: 'new-password' },
  'sign-in': { name: 'off', email: 'username', password: 'current-password' },
  'somebody-else': { name: 'off', email: 'off', password: 'new-password' },
};

function passwordHelp(kind: Kind): string | undefined {
  if (kind === 'sign-in') return undefined;
  return t(kind === 'set-up' ? 'session.password-length' : 'session.password-theirs');
}

export type Credentials = { name: string; email: string; password: string };

export function useCredentials(kind: Kind, known = '') {
  const [values, setValues] = useState<Credentials>({ name: '', email: known, password: '' });
  /** @throws ApiError naming what is empty */
  const read = (): Credentials => {
    const { name, email, password } = values;
    needAll(kind === 'sign-in' ? { email, password } : { name, email, password });
    return { name: name.trim(), email: email.trim(), password };
  };
  return { kind, known, values, setValues, read };
}

type Props = { credentials: ReturnType<typeof useCredentials>; errors: Record<string, string> };

/** Name, email and password, as far as they are asked for here. */
export function CredentialFields({ credentials: { kind, known, values, setValues }, errors }: Props) {
  const complete = kinds[kind];
  const field = (name: keyof Credentials) => ({
    name,
    required: true,
    autoComplete: complete[name],
    value: values[name],
    onValue: (value: string) => setValues((before) => ({ ...before, [name]: value })),
    error: errors[name],
  });
  const first = kind === 'somebody-else' ? { 'data-autofocus': true } : { autoFocus: true };
  return (
    <>
      {kind !== 'sign-in' && <TextField label={t('session.name')} maxLength={80} {...first} {...field('name')} />}
      <TextField
        label={t('session.email')}
        type="email"
        {...(kind === 'sign-in' && !known ? first : {})}
        {...field('email')}
      />
      <TextField
        label={t('session.password')}
        type="password"
        maxLength={128}
        help={passwordHelp(kind)}
        {...(known ? first : {})}
        {...field('password')}
      />
    </>
  );
}
