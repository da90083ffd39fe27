'use client';
import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from 'react';
import { t } from '../lib/i18n';

type FieldProps = {
  label: string;
  help?: ReactNode;
  error?: string;
  optional?: boolean;
  children: (ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean }) => ReactNode;
};

/** A label, an input, its help and its error, tied together. */
export function Field({ label, help, error, optional, children }: FieldProps) {
  const id = useId();
  const notes = [help ? `${id}h` : '', error ? `${id}e` : ''].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {optional && (
          <span className="field-optional" aria-hidden="true">
            {' '}
            {t('common.optional')}
          </span>
        )}
      </label>
      {children({ id, 'aria-describedby': notes || undefined, 'aria-invalid': error ? true : undefined })}
      {error && (
        <p className="field-error" id={`${id}e`}>
          {error}
        </p>
      )}
      {help && (
        <p className="field-help" id={`${id}h`}>
          {help}
        </p>
      )}
    </div>
  );
}

type Said = Omit<FieldProps, 'children'> & { onValue: (value: string) => void };
type TextProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> & Said;

export function TextField({ label, help, error, optional, onValue, ...input }: TextProps) {
  return (
    <Field label={label} help={help} error={error} optional={optional}>
      {(ids) => <input className="input" {...ids} {...input} onChange={(event) => onValue(event.target.value)} />}
    </Field>
  );
}

type AreaProps = Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'onChange'> & Said;

/** Text of several lines. */
export function AreaField({ label, help, error, optional, onValue, ...area }: AreaProps) {
  return (
    <Field label={label} help={help} error={error} optional={optional}>
      {(ids) => <textarea className="input" {...ids} {...area} onChange={(event) => onValue(event.target.value)} />}
    </Field>
  );
}
