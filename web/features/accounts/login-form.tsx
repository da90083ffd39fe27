'use client';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { FormField } from '../../lib/api/types';
import { useFirstBad } from '../../lib/forms';
import { link } from '../../lib/router';
import { inputOf } from './form-input';
import { LoginField } from './login-field';
import type { Login, OpenStep } from './use-login';

type Props = { step: Extract<OpenStep, { type: 'form' }>; login: Login };

/** A form as the adapter describes it; what is wrong stands at its field. */
export function LoginForm({ step, login }: Props) {
  const { fields } = step;
  const [values, setValues] = useState(() =>
    Object.fromEntries(fields.map((field) => [field.name, field.default ?? ''])),
  );
  const [open, setOpen] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const { errors, error } = login;
  const plain = fields.filter((field) => !field.advanced);
  const advanced = fields.filter((field) => field.advanced);
  const amiss = advanced.some((field) => errors[field.name]);
  useFirstBad(form, errors);
  useEffect(() => {
    // Whoever is choosing how to sign in, by arrow keys, stays there.
    const elsewhere = document.activeElement !== document.body;
    if (elsewhere || !matchMedia('(pointer: fine)').matches) return;
    form.current?.querySelector<HTMLElement>('input, textarea, select')?.focus();
  }, []);
  const draw = (field: FormField) => (
    <LoginField
      key={field.name}
      field={field}
      value={values[field.name] ?? ''}
      error={errors[field.name]}
      onValue={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
    />
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void login.answer(inputOf(fields, values));
  };
  const homeless = Object.entries(errors).filter(([name]) => !fields.some((field) => field.name === name));
  const placed = Object.keys(errors).length > homeless.length;
  return (
    <form className="form" ref={form} onSubmit={submit} noValidate aria-label={step.title ?? 'Sign in'}>
      {step.title && <h2 className="login-title">{step.title}</h2>}
      {plain.map(draw)}
      {advanced.length > 0 && (
        <details className="more-options" open={open || amiss} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>More options</summary>
          <div className="form">{advanced.map(draw)}</div>
        </details>
      )}
      {error && !placed && (
        <p className="form-error" role="alert">
          {homeless.length > 0 ? homeless.map(([, text]) => text).join(' ') : error}
        </p>
      )}
      <div className="login-actions">
        <button type="submit" className="button button-primary" disabled={login.busy}>
          {login.busy ? 'Signing in…' : 'Sign in'}
        </button>
        <a className="button" href={link.networks}>
          Cancel
        </a>
      </div>
    </form>
  );
}
