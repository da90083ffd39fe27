'use client';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { link } from '../../lib/router';
import { safeHref } from '../../lib/text';
import { FormError } from '../../ui/form-error';
import { keepAsked } from './asked';
import { CopyLine } from './copy-line';
import type { Login, OpenStep } from './use-login';

/** A code to type or open on the other device. A QR code is given as the text it holds. */
export function LoginShow({ step, login }: { step: Extract<OpenStep, { type: 'show' }>; login: Login }) {
  const href = step.as === 'qr' ? safeHref(step.data) : null;
  return (
    <div className="form">
      <p>{step.text ?? t(step.as === 'qr' ? 'accounts.open-on-device' : 'accounts.enter-code')}</p>
      {step.as === 'code' ? (
        <output className="login-code">{step.data}</output>
      ) : (
        <CopyLine label={t('accounts.sign-in-code')} value={step.data} />
      )}
      {href && (
        <a href={href} target="_blank" rel="noopener noreferrer">
          {t('accounts.open-here')}
        </a>
      )}
      <Onward login={login} />
    </div>
  );
}

/** The network signs in on a page of its own, and sends the browser back here. */
export function LoginRedirect({ step, login }: { step: Extract<OpenStep, { type: 'redirect' }>; login: Login }) {
  const href = safeHref(step.url);
  if (!href) {
    return (
      <div className="form">
        <FormError text={t('accounts.bad-address')} />
        <div className="login-actions">
          <a className="button" href={link.networks}>
            {t('common.cancel')}
          </a>
        </div>
      </div>
    );
  }
  const { host } = new URL(href);
  const leave = () => {
    const id = login.id();
    if (id) keepAsked(id, login.asked);
    location.assign(href);
  };
  return (
    <div className="form">
      <p>{rich('accounts.elsewhere', { host, b: (words) => <b>{words}</b> })}</p>
      <FormError text={login.error} />
      <div className="login-actions">
        <button type="button" className="button button-primary" onClick={leave}>
          {t('accounts.continue-at', { host })}
        </button>
        <a className="button" href={link.networks}>
          {t('common.cancel')}
        </a>
      </div>
    </div>
  );
}

function Onward({ login }: { login: Login }) {
  return (
    <>
      <FormError text={login.error} />
      <div className="login-actions">
        <button
          type="button"
          className="button button-primary"
          disabled={login.busy}
          onClick={() => void login.answer({})}
        >
          {t(login.busy ? 'accounts.waiting-network' : 'accounts.done-this')}
        </button>
        <a className="button" href={link.networks}>
          {t('common.cancel')}
        </a>
      </div>
    </>
  );
}
