'use client';
import { useState } from 'react';
import { needAll } from '../../lib/forms';
import { TextField } from '../../ui/field';

type Kind = 'set-up' | 'sign-in' | 'somebody-else';

/** What the browser may fill in: one's own name and password, never those made up for another. */
const kinds: Record<Kind, { name: string; email: string; password: string; help?: string }> = {
  'set-up': { name: 'name', email: 'username', password: 'new-password', help: 'At least 8 characters.' },
  'sign-in': { name: 'off', email: 'username', password: 'current-password' },
  'somebody-else': {
    name: 'off',
    email: 'off',
    password: 'new-password',
    help: 'At least 8 characters. Tell it to them in person.',
  },
};

export type Credentials = { name: string; email: string; password: string };

export function useCredentials(kind: Kind) {
  const [values, setValues] = useState<Credentials>({ name: '', email: '', password: '' });
  /** @throws ApiError naming what is empty */
  const read = (): Credentials => {
    const { name, email, password } = values;
    needAll(kind === 'sign-in' ? { email, password } : { name, email, password });
    return { name: name.trim(), email: email.trim(), password };
  };
  return { kind, values, setValues, read };
}

type Props = { credentials: ReturnType<typeof useCredentials>; errors: Record<string, string> };

/** Name, email and password, as far as they are asked for here. */
export function CredentialFields({ credentials: { kind, values, setValues }, errors }: Props) {
  const { help, ...complete } = kinds[kind];
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
      {kind !== 'sign-in' && <TextField label="Name" maxLength={80} {...first} {...field('name')} />}
      <TextField label="Email" type="email" {...(kind === 'sign-in' ? first : {})} {...field('email')} />
      <TextField label="Password" type="password" maxLength={128} help={help} {...field('password')} />
    </>
  );
}
