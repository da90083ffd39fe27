'use client';
import type { HTMLInputTypeAttribute } from 'react';
import type { FormField } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { Field, TextField } from '../../ui/field';

type Props = { field: FormField; value: string; error?: string; onValue: (value: string) => void };

const types: Partial<Record<FormField['kind'], HTMLInputTypeAttribute>> = {
  password: 'password',
  email: 'email',
  phone: 'tel',
  url: 'url',
};

/** One field of a sign-in form, of whatever kind. These are another network's words: the browser must not fill in ours. */
export function LoginField({ field, value, error, onValue }: Props) {
  const { kind, label, help, placeholder, required } = field;
  const shared = { label, help, error, optional: !required };
  if (kind === 'choice') {
    return (
      <Field {...shared} optional={false}>
        {(ids) => (
          <select className="input" {...ids} value={value} onChange={(event) => onValue(event.target.value)}>
            {!field.default && !field.value && (
              <option value="">{t(required ? 'accounts.choose' : 'accounts.as-usual')}</option>
            )}
            {(field.choices ?? []).map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.label}
              </option>
            ))}
          </select>
        )}
      </Field>
    );
  }
  if (kind === 'list') {
    return (
      <Field {...shared} help={help ?? t('accounts.list-help')}>
        {(ids) => (
          <textarea
            className="input"
            {...ids}
            rows={2}
            required={required}
            placeholder={placeholder}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={value}
            onChange={(event) => onValue(event.target.value)}
          />
        )}
      </Field>
    );
  }
  return (
    <TextField
      {...shared}
      type={types[kind] ?? 'text'}
      inputMode={kind === 'number' ? 'numeric' : undefined}
      required={required}
      placeholder={placeholder}
      autoComplete={kind === 'password' ? 'new-password' : 'off'}
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      value={value}
      onValue={onValue}
    />
  );
}
