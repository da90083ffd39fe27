'use client';
import { useId, useRef } from 'react';
import { Icon } from '../../ui/icons';
import { notify } from '../../ui/notice';

/** A value to take elsewhere. Where the page may not write to the clipboard, the value is selected for the person to copy. */
export function CopyLine({ label, value, help }: { label: string; value: string; help?: string }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const copy = async () => {
    input.current?.select();
    try {
      await navigator.clipboard.writeText(value);
      notify(`${label} copied.`);
    } catch {
      input.current?.focus();
      notify('Press Ctrl C to copy.');
    }
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="inline-form">
        <input
          className="input copy-value"
          id={id}
          ref={input}
          readOnly
          value={value}
          aria-describedby={help && `${id}h`}
          onFocus={(event) => event.target.select()}
        />
        <button type="button" className="button" onClick={() => void copy()}>
          <Icon name="copy" /> Copy
        </button>
      </div>
      {help && (
        <p className="field-help" id={`${id}h`}>
          {help}
        </p>
      )}
    </div>
  );
}
