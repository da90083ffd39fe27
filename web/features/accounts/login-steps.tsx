'use client';
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
      <p>{step.text ?? (step.as === 'qr' ? 'Open this on the device you are signed in with.' : 'Enter this code.')}</p>
      {step.as === 'code' ? (
        <output className="login-code">{step.data}</output>
      ) : (
        <CopyLine label="Sign-in code" value={step.data} />
      )}
      {href && (
        <a href={href} target="_blank" rel="noopener noreferrer">
          Open it here
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
        <FormError text="This network’s sign-in page has an address that cannot be opened." />
        <div className="login-actions">
          <a className="button" href={link.networks}>
            Cancel
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
      <p>
        You sign in at <b>{host}</b>, which then sends you back here. Parley does not see your password.
      </p>
      <FormError text={login.error} />
      <div className="login-actions">
        <button type="button" className="button button-primary" onClick={leave}>
          Continue at {host}
        </button>
        <a className="button" href={link.networks}>
          Cancel
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
          {login.busy ? 'Waiting for the network…' : 'I have done this'}
        </button>
        <a className="button" href={link.networks}>
          Cancel
        </a>
      </div>
    </>
  );
}
