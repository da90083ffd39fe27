'use client';
import { useId, useRef } from 'react';
import { t } from '../../lib/i18n';
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
      notify(t('accounts.copied', { label }));
    } catch {
      input.current?.focus();
      notify(t('accounts.press-copy'));
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
          <Icon name="copy" /> {t('accounts.copy')}
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
