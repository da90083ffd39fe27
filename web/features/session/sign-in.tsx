'use client';
import { type FormEvent, useRef, useState } from 'react';
import { ApiError, call } from '../../lib/api/client';
import { useFirstBad } from '../../lib/forms';
import { t } from '../../lib/i18n';
import { endedFor } from '../../lib/sync/ended';
import { enter } from '../../lib/sync/session';
import { FormError } from '../../ui/form-error';
import { useAction } from '../../ui/use-action';
import { CredentialFields, useCredentials } from './credentials';
import { Frame } from './frame';

export function SignIn() {
  const [ended] = useState(endedFor);
  const credentials = useCredentials('sign-in', ended ?? '');
  const action = useAction();
  const form = useRef<HTMLFormElement>(null);
  useFirstBad(form, action.errors);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void action.run(async () => {
      const { email, password } = credentials.read();
      const { user } = await call('signIn', { body: { email, password } }).catch(inWords);
      await enter(user);
    });
  };
  const told = Object.keys(action.errors).length > 0;
  return (
    <Frame title={t(ended ? 'session.again' : 'session.sign-in')} lead={ended && t('session.ended')}>
      <form onSubmit={submit} className="form" ref={form} noValidate>
        <CredentialFields credentials={credentials} errors={action.errors} />
        {!told && <FormError text={action.error} />}
        <button type="submit" className="button button-primary button-block" disabled={action.busy}>
          {action.busy ? t('session.signing-in') : t('session.sign-in')}
        </button>
      </form>
    </Frame>
  );
}

function inWords(error: unknown): never {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 401) throw new ApiError(401, error.code, t('session.wrong'));
  if (error.status !== 429 || error.retryAfterMs === undefined) throw error;
  const minutes = Math.max(1, Math.ceil(error.retryAfterMs / 60_000));
  throw new ApiError(429, error.code, t('session.too-many', { minutes }));
}
