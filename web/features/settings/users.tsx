'use client';
import { type FormEvent, useRef, useState } from 'react';
import { call } from '../../lib/api/client';
import { useFirstBad } from '../../lib/forms';
import { t } from '../../lib/i18n';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { notify } from '../../ui/notice';
import { useAction } from '../../ui/use-action';
import { CredentialFields, useCredentials } from '../session/credentials';

/** For admins: somebody else may sign in here, with accounts and history of their own. */
export function Users() {
  const [open, setOpen] = useState(false);
  return (
    <section className="section" aria-label={t('settings.users')}>
      <h2>{t('settings.users')}</h2>
      <p className="muted">{t('settings.users-lead')}</p>
      <p>
        <button type="button" className="button" onClick={() => setOpen(true)}>
          <Icon name="plus" /> {t('settings.new-user')}
        </button>
      </p>
      {open && <NewUser onClose={() => setOpen(false)} />}
    </section>
  );
}

function NewUser({ onClose }: { onClose: () => void }) {
  const credentials = useCredentials('somebody-else');
  const [role, setRole] = useState<'user' | 'admin'>('user');
  const action = useAction();
  const form = useRef<HTMLFormElement>(null);
  useFirstBad(form, action.errors);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const done = await action.run(async () => {
      const user = await call('createUser', { body: { ...credentials.read(), role } });
      notify(t('settings.can-sign-in', { name: user.name }));
    });
    if (done) onClose();
  };
  const told = Object.keys(action.errors).length > 0;
  return (
    <Dialog title={t('settings.new-user')} onClose={onClose}>
      <form className="form" ref={form} onSubmit={submit} noValidate>
        <CredentialFields credentials={credentials} errors={action.errors} />
        <Field label={t('settings.role')} error={action.errors.role}>
          {(ids) => (
            <select
              className="input"
              {...ids}
              value={role}
              onChange={(event) => setRole(event.target.value === 'admin' ? 'admin' : 'user')}
            >
              <option value="user">{t('settings.role-user')}</option>
              <option value="admin">{t('settings.role-admin')}</option>
            </select>
          )}
        </Field>
        {!told && <FormError text={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button button-primary" disabled={action.busy}>
            {t('settings.create-user')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
