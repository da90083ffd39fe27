'use client';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import type { FormField } from '../../lib/api/types';
import { useFirstBad } from '../../lib/forms';
import { t } from '../../lib/i18n';
import { LoginField } from './login-field';

type Props = {
  label: string;
  title?: string;
  fields: FormField[];
  errors: Record<string, string>;
  error: string | null;
  onSubmit: (values: Record<string, string>) => void;
  /** The buttons below. */
  children: ReactNode;
};

export const initialOf = (field: FormField): string => field.value ?? field.default ?? '';

/** A form as the adapter describes it; what is wrong stands at its field. */
export function AdapterForm({ label, title, fields, errors, error, onSubmit, children }: Props) {
  const [values, setValues] = useState(() => Object.fromEntries(fields.map((field) => [field.name, initialOf(field)])));
  const [open, setOpen] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const plain = fields.filter((field) => !field.advanced);
  const advanced = fields.filter((field) => field.advanced);
  const amiss = advanced.some((field) => errors[field.name]);
  useFirstBad(form, errors);
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
    onSubmit(values);
  };
  const homeless = Object.entries(errors).filter(([name]) => !fields.some((field) => field.name === name));
  const placed = Object.keys(errors).length > homeless.length;
  return (
    <form className="form" ref={form} onSubmit={submit} noValidate aria-label={title ?? label}>
      {title && <h2 className="login-title">{title}</h2>}
      {plain.map(draw)}
      {advanced.length > 0 && (
        <details className="more-options" open={open || amiss} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{t('accounts.more-options')}</summary>
          <div className="form">{advanced.map(draw)}</div>
        </details>
      )}
      {error && !placed && (
        <p className="form-error" role="alert">
          {homeless.length > 0 ? homeless.map(([, text]) => text).join(' ') : error}
        </p>
      )}
      {children}
    </form>
  );
}
