'use client';
import { useId } from 'react';

type Props = { label: string; help?: string; on: boolean; disabled?: boolean; onChange: (on: boolean) => void };

/** On or off, at once. */
export function Switch({ label, help, on, disabled, onChange }: Props) {
  const id = useId();
  return (
    <div className="switch">
      <label htmlFor={id}>
        {label}
        {help && (
          <span className="field-help" id={`${id}h`}>
            {help}
          </span>
        )}
      </label>
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={on}
        aria-checked={on}
        disabled={disabled}
        aria-describedby={help && `${id}h`}
        onChange={(event) => onChange(event.target.checked)}
      />
    </div>
  );
}
