'use client';
import { useEffect, useRef } from 'react';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { AdapterForm } from './adapter-form';
import { inputOf } from './form-input';
import type { Login, OpenStep } from './use-login';

type Props = { step: Extract<OpenStep, { type: 'form' }>; login: Login };

/** A step of a sign-in that asks for something. */
export function LoginForm({ step, login }: Props) {
  const { fields, title } = step;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Whoever is choosing how to sign in, by arrow keys, stays there.
    const elsewhere = document.activeElement !== document.body;
    if (elsewhere || !matchMedia('(pointer: fine)').matches) return;
    box.current?.querySelector<HTMLElement>('input, textarea, select')?.focus();
  }, []);
  return (
    <div ref={box}>
      <AdapterForm
        label={t('accounts.sign-in')}
        title={title}
        fields={fields}
        errors={login.errors}
        error={login.error}
        onSubmit={(values) => void login.answer(inputOf(fields, values))}
      >
        <div className="login-actions">
          <button type="submit" className="button button-primary" disabled={login.busy}>
            {t(login.busy ? 'accounts.signing-in' : 'accounts.sign-in')}
          </button>
          <a className="button" href={link.networks}>
            {t('common.cancel')}
          </a>
        </div>
      </AdapterForm>
    </div>
  );
}
