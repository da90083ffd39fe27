'use client';
import type { ReactNode } from 'react';

type Option<Value extends string> = { value: Value; label: ReactNode };
type Props<Value extends string> = {
  name: string;
  label: string;
  options: readonly Option<Value>[];
  value: Value;
  onChange: (value: Value) => void;
};

/** One of a few, side by side. */
export function Choice<Value extends string>({ name, label, options, value, onChange }: Props<Value>) {
  return (
    <fieldset className="one-of">
      <legend>{label}</legend>
      <div className="segmented theme-choice">
        {options.map((option) => (
          <label key={option.value} data-on={option.value === value}>
            <input
              type="radio"
              name={name}
              className="visually-hidden"
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
