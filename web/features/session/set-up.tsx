'use client';
import { type FormEvent, useRef, useState } from 'react';
import { ApiError, call } from '../../lib/api/client';
import { useFirstBad } from '../../lib/forms';
import { t } from '../../lib/i18n';
import { go, link } from '../../lib/router';
import { enter, retryStart } from '../../lib/sync/session';
import { FormError } from '../../ui/form-error';
import { useAction } from '../../ui/use-action';
import { CredentialFields, useCredentials } from './credentials';
import { Frame } from './frame';

export function SetUp() {
  const credentials = useCredentials('set-up');
  const [late, setLate] = useState(false);
  const action = useAction();
  const form = useRef<HTMLFormElement>(null);
  useFirstBad(form, action.errors);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void action.run(async () => {
      const body = credentials.read();
      try {
        const { user } = await call('setup', { body });
        go(link.welcome);
        await enter(user);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 409) throw error;
        setLate(true);
      }
    });
  };
  if (late) {
    return (
      <Frame title={t('session.already')} lead={t('session.already-lead')}>
        <button type="button" className="button button-primary" onClick={retryStart}>
          {t('session.go-sign-in')}
        </button>
      </Frame>
    );
  }
  const told = Object.keys(action.errors).length > 0;
  return (
    <Frame title={t('session.set-up')} lead={t('session.set-up-lead')}>
      <form onSubmit={submit} className="form" ref={form} noValidate>
        <CredentialFields credentials={credentials} errors={action.errors} />
        {!told && <FormError text={action.error} />}
        <button type="submit" className="button button-primary button-block" disabled={action.busy}>
          {action.busy ? t('session.creating') : t('session.create')}
        </button>
      </form>
    </Frame>
  );
}
